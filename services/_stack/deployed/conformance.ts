import { ROOT } from "../paths.ts";
import type { ByService } from "../service_names.ts";
import type { Login } from "../stack.ts";
import { createTestFolder, removeTestFolder } from "../test_folder.ts";
import { show } from "./commands.ts";

/** A system that runs somewhere, and what opens it. */
export interface Deployed {
  readonly origins: ByService<string>;
  readonly admin: Login;
  /** A service client that may write stock. */
  readonly client: { readonly id: string; readonly secret: string };
}

const CONFIG = "openapi/conformance/playwright.config.ts";

/** Runs the contract's tests against a deployed system. @throws {StackError} if one fails. */
export async function runConformance({ origins, admin, client }: Deployed): Promise<void> {
  const results = createTestFolder();
  const command = [process.execPath, "--bun", "playwright", "test", "-c", CONFIG, "--output", results];
  try {
    await show(command, {
      cwd: ROOT,
      environment: {
        TRADEPOST_ORIGINS: JSON.stringify(origins),
        TRADEPOST_ADMIN: `${admin.email}:${admin.password}`,
        TRADEPOST_CLIENT: `${client.id}:${client.secret}`,
      },
    });
  } finally {
    removeTestFolder(results);
  }
}
