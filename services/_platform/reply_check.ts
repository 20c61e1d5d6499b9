import type { HeaderSpec, OperationSpec, ResponseSpec } from "./contract_document.ts";
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

/** Finds what is wrong first, or nothing. */
type Find = (reply: OutgoingReply) => string | undefined;

/** Makes the check of an operation's replies. */
export function createReplyCheck(spec: OperationSpec): CheckReply {
  const finds = new Map([...spec.responses].map(([status, response]) => [status, createFind(response)]));
  return (reply) => {
    const find = finds.get(reply.status);
    const wrong = find === undefined ? "it is not declared" : find(reply);
    if (wrong === undefined) return;
    throw new ContractBreach(`The reply ${reply.status} of ${spec.id} breaks the contract: ${wrong}`);
  };
}

function createFind({ headers, content }: ResponseSpec): Find {
  const finds = [...headers.map(createHeaderFind), createBodyFind(content)];
  return (reply) => {
    for (const find of finds) {
      const wrong = find(reply);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
}

function createHeaderFind({ name, required, schema }: HeaderSpec): Find {
  const validate = compileReply(schema);
  return ({ headers }) => {
    const value = headers?.[name];
    if (value === undefined) return required ? `header ${name} is missing` : undefined;
    const wrong = validate(schema.type === "integer" ? Number(value) : String(value));
    return wrong && `header ${name} ${wrong}`;
  };
}

function createBodyFind(content: ResponseSpec["content"]): Find {
  const [schema] = Object.values(content);
  if (schema === undefined) return ({ body }) => (body === undefined ? undefined : "a body is not declared");
  const validate = compileReply(schema);
  return ({ body }) => validate(body);
}
