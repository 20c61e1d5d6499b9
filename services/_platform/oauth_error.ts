import type { Schema } from "#contract";

type OAuthErrorCode = Schema<"OAuthError">["error"];

/**
 * An error as OAuth clients expect it, for the operations whose contract says so instead of a problem.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 | RFC 6749, 5.2}
 */
export class OAuthError extends Error {
  override readonly name = "OAuthError";
  readonly code: OAuthErrorCode;

  /** @param description For the developer of the client; no secret, no value that was sent. */
  constructor(code: OAuthErrorCode, description: string) {
    super(description);
    this.code = code;
  }

  /** 401 for a client that is not known, else 400. */
  get status(): 400 | 401 {
    return this.code === "invalid_client" ? 401 : 400;
  }

  /** Response headers; names in lower case. */
  get headers(): Record<string, string> {
    const challenge = this.status === 401 ? { "www-authenticate": 'Basic realm="tradepost"' } : {};
    return { "cache-control": "no-store", ...challenge };
  }

  toBody(): Schema<"OAuthError"> {
    return { error: this.code, error_description: this.message };
  }
}
