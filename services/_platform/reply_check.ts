import type { OperationSpec, ResponseSpec } from "./contract_document.ts";
import { compileReply } from "./validation.ts";

/** What is sent: of a handler, of a problem, or stored earlier. */
export interface OutgoingReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, with the content type that `headers` names: for pages and files. */
  readonly raw?: string | Blob;
}

/** A reply that the contract does not have: a fault of the service. Its message has no values. */
export class ContractBreach extends Error {
  override readonly name = "ContractBreach";
}

/** @throws {ContractBreach} if a reply is not as the contract says. */
export type CheckReply = (reply: OutgoingReply) => void;

/** Finds what is wrong with one part of a reply. */
type Find = (reply: OutgoingReply) => string[];

/** Makes the check of an operation's replies. */
export function createReplyCheck(spec: OperationSpec): CheckReply {
  const checks = new Map([...spec.responses].map(([status, response]) => [status, createFind(response)]));
  return (reply) => {
    const find = checks.get(reply.status);
    const wrong = find === undefined ? ["is not declared"] : find(reply);
    if (wrong.length === 0) return;
    throw new ContractBreach(`The reply ${reply.status} of ${spec.id} breaks the contract: ${wrong.join(", ")}`);
  };
}

function createFind({ headers, content }: ResponseSpec): Find {
  const finds = headers.map(({ name, required, schema }): Find => {
    const validate = compileReply(schema);
    return ({ headers: sent = {} }) => {
      const value = sent[name];
      if (value === undefined) return required ? [`header ${name} is missing`] : [];
      const typed = schema.type === "integer" ? Number(value) : String(value);
      return validate(typed).map((detail) => `header ${name} ${detail}`);
    };
  });
  const [schema] = Object.values(content);
  const validateBody = schema && compileReply(schema);
  return (reply) => [
    ...finds.flatMap((find) => find(reply)),
    ...(validateBody?.(reply.body) ?? (reply.body === undefined ? [] : ["a body is not declared"])),
  ];
}
