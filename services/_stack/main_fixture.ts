import { freePort } from "./ports.ts";

/** Processes of one service, for the tests of its `main.ts`. */
export interface Mains {
  /** Starts one with these settings. */
  start(environment: Record<string, string>): ReturnType<typeof spawn>;
  /** Starts one on a free port and waits until it is ready. @throws what it says on stderr if it ends instead. */
  startReady(environment: Record<string, string>): Promise<{ child: ReturnType<typeof spawn>; baseUrl: string }>;
  /** Ends what still runs. */
  killAll(): void;
}

/** Runs the `main.ts` of a folder, and keeps the processes to end them. */
export function mainsIn(folder: string): Mains {
  const children = new Set<ReturnType<typeof spawn>>();
  const start = (environment: Record<string, string>): ReturnType<typeof spawn> => {
    const child = spawn(`${folder}/main.ts`, environment);
    children.add(child);
    return child;
  };
  return {
    start,
    async startReady(environment) {
      const port = await freePort();
      const child = start({ PORT: String(port), ...environment });
      const baseUrl = `http://127.0.0.1:${port}`;
      while (!(await isReady(baseUrl))) {
        if (child.exitCode !== null) throw new Error(await new Response(child.stderr).text());
        await Bun.sleep(20);
      }
      return { child, baseUrl };
    },
    killAll() {
      for (const child of children) child.kill("SIGKILL");
      children.clear();
    },
  };
}

function spawn(file: string, environment: Record<string, string>) {
  const env = { PATH: process.env.PATH, CHECK_RESPONSES: "true", ...environment };
  return Bun.spawn([process.execPath, file], { env, stdout: "pipe", stderr: "pipe" });
}

async function isReady(baseUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${baseUrl}/readyz`)).ok;
  } catch {
    return false;
  }
}
