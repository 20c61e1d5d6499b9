import { StackError } from "../stack_error.ts";

/** How a program is run. */
export interface CommandOptions {
  /** Further variables of its environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What it reads. */
  readonly input?: string;
  readonly cwd?: string;
  /** Ends the program when it takes longer. */
  readonly timeoutMs?: number;
  /** Shows what it says on stderr at once, as of one that takes minutes. */
  readonly talks?: boolean;
}

/** What a program has printed, and how it ended. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How much of what a failed program said is repeated. */
const TAIL_LINES = 25;

/** Runs a program that may fail; one that is not there ends with 127. */
export async function attempt(command: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const { environment, input, cwd, timeoutMs, talks = false } = options;
  const [program = ""] = command;
  const env = { ...process.env, ...environment };
  if (!program.includes("/") && Bun.which(program, { PATH: env.PATH ?? "" }) === null) {
    return { exitCode: 127, stdout: "", stderr: `${program} is not there` };
  }
  const child = Bun.spawn([...command], {
    env,
    stdin: input === undefined ? "ignore" : new Blob([input]),
    stdout: "pipe",
    stderr: talks ? "inherit" : "pipe",
    ...(cwd && { cwd }),
    ...(timeoutMs && { timeout: timeoutMs, killSignal: "SIGTERM" }),
  });
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  return { exitCode: await child.exited, stdout, stderr };
}

/** Runs a program and gives what it printed. @throws {StackError} with its last lines, if it fails. */
export async function output(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await attempt(command, options);
  if (exitCode === 0) return stdout;
  const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-TAIL_LINES).join("\n  ");
  throw new StackError(`\`${command.join(" ").slice(0, 200)}\` ends with ${exitCode}:\n  ${said}`);
}

/** Runs a program with our terminal. @throws {StackError} if it fails. */
export async function show(
  command: readonly string[],
  options: Pick<CommandOptions, "environment" | "cwd"> = {},
): Promise<void> {
  const { environment, cwd } = options;
  const child = Bun.spawn([...command], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "inherit", "inherit"],
    ...(cwd && { cwd }),
  });
  const exitCode = await child.exited;
  if (exitCode !== 0) throw new StackError(`\`${command.join(" ").slice(0, 200)}\` ends with ${exitCode}`);
}

async function textOf(stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined): Promise<string> {
  return stream ? new Response(stream).text() : "";
}
