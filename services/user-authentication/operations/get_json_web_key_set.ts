import type { Handler } from "#contract";
import type { Dependencies } from "../dependencies.ts";

/** Answers the public keys that verify tokens. */
export function getJsonWebKeySet({ keys }: Pick<Dependencies, "keys">): Handler<"getJsonWebKeySet"> {
  return () => ({ status: 200, headers: { "cache-control": "public, max-age=300" }, body: keys.published });
}
