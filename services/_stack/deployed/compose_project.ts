import { ROOT } from "../paths.ts";
import { attempt, type CommandOptions, output } from "./commands.ts";
import type { Host } from "./hosts.ts";

const WAIT_SECONDS = "300";
/** As `stop_grace_period` of the services; some engines kill at once if nothing is said. */
const GRACE_SECONDS = "20";
const LOG_LINES = "400";
/** What a service says of a request that went well. */
const ORDINARY = '"level":"info"';
const ALL_PROFILES = ["--profile", "*"];

/** The project of `compose.yaml`, under a name of its own so that it meets nobody's data. */
export class ComposeProject {
  readonly #name: string;
  readonly #options: CommandOptions;

  /** @param environment What `compose.yaml` takes from the environment. */
  constructor(host: Host, name: string, environment: Readonly<Record<string, string>>) {
    this.#name = name;
    this.#options = { cwd: ROOT, environment: { ...host.environment, ...environment } };
  }

  /** Builds the images. */
  async build(): Promise<void> {
    await output(this.#compose("build"), this.#options);
  }

  /** Starts all, with what the profiles add, and waits until all that can say so are healthy. */
  async up(...profiles: readonly string[]): Promise<void> {
    await this.#up(profiles.flatMap((profile) => ["--profile", profile]));
  }

  /** Starts some services again as the environment is now, with others of any profile, and waits as {@link up} does. */
  async upOnly(...services: readonly string[]): Promise<void> {
    await this.#up(ALL_PROFILES, services);
  }

  /** Whether there is the image of a service, here or in its registry. */
  async hasImage(service: string): Promise<boolean> {
    const { exitCode } = await attempt(
      this.#compose(...ALL_PROFILES, "pull", "--policy", "missing", service),
      this.#options,
    );
    return exitCode === 0;
  }

  /** Ends a container in good order, and starts it. */
  async restart(service: string): Promise<void> {
    await output(this.#compose(...ALL_PROFILES, "restart", "--timeout", GRACE_SECONDS, service), this.#options);
  }

  /** Ends containers in good order. */
  async stop(...services: readonly string[]): Promise<void> {
    await output(this.#compose(...ALL_PROFILES, "stop", ...services), this.#options);
  }

  /** Runs a container once, with another command if one is given, and gives what it printed. */
  async run(service: string, ...command: readonly string[]): Promise<string> {
    return output(this.#compose("run", "--rm", "--no-deps", "-T", service, ...command), this.#options);
  }

  /** `kill -9`. */
  async kill(service: string): Promise<void> {
    await output(this.#compose(...ALL_PROFILES, "kill", "--signal", "SIGKILL", service), this.#options);
  }

  /** Removes the containers; the data stays. */
  async down(): Promise<void> {
    await output(this.#compose(...ALL_PROFILES, "down"), this.#options);
  }

  /** Removes all, data and secrets included. */
  async remove(): Promise<void> {
    await output(this.#compose(...ALL_PROFILES, "down", "--volumes", "--remove-orphans"), this.#options);
  }

  /** Runs a program in a running container and gives what it printed. */
  async exec(service: string, ...command: readonly string[]): Promise<string> {
    return output(this.#compose("exec", "-T", service, ...command), this.#options);
  }

  /** What is left of the project: containers, volumes and networks. */
  async leftovers(): Promise<readonly string[]> {
    const filter = `label=com.docker.compose.project=${this.#name}`;
    const lists = await Promise.all([
      output(["docker", "ps", "--all", "--quiet", "--filter", filter], this.#options),
      output(["docker", "volume", "ls", "--quiet", "--filter", filter], this.#options),
      output(["docker", "network", "ls", "--quiet", "--filter", filter], this.#options),
    ]);
    return lists.flatMap((list) => list.split("\n").filter((line) => line !== ""));
  }

  /** The size of an image, in megabytes. */
  async imageMegabytes(image: string): Promise<number> {
    const bytes = await output(["docker", "image", "inspect", "--format", "{{.Size}}", image], this.#options);
    return Math.round(Number(bytes) / 1_000_000);
  }

  /** Shows the state of every container, and what its last lines say that is out of the ordinary. */
  async showLogs(): Promise<void> {
    const state = await attempt(this.#compose(...ALL_PROFILES, "ps", "--all"), this.#options);
    const logs = this.#compose(...ALL_PROFILES, "logs", "--no-color", "--tail", LOG_LINES);
    const { stdout } = await attempt(logs, this.#options);
    const lines = stdout.split("\n").filter((line) => !line.includes(ORDINARY));
    console.log(`${state.stdout}\n${lines.join("\n")}`);
  }

  async #up(flags: readonly string[], services: readonly string[] = []): Promise<void> {
    const command = this.#compose(...flags, "up", "--wait", "--wait-timeout", WAIT_SECONDS, ...services);
    await output(command, this.#options);
  }

  #compose(...args: readonly string[]): readonly string[] {
    return ["docker", "compose", "--ansi", "never", "--project-name", this.#name, ...args];
  }
}
