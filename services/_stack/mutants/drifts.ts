/** The six ways in which services and contract drift apart, each as a small change of the source. */
import type { Mutant } from "./mutant.ts";

const PLATFORM = "services/_platform";
const OPERATIONS = "services/product-management/operations";

export const DRIFTS: readonly Mutant[] = [
  {
    name: "drift: an answer has a field that the contract does not have",
    file: `${OPERATIONS}/get_product.ts`,
    edits: [
      {
        search: "return { status: 200, headers: cached, body: product };",
        replace: "return { status: 200, headers: cached, body: Object.assign({ surprise: true }, product) };",
      },
    ],
    checks: [`${OPERATIONS}/get_product_test.ts`],
  },
  {
    name: "drift: an answer lacks a header that the contract promises",
    file: `${OPERATIONS}/create_product.ts`,
    edits: [
      {
        search: "headers: { location, etag: formatEtag(product.version) }",
        replace: "headers: { location } as { location: string; etag: string }",
      },
    ],
    checks: [`${OPERATIONS}/create_product_test.ts`],
  },
  {
    name: "drift: an answer has a status that the contract does not have",
    file: `${OPERATIONS}/delete_product.ts`,
    edits: [{ search: "return { status: 204 };", replace: "return { status: 202 as 204 };" }],
    checks: [`${OPERATIONS}/delete_product_test.ts`],
  },
  {
    name: "drift: errors are of another content type",
    file: `${PLATFORM}/reply_sender.ts`,
    edits: [{ search: 'commonByEtag("application/problem+json")', replace: 'commonByEtag("application/json")' }],
    checks: [`${PLATFORM}/service_test.ts`],
  },
  {
    name: "drift: there is a route that the contract does not have",
    file: `${PLATFORM}/service.ts`,
    edits: [
      {
        search: '  app.all("/*", ({ request }) => serve(NOWHERE, request, {}), HIDDEN);',
        replace:
          '  app.get("/backdoor", () => "open");\n  app.all("/*", ({ request }) => serve(NOWHERE, request, {}), HIDDEN);',
      },
    ],
    checks: [`${PLATFORM}/service_test.ts`],
  },
  {
    name: "drift: fields are taken that the contract refuses",
    file: `${PLATFORM}/validation.ts`,
    edits: [
      {
        search: "createAjv({ useDefaults: true })",
        replace: "createAjv({ useDefaults: true, removeAdditional: true })",
      },
    ],
    checks: [`${PLATFORM}/request_reader_test.ts`, `${PLATFORM}/service_test.ts`],
  },
];
