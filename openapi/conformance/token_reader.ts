/** What an access token says. Nothing of it is verified: that is the services' part. */
export interface TokenContents {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Reads a JWT in compact form. */
export function readToken(token: string): TokenContents {
  const [header = "", claims = ""] = token.split(".");
  return { header: decode(header), claims: decode(claims) };
}

/** A token that claims the same and is signed by nobody (RFC 8725, 2.1). */
export function withoutSignature(token: string): string {
  const { header } = readToken(token);
  return [encode({ ...header, alg: "none" }), token.split(".")[1], ""].join(".");
}

/** A token of which one claim is another, with the signature of the old one. */
export function withClaim(token: string, name: string, value: unknown): string {
  const [header, , signature] = token.split(".");
  return [header, encode({ ...readToken(token).claims, [name]: value }), signature].join(".");
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}
