/** The process: reads the environment, opens the store and serves. */
import { createVerifier } from "#platform/access_token.ts";
import { startAuditRetention } from "#platform/audit_retention.ts";
import { createRemoteKeys } from "#platform/key_source.ts";
import { openObservability } from "#platform/open_observability.ts";
import { type Closing, runService, type Started } from "#platform/process.ts";
import { createService } from "#platform/service.ts";
import { createServiceFetch } from "#platform/service_fetch.ts";
import { readConfig } from "./config.ts";
import { createProductManagement } from "./mod.ts";
import { groupCommands } from "./store/group_commands.ts";
import { openStore } from "./store/open.ts";

const NAME = "product-management";

await runService(start);

async function start(closing: Closing): Promise<Started> {
  const config = readConfig(process.env);
  const { issuer, jwksUrl, origins, checkResponses } = config;
  const observability = await openObservability(NAME, config, closing);
  const { log, registry, watchQueue, database: watch } = observability;
  const onFault = (error: unknown) => log.warn("Cannot delete what has expired", { error });
  const products = await openStore({ ...config, name: NAME, watch, onFault }, closing);
  closing(startAuditRetention(products.trail, { retentionDays: config.auditRetentionDays, log }));

  const stock = config.groupCommit
    ? groupCommands(products, (figures) => watchQueue("stock-commands", figures))
    : products;
  const handlers = createProductManagement({ products, newId: Bun.randomUUIDv7, now: () => new Date() }, stock);
  const fetch = createServiceFetch(registry);
  const server = createService(NAME, handlers, {
    authenticate: createVerifier({ issuer, keys: createRemoteKeys({ url: jwksUrl, fetch }) }),
    origins,
    allowedOrigins: config.allowedOrigins,
    trustedProxies: config.trustedProxies,
    rateLimits: config.rateLimits,
    checkResponses,
    readiness: () => products.ping(),
    observability,
  });
  return { ...config, server };
}
