import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What one secret is good for: each purpose has a key of its own, made from the secret by HKDF-SHA-256 (RFC 5869). */
export interface Vault {
  /** Encrypts with AES-256-GCM. @param label What it is: it opens only under the same label. */
  seal(plain: string, label: string): string;
  /** @throws {Error} if the text was sealed with another secret or label, or was changed. */
  open(sealed: string, label: string): string;
  /** A key for hashes that nobody else can compute, such as that of a payload with a password. */
  readonly fingerprintKey: string;
}

/** @param secret At least 32 characters of random text: there is no stretching. */
export function createVault(secret: string): Vault {
  const sealingKey = deriveKey(secret, "tradepost signing keys");
  return {
    seal(plain, label) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", sealingKey, iv).setAAD(Buffer.from(label));
      const sealed = [iv, cipher.update(plain, "utf8"), cipher.final()];
      return Buffer.concat([...sealed, cipher.getAuthTag()]).toString("base64url");
    },
    open(sealed, label) {
      const bytes = Buffer.from(sealed, "base64url");
      const options = { authTagLength: TAG_BYTES };
      const decipher = createDecipheriv("aes-256-gcm", sealingKey, bytes.subarray(0, IV_BYTES), options);
      decipher.setAAD(Buffer.from(label)).setAuthTag(bytes.subarray(-TAG_BYTES));
      const plain = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
      return Buffer.concat([plain, decipher.final()]).toString("utf8");
    },
    fingerprintKey: deriveKey(secret, "tradepost fingerprints").toString("hex"),
  };
}

function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", purpose, 32));
}
