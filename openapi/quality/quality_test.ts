/** The rules of the contract and its promises, each broken on purpose in a copy of the contract. */
import { describe, expect, test } from "bun:test";
import document from "../openapi.yaml";
import { breakingChanges } from "./breaking_changes.ts";
import { brokenRules, type Document, type Part } from "./contract_rules.ts";

const CONTRACT = document as Document; // as lint.ts takes it

/** A part of a copy that may be changed: which one is there, the test knows. */
// biome-ignore lint/suspicious/noExplicitAny: a test that spoils a document at a place of its own
type Anything = any;

/** The contract, spoiled. */
function spoiled(spoil: (copy: Anything) => void): Document {
  const copy = structuredClone(CONTRACT);
  spoil(copy);
  return copy;
}

test("the contract keeps all rules, and all that it promises itself", () => {
  expect(brokenRules(CONTRACT)).toEqual([]);
  expect(breakingChanges(CONTRACT, CONTRACT)).toEqual([]);
});

describe("brokenRules()", () => {
  const profile = (copy: Anything) => copy.paths["/profile"].get;

  test.each<[flaw: string, rule: string, spoil: (copy: Anything) => void]>([
    ["no description", "a description", (copy) => delete profile(copy).description],
    ["a summary that is a sentence", "a summary", (copy) => Object.assign(profile(copy), { summary: "It reads." })],
    ["an operation for everybody", "on the list", (copy) => Object.assign(profile(copy), { security: [] })],
    ["no 401", "answers 401", (copy) => delete profile(copy).responses["401"]],
    ["a text without end", "bounded", (copy) => delete copy.components.schemas.Password.maxLength],
    ["a number without end", "bounded", (copy) => delete copy.components.parameters.Limit.schema.maximum],
    ["a list without end", "bounded", (copy) => delete copy.components.schemas.OrderedItems.maxItems],
    ["an open object", "bounded", (copy) => delete copy.components.schemas.Registration.additionalProperties],
    ["nothing to go on with", "links", (copy) => delete copy.paths["/orders"].post.responses["201"].links],
    [
      "a link to nowhere",
      "links",
      (copy) => Object.assign(copy.paths["/orders"].post.responses["201"].links.GetOrder, { operationId: "x" }),
    ],
    [
      "a problem without page",
      "its page",
      (copy) => Object.assign(copy.components.schemas.NotFoundProblem.properties.type, { const: "/x" }),
    ],
    ["an end without a day", "deprecated", (copy) => Object.assign(profile(copy), { deprecated: true })],
    ["a tag in one line", "paragraph", (copy) => Object.assign(copy.tags[0], { description: "Accounts." })],
  ])("finds %s", (_, rule, spoil) => {
    const found = brokenRules(spoiled(spoil));
    expect(found.length).toBeGreaterThan(0);
    expect(found.join("\n")).toContain(rule);
  });

  test("takes a deprecated operation that says since when, until when and what instead", () => {
    const told = { deprecated: true, "x-deprecated-since": "2026-12-01", "x-sunset": "2027-07-01" };
    const copy = spoiled((it) => Object.assign(profile(it), told, { description: "Use `listUsers` instead." }));
    expect(brokenRules(copy)).toEqual([]);
  });
});

describe("breakingChanges() finds", () => {
  const schemas = (copy: Anything) => copy.components.schemas;

  test.each<[change: string, said: string, spoil: (copy: Anything) => void]>([
    [
      "an operation that is gone",
      "DELETE /orders/{orderId} is gone",
      (it) => delete it.paths["/orders/{orderId}"].delete,
    ],
    ["another name", "is called", (it) => Object.assign(it.paths["/profile"].get, { operationId: "readProfile" })],
    [
      "a token that is needed now",
      "without a token",
      (it) => Object.assign(it.paths["/login"].post, { security: [{ bearerAuth: [] }] }),
    ],
    [
      "a role that is needed now",
      "any more",
      (it) => Object.assign(it.paths["/profile"].get, { security: [{ bearerAuth: ["admin"] }] }),
    ],
    ["a parameter that is gone", "does not take query q", (it) => it.paths["/products"].get.parameters.shift()],
    [
      "a parameter that is needed now",
      "needs query limit",
      (it) => Object.assign(it.components.parameters.Limit, { required: true }),
    ],
    ["a field that is needed now", "needs tags", (it) => schemas(it).ProductCreation.required.push("tags")],
    [
      "a field that is not taken any more",
      "has no stock any more",
      (it) => delete schemas(it).ProductCreation.properties.stock,
    ],
    ["a lower limit", "takes less by its maximum", (it) => Object.assign(schemas(it).Quantity, { maximum: 10 })],
    [
      "a stricter pattern",
      "takes less by its pattern",
      (it) => Object.assign(schemas(it).Sku, { pattern: "^[A-Z]+$" }),
    ],
    ["a choice less", 'does not take "draft"', (it) => void schemas(it).ProductStatus.enum.shift()],
    ["another type", "is of type string", (it) => Object.assign(schemas(it).Version, { type: "string" })],
    [
      "a field that is not answered any more",
      "has no number any more",
      (it) => delete schemas(it).Order.properties.number,
    ],
    [
      "a field that may be missing",
      "may lack total",
      (it) => schemas(it).Order.required.splice(schemas(it).Order.required.indexOf("total"), 1),
    ],
    ["a status that is gone", "does not answer 304", (it) => delete it.paths["/orders/{orderId}"].get.responses["304"]],
    [
      "a header that is gone",
      "has no header Location",
      (it) => delete it.paths["/orders"].post.responses["201"].headers.Location,
    ],
    [
      "a header that may be missing",
      "may lack the header ETag",
      (it) => Object.assign(it.components.headers.ETag, { required: false }),
    ],
    [
      "another media type",
      "is not application/json any more",
      (it) => {
        const { content } = it.paths["/orders"].post.requestBody;
        content["application/xml"] = content["application/json"];
        delete content["application/json"];
      },
    ],
    ["a move that is not taken any more", "OrderMove", (it) => schemas(it).OrderReplacement.oneOf.pop()],
  ])("%s", (_, said, spoil) => {
    expect(breakingChanges(CONTRACT, spoiled(spoil)).join("\n")).toContain(said);
  });
});

test("breakingChanges() takes what no client minds", () => {
  const grown = spoiled((copy) => {
    copy.paths["/coupons"] = { get: { ...copy.paths["/profile"].get, operationId: "listCoupons" } };
    copy.components.schemas.Order.properties.note = { type: "string" };
    copy.components.schemas.ProductCreation.properties.weight = { type: "integer" };
    copy.components.schemas.Quantity.maximum = 5000;
    copy.paths["/profile"].get.responses["418"] = copy.components.responses.NotFound as Part;
  });
  expect(breakingChanges(CONTRACT, grown)).toEqual([]);
});
