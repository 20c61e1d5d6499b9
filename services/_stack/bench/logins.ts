/** How fast other requests are answered while many people sign in: hashing a password takes a core for tens of milliseconds. */
import type { Stack } from "../stack.ts";
import { median, quantile } from "./load.ts";

const LOGINS_AT_ONCE = 64;
const PROFILES_PER_SECOND = 200;
const PHASE_MS = 8_000;
const ROUNDS = 3;
const AIM_P99_MS = 20;
const PASSWORD = "a passphrase for the bench";
const JSON_TYPE = { "content-type": "application/json" };

interface Person {
  readonly email: string;
  readonly token: string;
}

/** What became of the sign-ins of one phase. */
interface SignIns {
  readonly done: number;
  readonly refused: number;
  readonly longestMs: number;
}

/** Reads a profile at a steady rate, alone and beside the sign-ins, in turns, and prints both. */
export async function benchLogins({ origins }: Stack): Promise<void> {
  const origin = origins["user-authentication"];
  const people = await Promise.all(Array.from({ length: LOGINS_AT_ONCE }, () => register(origin)));
  const readers = people.slice(0, 8);
  await readProfiles(origin, readers, 1_000);
  const idle: number[] = [];
  const busy: number[] = [];
  const rates: number[] = [];
  let refused = 0;
  let longestMs = 0;
  for (let round = 0; round < ROUNDS; round++) {
    idle.push(p99Of(await readProfiles(origin, readers, PHASE_MS)));
    const [latencies, signIns] = await Promise.all([
      readProfiles(origin, readers, PHASE_MS),
      signInAgainAndAgain(origin, people, PHASE_MS),
    ]);
    busy.push(p99Of(latencies));
    rates.push(signIns.done / (PHASE_MS / 1000));
    refused += signIns.refused;
    longestMs = Math.max(longestMs, signIns.longestMs);
  }
  const ratios = busy.map((value, round) => value / (idle[round] ?? Number.NaN));
  const line = (name: string, value: string): void => console.log(`  ${name.padEnd(42)}${value}`);
  console.log(
    `\nGET /profile, ${PROFILES_PER_SECOND}/s, beside ${LOGINS_AT_ONCE} sign-ins at once, ${ROUNDS} rounds, medians:`,
  );
  line("p99 alone", `${median(idle).toFixed(1)} ms`);
  line("p99 beside the sign-ins", `${median(busy).toFixed(1)} ms (${spread(busy)}), aim < ${AIM_P99_MS}`);
  line("ratio", `${median(ratios).toFixed(1)} (${spread(ratios)})`);
  line(
    "sign-ins",
    `${median(rates).toFixed(0)}/s; ${refused} told to come later; none waited longer than ${longestMs.toFixed(0)} ms`,
  );
}

function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}`;
}

function p99Of(latencies: readonly number[]): number {
  return quantile(Float64Array.from(latencies).sort(), 0.99);
}

async function register(origin: string): Promise<Person> {
  const email = `${crypto.randomUUID()}@example.com`;
  const body = JSON.stringify({ email, password: PASSWORD, displayName: "Somebody" });
  for (;;) {
    const { status } = await fetch(`${origin}/register`, { method: "POST", headers: JSON_TYPE, body });
    if (status === 201) break;
    await Bun.sleep(500);
  }
  const token = await signIn(origin, email);
  if (token === undefined) return register(origin);
  return { email, token };
}

/** The access token; undefined if there are too many. */
async function signIn(origin: string, email: string): Promise<string | undefined> {
  const body = JSON.stringify({ email, password: PASSWORD });
  const response = await fetch(`${origin}/login`, { method: "POST", headers: JSON_TYPE, body });
  const answer = (await response.json()) as { access_token?: string }; // tokens, or a problem
  if (response.status === 503) return undefined;
  if (answer.access_token === undefined) throw new Error(`POST /login answered ${response.status}`);
  return answer.access_token;
}

/** One request each few milliseconds, whether the ones before are answered or not. @returns Latencies. */
async function readProfiles(origin: string, people: readonly Person[], forMs: number): Promise<readonly number[]> {
  const latencies: Promise<number>[] = [];
  const startedMs = performance.now();
  while (performance.now() - startedMs < forMs) {
    const token = people[latencies.length % people.length]?.token;
    latencies.push(readProfile(origin, token));
    await Bun.sleep(startedMs + (latencies.length * 1000) / PROFILES_PER_SECOND - performance.now());
  }
  return Promise.all(latencies);
}

async function readProfile(origin: string, token: string | undefined): Promise<number> {
  const sentMs = performance.now();
  const response = await fetch(`${origin}/profile`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`GET /profile answered ${response.status}`);
  return performance.now() - sentMs;
}

/** Everybody signs in, and again as soon as they are in. */
async function signInAgainAndAgain(origin: string, people: readonly Person[], forMs: number): Promise<SignIns> {
  const endMs = performance.now() + forMs;
  let [done, refused, longestMs] = [0, 0, 0];
  const work = people.map(async ({ email }) => {
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      if ((await signIn(origin, email)) === undefined) refused++;
      else done++;
      longestMs = Math.max(longestMs, performance.now() - sentMs);
    }
  });
  await Promise.all(work);
  return { done, refused, longestMs };
}
