import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

type Json = Readonly<Record<string, unknown>>;

/** Puts a signature behind a header and claims. */
export type Signer = (data: Buffer) => Buffer;

/** A key of our own, and how the public half is published. */
export interface ForgedKey {
  readonly signer: Signer;
  readonly jwk: Json;
}

/** Makes an Ed25519 key under an id. */
export function createForgedKey(kid: string): ForgedKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const jwk = { ...publicKey.export({ format: "jwk" }), use: "sig", alg: "EdDSA", kid };
  return { signer: signerOf(privateKey), jwk };
}

/** Signs with EdDSA. */
export function signerOf(key: KeyObject): Signer {
  return (data) => sign(null, data, key);
}

/** A token of any header and claims, however wrong. */
export function forge(header: Json, claims: Json, signer: Signer = () => Buffer.alloc(0)): string {
  const data = `${encode(header)}.${encode(claims)}`;
  return `${data}.${signer(Buffer.from(data)).toString("base64url")}`;
}

/** The header and claims of a token. */
export function readToken(token: string): { header: Json; claims: Json; signature: Buffer } {
  const [header = "", claims = "", signature = ""] = token.split(".");
  return { header: decode(header), claims: decode(claims), signature: Buffer.from(signature, "base64url") };
}

/** A token with the claims changed, and the signature of before. */
export function tamper(token: string, change: Json): string {
  const [header, , signature] = token.split(".");
  return [header, encode({ ...readToken(token).claims, ...change }), signature].join(".");
}

/** The order of Ed25519's group: a signature with it added to S is another text for the same message (RFC 8032, 5.1.7). */
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The same token with a signature that only a sloppy verifier takes. */
export function malleate(token: string): string {
  const { signature } = readToken(token);
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`) + GROUP_ORDER;
  const shifted = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
  return [
    ...token.split(".").slice(0, 2),
    Buffer.concat([signature.subarray(0, 32), shifted]).toString("base64url"),
  ].join(".");
}

/** An RSA and an elliptic key, for algorithms that nobody asked for. */
export function createOtherKeys(): { readonly rsa: KeyObject; readonly p256: KeyObject } {
  return {
    rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
    p256: createPrivateKey(
      generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "pem", type: "pkcs8" }),
    ),
  };
}

function encode(value: Json): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decode(text: string): Json {
  return JSON.parse(Buffer.from(text, "base64url").toString()) as Json; // the parts of a token that a service made
}
