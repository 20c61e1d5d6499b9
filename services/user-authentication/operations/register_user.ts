import type { Handler } from "#contract";
import { auditEvent } from "#platform/audit.ts";
import { idempotently } from "#platform/idempotency.ts";
import type { Dependencies } from "../dependencies.ts";
import { postTokenMail } from "../mail_delivery.ts";
import { checkRegistration, createUser } from "../user.ts";

/** Creates an account, once for each key. */
export function registerUser(dependencies: Dependencies): Handler<"registerUser"> {
  const { store, passwords, postbox, mailPages, fingerprintKey: secret, newId, now } = dependencies;
  return ({ body, headers, context }) => {
    const key = headers["idempotency-key"];
    const request = { operationId: "registerUser", key, caller: undefined, body, secret } as const;
    return idempotently({ store: store.idempotency, request }, async (recordOf) => {
      const { email, displayName } = checkRegistration(body);
      const passwordHash = await passwords.hash(body.password);
      const user = createUser({ id: newId(), email, displayName, roles: ["customer"], now: now() });
      const reply = { status: 201, body: user } as const;
      const doer = { kind: "user", id: user.id } as const;
      const event = auditEvent(newId(), { caller: doer, context }, { action: "user-registered", target: doer });
      await store.users.insert({ user, passwordHash }, recordOf(reply), event);
      // One that can't be sent now can be asked for.
      const find = async () => ({ user, passwordHash, sessionEpoch: 1 });
      postTokenMail({ mailTokens: store.mailTokens, postbox, mailPages }, { purpose: "verify-email", find });
      return reply;
    });
  };
}
