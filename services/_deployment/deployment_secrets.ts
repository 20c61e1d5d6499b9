import type { ServiceName } from "#contract";

/** Who is given secrets, each its own and no more. */
export type Reader = ServiceName | "mongo" | "mongo-init" | "postgres" | "postgres-init" | "nats" | "backup";

/** Texts by file name, as one reader finds them in its folder. */
export type SecretFiles = Readonly<Record<string, string>>;

const VALUE_NAMES = [
  "mongoKeyfile",
  "mongoRootPassword",
  "postgresPassword",
  "natsPassword",
  "userAuthenticationStorePassword",
  "productManagementStorePassword",
  "orderProcessingStorePassword",
  "keysSecret",
  "adminPassword",
  "clientSecret",
] as const;

/** Everything random in a deployment; made once, and kept as long as its data. */
export type RandomValues = Readonly<Record<(typeof VALUE_NAMES)[number], string>>;

/** Where the engines of a deployment answer. */
export interface EnginePlaces {
  /** `host:port` of each member of the replica set, as members and clients see it. */
  mongo: readonly string[];
  /** `host:port`. */
  postgres: string;
  /** `host:port`. */
  nats: string;
}

/** Name of the replica set: what `mongod --replSet` is given. */
export const REPLICA_SET = "tradepost";
/** What order-processing is called when it asks for a service token. */
export const CLIENT_ID = "order-processing";
const MONGO_ROOT = "root";
const POSTGRES_ROOT = "postgres";
const NATS_USER = "tradepost";

/** 192 random bits in letters that need no quoting in a URL, a shell or YAML. */
const RANDOM_BYTES = 24;
/** A keyfile has up to 1024 characters of base64. */
const KEYFILE_BYTES = 192;

/** Keeps the values there are and makes those that are missing, as after an upgrade that needs a new one. */
export function completeValues(known: Partial<RandomValues> = {}): RandomValues {
  const entries = VALUE_NAMES.map((name) => [name, known[name] ?? randomValue(name)]);
  return Object.fromEntries(entries) as RandomValues; // one entry for each of VALUE_NAMES
}

/** What each reader is given; the same values and places give the same texts. */
export function secretFiles(values: RandomValues, places: EnginePlaces): Readonly<Record<Reader, SecretFiles>> {
  // A set of one has nobody to fail over to: its clients keep to the name they know, and need not ask it for others.
  const topology = places.mongo.length > 1 ? `replicaSet=${REPLICA_SET}` : "directConnection=true";
  const mongoUrl = (user: string, password: string, path: string): string =>
    `mongodb://${user}:${password}@${places.mongo.join(",")}/${path}`;
  const postgresUrl = (user: string, password: string, database = user): string =>
    `postgres://${user}:${password}@${places.postgres}/${database}`;
  const users = mongoUrl(
    "user_authentication",
    values.userAuthenticationStorePassword,
    `user_authentication?${topology}`,
  );
  const products = mongoUrl(
    "product_management",
    values.productManagementStorePassword,
    `product_management?${topology}`,
  );
  const orders = postgresUrl("order_processing", values.orderProcessingStorePassword);
  return {
    mongo: { keyfile: values.mongoKeyfile, "root-username": MONGO_ROOT, "root-password": values.mongoRootPassword },
    "mongo-init": {
      "root-url": mongoUrl(MONGO_ROOT, values.mongoRootPassword, `admin?replicaSet=${REPLICA_SET}`),
      "service-urls": `${users} ${products}`,
    },
    postgres: { password: values.postgresPassword },
    "postgres-init": {
      "root-url": postgresUrl(POSTGRES_ROOT, values.postgresPassword),
      "service-urls": orders,
    },
    nats: { "server.conf": natsConfig(values.natsPassword) },
    backup: { "user-authentication-url": users, "product-management-url": products, "order-processing-url": orders },
    "user-authentication": {
      "store-url": users,
      "keys-secret": values.keysSecret,
      "admin-password": values.adminPassword,
      "service-clients": `${CLIENT_ID}:${values.clientSecret}`,
    },
    "product-management": { "store-url": products },
    "order-processing": {
      "store-url": orders,
      "client-secret": values.clientSecret,
      "events-url": `nats://${NATS_USER}:${values.natsPassword}@${places.nats}`,
    },
  };
}

/** An event that was acknowledged is on the disk: it survives the machine, not only the process. */
function natsConfig(password: string): string {
  return `authorization { user: "${NATS_USER}", password: "${password}" }\njetstream { sync_interval: always }\n`;
}

function randomValue(name: (typeof VALUE_NAMES)[number]): string {
  if (name === "mongoKeyfile") return random(KEYFILE_BYTES, "base64"); // base64url's letters are not allowed there
  return random(RANDOM_BYTES, "base64url");
}

function random(bytes: number, encoding: "base64" | "base64url"): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString(encoding);
}
