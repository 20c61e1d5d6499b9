import { type CommonConfig, commonConfig, Env, type Environment } from "#platform/config.ts";

/** Settings of product-management. */
export interface ProductsConfig extends CommonConfig {
  /** Whether stock commands that wait for the same product go through in one transaction. */
  groupCommit: boolean;
}

/** Reads the settings. @throws {StartFault} with every fault. */
export function readConfig(values: Environment): ProductsConfig {
  const env = new Env(values);
  const config = {
    ...commonConfig(env, { port: 3001 }),
    groupCommit: env.boolean("GROUP_COMMIT", { fallback: true }),
  };
  env.check();
  return config;
}
