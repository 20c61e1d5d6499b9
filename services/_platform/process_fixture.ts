/** A service as `main.ts` has it, for process_test.ts: it tells on stdout what happens to it, and environment variables make it fail. */
import { runService, type Server } from "./process.ts";
import { StartFault } from "./start_fault.ts";

const { FAULT, PORT = "0", DRAIN_DELAY_MS = "0", DRAIN_DEADLINE_MS = "1000", ANSWER_MS = "0" } = process.env;

function say(event: string): void {
  process.stdout.write(`${event}\n`);
}

function createServer(): Server {
  let server: Bun.Server<undefined> | undefined;
  let isReady = true;
  return {
    async listen({ host, port }) {
      server = Bun.serve({
        hostname: host,
        port,
        async fetch({ url }) {
          if (url.endsWith("/readyz")) return new Response("", { status: isReady ? 200 : 503 });
          await Bun.sleep(Number(ANSWER_MS));
          return new Response("served");
        },
      });
      say(`listening ${server.port}`);
    },
    drain() {
      isReady = false;
      say("drain");
    },
    async stop({ deadlineMs }) {
      const timer = setTimeout(() => server?.stop(true), deadlineMs);
      await server?.stop();
      clearTimeout(timer);
      say("stopped");
    },
  };
}

await runService(async (closing) => {
  closing(async () => say("store closed"));
  closing(async () => say("worker closed"));
  if (FAULT === "config") throw new StartFault("PORT must be an integer from 0 to 65535: current value is missing");
  if (FAULT === "bug") throw new TypeError("undefined is not a function");
  if (FAULT === "slow") {
    say("starting");
    await Bun.sleep(60_000);
  }
  if (FAULT === "close") closing(() => Promise.reject(new Error("the pool is stuck")));
  return {
    server: createServer(),
    host: "127.0.0.1",
    port: Number(PORT),
    drainDelayMs: Number(DRAIN_DELAY_MS),
    drainDeadlineMs: Number(DRAIN_DEADLINE_MS),
    onListening: () => say("ready"),
  };
});
