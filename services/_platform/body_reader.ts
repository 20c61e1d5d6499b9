import type { OperationSpec } from "./contract_document.ts";
import { Problem } from "./problem.ts";
import { addFaults, compileRequest, type Findings } from "./validation.ts";

/** The largest body that is taken. */
export const BODY_MAX_BYTES = 1_048_576;
/** Up to this size all faults of a body are found: many values have many faults. */
const THOROUGH_MAX_LENGTH = 8192;
/** What decoding puts in the place of bytes that are not UTF-8; a text may also have it of its own. */
const REPLACEMENT = "\ufffd";
const STRICT_UTF_8 = new TextDecoder("utf-8", { fatal: true });

/** Reads and validates bodies, in two steps so that only one of them waits. */
export interface BodyReader {
  /**
   * The text of a body of bounded size; undefined if it is not UTF-8.
   *
   * @throws {Problem} `content-too-large`, before it is read where its length was declared.
   */
  read(request: Request): Promise<string | undefined>;
  /**
   * The value of a text that was read, with defaults filled in; what is wrong with it goes to the findings.
   *
   * @throws {Problem} `unsupported-media-type`.
   */
  parse(text: string | undefined, headers: Headers, findings: Findings): unknown;
}

/** How bodies of a media type are written. */
interface Format {
  /** The value of a text; undefined if it is none. */
  parse(text: string): unknown;
  /** What is wrong with a text that has no value. */
  fault: string;
}

/** Makes the reader of an operation's bodies: JSON, or a form where its contract says so. */
export function createBodyReader({ mediaType, schema }: NonNullable<OperationSpec["body"]>): BodyReader {
  const validator = compileRequest("body", schema);
  const format = mediaType === "application/x-www-form-urlencoded" ? FORM : JSON_TEXT;
  return {
    read(request) {
      const length = request.headers.get("content-length");
      return length === null ? readStreamed(request) : readDeclared(request, length);
    },
    parse(text, headers, findings) {
      const type = headers.get("content-type");
      if (type !== mediaType && (type !== null || text !== "")) checkMediaType(type ?? "", mediaType);
      if (text === "") return find(findings, "is required");
      if (text === undefined || isDamaged(text, headers)) return refuse(headers, findings, "is not valid UTF-8");
      const body = format.parse(text);
      if (body === undefined) return refuse(headers, findings, format.fault);
      if (!validator.accepts(body)) addFaults(findings, validator.faultsOf(body, text.length <= THOROUGH_MAX_LENGTH));
      return body;
    },
  };
}

const JSON_TEXT: Format = { parse: parseJson, fault: "is not valid JSON" };
const FORM: Format = { parse: parseForm, fault: "has a parameter more than once" };

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** RFC 6749, 3.2: a parameter without a value counts as left out, and none may come twice. */
function parseForm(text: string): unknown {
  const entries = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (value === "") continue;
    if (entries.has(name)) return undefined;
    entries.set(name, value);
  }
  return Object.fromEntries(entries);
}

function find(findings: Findings, detail: string): undefined {
  addFaults(findings, [{ in: "body", pointer: "#", detail }]);
}

/** @throws {Problem} if it can't be read for its content coding: only then that header is looked at. */
function refuse(headers: Headers, findings: Findings, detail: string): undefined {
  if (headers.has("content-encoding")) throw unsupportedCoding();
  return find(findings, detail);
}

/** Compares media types without their parameters; a charset other than UTF-8 is refused. */
function checkMediaType(type: string, wanted: string): void {
  const [essence = "", ...parameters] = type.toLowerCase().split(";");
  const isUtf8 = parameters.every((it) => !/^\s*charset\s*=/.test(it) || /^\s*charset\s*=\s*"?utf-?8"?\s*$/.test(it));
  if (essence.trim() !== wanted || !isUtf8) throw unsupportedType(wanted);
}

function unsupportedType(wanted: string): Problem {
  return new Problem("unsupported-media-type", `This operation takes ${wanted}`, { headers: { accept: wanted } });
}

/** RFC 9110, 12.5.3: a coding that is not taken is answered with the ones that are. */
function unsupportedCoding(): Problem {
  const headers = { "accept-encoding": "identity" };
  return new Problem("unsupported-media-type", "This operation takes a body without content coding", { headers });
}

/** Bun's own text is the fastest; it replaces what is not UTF-8. */
function readDeclared(request: Request, length: string): Promise<string> {
  if (Number(length) > BODY_MAX_BYTES) throw tooLarge();
  return request.text();
}

/** Whether decoding had to replace bytes: the text is then not as long as the body was. */
function isDamaged(text: string, headers: Headers): boolean {
  if (!text.includes(REPLACEMENT)) return false;
  const length = headers.get("content-length");
  return length !== null && Buffer.byteLength(text) !== Number(length);
}

/** Counts while it reads; undefined if it is not UTF-8. */
async function readStreamed(request: Request): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > BODY_MAX_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return STRICT_UTF_8.decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}

function tooLarge(): Problem {
  return new Problem("content-too-large", `The body may have ${BODY_MAX_BYTES} bytes at most`);
}
