/** Exits 0 if the service of this container says that it can serve; for images without shell tools. */
import { Env } from "#platform/config.ts";

/** Longer than `/readyz` waits for its database, shorter than the image's health check may take. */
const ANSWER_WITHIN_MS = 7_000;

const env = new Env(process.env);
const port = env.integer("PORT", { min: 1, max: 65_535 });
env.check();

const isReady = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).then(
  (reply) => reply.ok,
  () => false,
);
process.exit(isReady ? 0 : 1);
