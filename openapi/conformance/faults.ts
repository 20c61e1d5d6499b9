/** The statuses that no client of a healthy deployment gets to see: tests of the services provoke them. */
import type { OperationId } from "#contract";
import { OPERATIONS } from "./document.ts";

/** Where a status is provoked that the conformance tests can't see. */
export interface FaultTest {
  readonly operations: readonly OperationId[];
  readonly status: number;
  /** From the root of the repository. */
  readonly file: string;
  /** The name of the test, as it stands in the file. */
  readonly test: string;
  /** Headers or codes of the status that it shows. @default the status with all that it has */
  readonly shows?: readonly string[];
}

/** The system with its database killed or a service frozen; its table of calls does not compile without every operation. */
const AWAY = "services/_stack/unavailable_test.ts";

export const FAULT_TESTS: readonly FaultTest[] = [
  {
    operations: OPERATIONS.filter(({ responses }) => responses.has(503)).map(({ id }) => id),
    status: 503,
    file: AWAY,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the name of the test in its file
    test: "${id} answers 503 with Retry-After",
  },
  {
    operations: OPERATIONS.map(({ id }) => id),
    status: 429,
    file: "services/_platform/rate_limit_test.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the name of the test in its file
    test: "${id} answers 429 with Retry-After past the quota",
  },
  // The token is in a mail, which no client gets to see.
  {
    operations: ["confirmEmail"],
    status: 204,
    file: "services/user-authentication/operations/confirm_email_test.ts",
    test: "registration sends a mail whose token verifies the email, once",
  },
  {
    operations: ["resetPassword"],
    status: 204,
    file: "services/user-authentication/operations/reset_password_test.ts",
    test: "a mail lets the password be set once, ends every session and verifies the email",
  },
  {
    operations: ["createOrder"],
    status: 202,
    file: AWAY,
    test: "createOrder answers 202 with the pending order, which is confirmed when it goes on",
  },
  {
    // There is one scope, and every service client has it.
    operations: ["applyStockCommands"],
    status: 403,
    file: "services/product-management/operations/apply_stock_commands_test.ts",
    test: "applyStockCommands refuses a service without the scope",
  },
  {
    operations: ["auditStock"],
    status: 403,
    file: "services/product-management/operations/audit_stock_test.ts",
    test: "auditStock refuses a service without the scope",
  },
  {
    // The record of a key is written with what it stands for, so a twin sees it done, or not at all; only what expires in between is left.
    operations: ["registerUser", "createProduct", "adjustProductStock"],
    status: 409,
    file: "services/_platform/idempotency_test.ts",
    test: "a key that was taken and is gone again is told to wait",
    shows: ["request-in-progress", "Retry-After"],
  },
  {
    // Over HTTP it is a race.
    operations: ["createOrder"],
    status: 409,
    file: "services/order-processing/saga/place_order_test.ts",
    test: "a request with a key in use is told to wait; one with another payload is refused",
    shows: ["request-in-progress", "Retry-After"],
  },
  {
    operations: ["createOrder"],
    status: 409,
    file: "services/order-processing/saga/place_order_test.ts",
    test: "an order that is cancelled while it is placed is answered so, and its stock comes back",
    shows: ["order-cancelled"],
  },
  {
    operations: ["replaceOrder"],
    status: 409,
    file: "services/order-processing/operations/orders_test.ts",
    test: "only cancels a pending order, and answers 503 for an edit that can't be decided in time",
    shows: ["order-pending", "edit-in-progress", "Retry-After"],
  },
  {
    // A deployment keeps its admins.
    operations: ["replaceUserRoles"],
    status: 409,
    file: "services/user-authentication/operations/replace_user_roles_test.ts",
    test: "replaceUserRoles keeps the last admin",
    shows: ["last-admin"],
  },
];
