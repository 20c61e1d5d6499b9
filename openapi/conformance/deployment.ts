/** Which deployment the tests run against: the one that the environment names, or the one that the run starts for itself. */
import type { ServiceName } from "#contract";

/** Where a deployment is, and who may do there what not everybody may. */
export interface Deployment {
  /** Without a slash at the end; with a path where a gateway has the API below one. */
  readonly baseUrls: Readonly<Record<ServiceName, string>>;
  /** Email and password of an admin; without them, what needs an admin is skipped. */
  readonly admin: NamedSecret | undefined;
  /** Id and secret of a service client that may write stock; without them, what needs one is skipped. */
  readonly client: NamedSecret | undefined;
}

/** A name and the secret that proves it. */
export interface NamedSecret {
  readonly name: string;
  readonly secret: string;
}

/**
 * Reads the deployment from the environment:
 *
 * - `TRADEPOST_ORIGINS`: one base URL for all services, or a JSON object with one for each.
 * - `TRADEPOST_ADMIN`: `email:password`.
 * - `TRADEPOST_CLIENT`: `id:secret`.
 */
export function readDeployment(environment: Readonly<Record<string, string | undefined>>): Deployment {
  const { TRADEPOST_ORIGINS: origins, TRADEPOST_ADMIN: admin, TRADEPOST_CLIENT: client } = environment;
  if (!origins) throw new Error("Cannot test: TRADEPOST_ORIGINS names no deployment");
  return { baseUrls: readBaseUrls(origins), admin: readSecret(admin), client: readSecret(client) };
}

function readBaseUrls(text: string): Deployment["baseUrls"] {
  const given: Partial<Record<ServiceName, string>> = text.startsWith("{") ? JSON.parse(text) : {};
  const baseUrlOf = (service: ServiceName): string => {
    const url = URL.parse((text.startsWith("{") ? given[service] : text) ?? "");
    if (!url) throw new Error(`Cannot test: TRADEPOST_ORIGINS has no URL of ${service}`);
    return url.origin + url.pathname.replace(/\/+$/, "");
  };
  return {
    "user-authentication": baseUrlOf("user-authentication"),
    "product-management": baseUrlOf("product-management"),
    "order-processing": baseUrlOf("order-processing"),
  };
}

function readSecret(text: string | undefined): NamedSecret | undefined {
  const [name, ...rest] = (text ?? "").split(":");
  const secret = rest.join(":");
  return name && secret ? { name, secret } : undefined;
}
