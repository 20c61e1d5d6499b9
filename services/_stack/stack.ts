import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ServiceName } from "#contract";
import { databaseOf, keepDatabases } from "./databases.ts";
import type { Engine } from "./engines/engine.ts";
import type { MongoSource } from "./engines/mongo_source.ts";
import type { Broker, NatsSource } from "./engines/nats.ts";
import { startPostgres } from "./engines/postgres.ts";
import { checkFolder } from "./folder_check.ts";
import { ProcessJournal } from "./journal.ts";
import { isPortFree, portHolder } from "./ports.ts";
import { keepSecrets, type Secrets } from "./secrets.ts";
import { type ByService, byService, SERVICE_NAMES } from "./service_names.ts";
import { type Service, startService } from "./service_process.ts";
import { ADMIN_EMAIL, CLIENT_ID, originsOf, serviceEnvironments } from "./service_settings.ts";
import { StackError } from "./stack_error.ts";
import type { Part } from "./status_view.ts";

/** Where and how the whole system runs. */
export interface StackOptions {
  /** Holds the data of the engines, the secrets and the logs. */
  readonly dataFolder: string;
  readonly ports: ByService<number>;
  /** Where further replicas of each service listen, beside the first one. */
  readonly furtherPorts?: ByService<readonly number[]>;
  /** Where users and products live; in Postgres, with the orders, if not given. */
  readonly mongo?: MongoSource;
  /** The broker of events; without one, nobody listens to them. */
  readonly nats?: NatsSource | undefined;
  /** Goes behind the names of the MongoDB databases, where several stacks share a server. */
  readonly mongoSuffix?: string;
  /** Further settings for all services, before the usual ones. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Changes the whole environment of a service, each time it is started: for tests that treat it badly. */
  readonly adjust?: (name: ServiceName, environment: Readonly<Record<string, string>>) => Record<string, string>;
  /** The data goes with the stack: MongoDB is ended by SIGKILL and has fail points. */
  readonly disposable?: boolean;
  /** MongoDB keeps what it acknowledged over a `kill -9`, even if the stack is disposable; slower. */
  readonly durable?: boolean;
  /** A folder to copy Postgres's data from on the first start; see `preparePostgresTemplate`. */
  readonly postgresTemplate?: string;
  /** The services' programs, for tests of the launcher itself. */
  readonly mainFiles?: ByService<string>;
  /** Told what takes long as it begins. */
  readonly onProgress?: (message: string) => void;
  /** Told of each part as it begins to start, and once it serves. */
  readonly onPart?: (part: Part) => void;
  /** Breaks the start off: what runs by then is ended, and the start rejects. */
  readonly signal?: AbortSignal;
}

/** An account and its password. */
export interface Login {
  readonly email: string;
  readonly password: string;
}

/** The running system. */
export interface Stack {
  /** As a browser sees them: `http://localhost:3000`. */
  readonly origins: ByService<string>;
  readonly admin: Login;
  /** The account that the seeded products belong to, once `seedStack` has made it. */
  readonly seller: Login;
  /** For `POST /token`. */
  readonly serviceClient: { readonly id: string; readonly secret: string };
  readonly postgres: Engine;
  readonly mongo: Engine | undefined;
  /** That it ends is no end of the stack: events wait for it. */
  readonly nats: Broker | undefined;
  /** The first replica of each service. */
  readonly services: ByService<Service>;
  /** All of them. */
  readonly replicas: ByService<readonly Service[]>;
  /** The store of each service, login included. */
  readonly storeUrls: ByService<string>;
  /** Where mails are written, unless MAIL_URL says otherwise. */
  readonly mailFile: string;
  /** Settles when one of its processes ends, with which and how. */
  firstEnd(): Promise<string>;
  /** The services drain and end, then the engines; safe to call twice. */
  stop(): Promise<void>;
}

/** Somebody else listens where a service should. */
export class PortTaken extends StackError {}

/** The ports of `bun start`. */
export const USUAL_PORTS: ByService<number> = byService((_, index) => 3_000 + index);

const SELLER_EMAIL = "seller@example.com";

/**
 * Brings up the engines and the three services, each as a process of its own.
 *
 * @throws {StackError} if anything is in the way; nothing of it runs then.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  checkFolder(options.dataFolder);
  const journal = await ProcessJournal.open(options.dataFolder);
  const endAll = (): void => void journal.endAll().catch(() => {}); // tried again, and told, when the journal is closed
  options.signal?.addEventListener("abort", endAll);
  try {
    await checkPorts(options.ports);
    return await bringUp(options, journal);
  } catch (error) {
    await close(journal).catch(() => {}); // the first fault is the one to tell
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", endAll);
  }
}

async function bringUp(options: StackOptions, journal: ProcessJournal): Promise<Stack> {
  const { dataFolder, ports, onPart = () => {}, signal } = options;
  const secrets = keepSecrets(dataFolder); // before anything else: a reset takes only folders that have some
  const logFolder = join(dataFolder, "logs");
  mkdirSync(logFolder, { recursive: true, mode: 0o700 });
  const { postgres, mongo, nats } = await startEngines(options, { journal, logFolder });
  signal?.throwIfAborted();
  const storeUrls = await findStores(options, { postgres, mongo, secrets });
  signal?.throwIfAborted();

  const eventsUrl = nats?.url;
  const mailFile = join(dataFolder, "mails.txt");
  const environments = serviceEnvironments({
    ports,
    storeUrls,
    secrets,
    eventsUrl,
    mailFile,
    overrides: options.environment ?? {},
  });
  const origins = originsOf(ports);
  const wanted = SERVICE_NAMES.flatMap((name) =>
    [ports[name], ...(options.furtherPorts?.[name] ?? [])].map((port, index) => ({
      ...{ name, port, label: index === 0 ? name : `${name}-${index + 1}` },
    })),
  );
  const starting = wanted.map(async ({ name, port, label }) => {
    const mainFile = options.mainFiles?.[name];
    const environment = { ...environments[name], PORT: String(port) };
    const service = {
      ...{ name, label, port, journal, logFile: join(logFolder, `${label}.log`) },
      environment: () => options.adjust?.(name, environment) ?? environment,
    };
    onPart({ name: label, state: "starting" });
    const running = await startService(mainFile === undefined ? service : { ...service, mainFile });
    onPart({ name: label, state: "ready", detail: `http://localhost:${port}` });
    return running;
  });
  const started = await allOrNone(starting, journal);
  signal?.throwIfAborted();
  const replicas = byService((name) => started.filter((_, index) => wanted[index]?.name === name));
  const services = byService((name) => replicas[name][0]!); // one at least of each is wanted
  return {
    origins,
    admin: { email: ADMIN_EMAIL, password: secrets.adminPassword },
    seller: { email: SELLER_EMAIL, password: secrets.sellerPassword },
    serviceClient: { id: CLIENT_ID, secret: secrets.clientSecret },
    postgres,
    mongo,
    nats,
    services,
    replicas,
    storeUrls,
    mailFile,
    firstEnd: () => firstEnd([postgres, mongo], services),
    stop: () => close(journal),
  };
}

async function startEngines(
  { dataFolder, mongo, nats, disposable = false, durable = false, postgresTemplate, onProgress, onPart }: StackOptions,
  { journal, logFolder }: { journal: ProcessJournal; logFolder: string },
): Promise<Pick<Stack, "postgres" | "mongo" | "nats">> {
  const postgres = startPostgres({
    folder: join(dataFolder, "postgres"),
    logFile: join(logFolder, "postgres.log"),
    journal,
    ...(onProgress && { onProgress }),
    ...(postgresTemplate !== undefined && { template: postgresTemplate }),
  });
  const placeOf = (name: string) => ({
    folder: join(dataFolder, name),
    logFile: join(logFolder, `${name}.log`),
    journal,
    disposable,
  });
  const database = mongo && watched(mongo.name, mongo.start({ ...placeOf("mongo"), durable }), onPart);
  const broker = nats && watched("NATS", nats.start(placeOf("nats")), onPart);
  await allOrNone<unknown>(
    [watched("PostgreSQL", postgres, onPart), Promise.resolve(database), Promise.resolve(broker)],
    journal,
  );
  return { postgres: await postgres, mongo: await database, nats: await broker };
}

/** When one fails, what has started is ended at once and the rest waited for: nothing starts behind our back. */
async function allOrNone<Result>(starting: readonly Promise<Result>[], journal: ProcessJournal): Promise<Result[]> {
  try {
    return await Promise.all(starting);
  } catch (error) {
    await journal.endAll().catch(() => {}); // tried again, and told, when the journal is closed
    await Promise.allSettled(starting);
    throw error;
  }
}

async function findStores(
  { mongoSuffix = "" }: StackOptions,
  { postgres, mongo, secrets }: { postgres: Engine; mongo: Engine | undefined; secrets: Secrets },
): Promise<ByService<string>> {
  const urls = await keepDatabases(postgres, secrets.databasePasswords);
  if (mongo === undefined) return urls;
  return byService((name) =>
    name === "order-processing" ? urls[name] : mongo.databaseUrl(`${databaseOf(name)}${mongoSuffix}`),
  );
}

/** All ports before anything starts. */
async function checkPorts(ports: ByService<number>): Promise<void> {
  const states = await Promise.all(SERVICE_NAMES.map(async (name) => ({ name, free: await isPortFree(ports[name]) })));
  const faults = states
    .filter(({ free }) => !free)
    .map(({ name }) => {
      const holder = portHolder(ports[name]) ?? "another process";
      return `port ${ports[name]} (${name}) is taken by ${holder}`;
    });
  if (faults.length > 0) throw new PortTaken(faults.join("; "));
}

async function close(journal: ProcessJournal): Promise<void> {
  journal.markStopping();
  await journal.endAll();
  journal.close();
}

function firstEnd(engines: readonly (Engine | undefined)[], services: ByService<Service>): Promise<string> {
  const present = engines.filter((engine) => engine !== undefined);
  return Promise.race([
    ...present.map(async (engine) => `${engine.name} ended (${await engine.exited})`),
    ...SERVICE_NAMES.map(async (name) => {
      const { exited, logFile, lastFault } = services[name];
      const how = await exited;
      const why = lastFault();
      return `${name} ended (${how})${why === undefined ? "" : `: ${why}`}; its log is ${logFile}`;
    }),
  ]);
}

/** Tells of an engine as it begins to start, and once it serves. */
async function watched<Server extends Pick<Engine, "version" | "url">>(
  name: string,
  starting: Promise<Server>,
  onPart: StackOptions["onPart"] = () => {},
): Promise<Server> {
  onPart({ name, state: "starting" });
  const { version, url } = await starting;
  const host = /@?([^@/]+)\/?(?:\?.*)?$/.exec(url)?.[1];
  onPart({ name, state: "ready", detail: `${host} (${version})` });
  return starting;
}
