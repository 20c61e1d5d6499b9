/** The examples of the contract are what people copy: each must be what its schema says, and none may be missing. */
import { expect, test } from "bun:test";
import { DOCUMENT, follow, memberOf, partAt } from "./document.ts";
import { schemaFaults } from "./response_check.ts";

interface MediaType {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

const found = [...pointersTo("#", DOCUMENT)];
const bodies = found.filter((pointer) => /\/content\/[^/]+$/.test(pointer));
const described = found.filter((pointer) => isObject(partAt(pointer)) && "example" in (partAt(pointer) as object));

test.each(bodies)("%s has an example, and each is as its schema says", (pointer) => {
  const { example, examples = {} } = partAt(pointer) as MediaType; // `content` holds media types
  const values = [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)];
  expect(values).not.toBeEmpty();
  for (const value of values) expect(schemaFaults(memberOf(pointer, "schema"), value)).toEqual([]);
});

test.each(described.filter((pointer) => !bodies.includes(pointer)))(
  "the example of %s is as its schema says",
  (pointer) => {
    const part = partAt(pointer) as { example: unknown; schema?: unknown }; // `described` has an example
    const schema = part.schema === undefined ? pointer : memberOf(pointer, "schema");
    expect(schemaFaults(schema, part.example)).toEqual([]);
  },
);

test("a wrong example is found", () => {
  const money = follow("#/components/schemas/Money");
  expect(schemaFaults(money, { amount: 1999, currency: "usd" })).not.toEqual([]);
});

/** Every object of the document, but for what stands inside examples and under the names of a schema's members. */
function* pointersTo(pointer: string, part: unknown): Generator<string> {
  if (!isObject(part)) return;
  yield pointer;
  for (const [name, member] of Object.entries(part)) {
    if (name !== "example" && name !== "examples") yield* pointersTo(memberOf(pointer, name), member);
  }
}

function isObject(part: unknown): part is Readonly<Record<string, unknown>> {
  return typeof part === "object" && part !== null && !Array.isArray(part);
}
