import { createUser } from "../user.ts";
import type { NewAccount } from "./mod.ts";

export const NOW = new Date("2026-11-23T10:15:30.123Z");
export const LATER = new Date("2026-11-23T10:16:00.456Z");

/** An account that no other test has. */
export function sampleAccount(change: Partial<NewAccount["user"]> = {}): NewAccount {
  const id = Bun.randomUUIDv7();
  const user = createUser({ id, email: `${id}@example.com`, displayName: "Ada", roles: ["customer"], now: NOW });
  return { user: { ...user, ...change }, passwordHash: `hash of ${id}` };
}
