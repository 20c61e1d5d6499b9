/** Values made of the contract's schemas: right ones, and ones that are wrong in one place. */
import fc from "fast-check";
import { follow, memberOf, partAt } from "../../../openapi/conformance/document.ts";
import { schemaFaults } from "../../../openapi/conformance/response_check.ts";

interface SchemaObject {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

type Values = fc.Arbitrary<unknown>;

/** Texts that have broken programs before. */
const NASTY = [
  ...[
    "\u0000",
    "\u0007",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\u00a0",
    "\u200b",
    "\u200d",
    "\u202e",
    "\u2028",
    "\ufeff",
    "\ufffd",
  ],
  ...[
    "\ud800",
    "\udfff",
    "é",
    "e\u0301",
    "ß",
    "ẞ",
    "İ",
    "ı",
    "ſ",
    "Σ",
    "ﬁ",
    "\u1e9e",
    "Å",
    "你",
    "👩‍👩‍👧",
    "😀",
    "🇬🇧",
    "\u{10ffff}",
  ],
  ...["'", '"', "\\", "%", "_", "$where", "$", "{", "}", "<script>", "--", ";", "/", "..", "null", "undefined", "NaN"],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "-1",
    "0",
    "1e999",
    "a",
    "Z",
    "*",
    "(",
    ")",
    "[",
    "&",
    ":",
    "|",
    "!",
    "@",
  ],
];
const TIMES = [
  ...["2016-12-31T23:59:60Z", "1972-06-30T23:59:60.5Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z"],
  ...["9999-12-31T23:59:59.999999999Z", "2024-02-29T00:00:00Z", "2026-11-23t10:00:00Z", "2026-11-23 10:00:00Z"],
  ...["2026-11-23T10:00:00.123456789012345678901234567890Z", "1969-12-31T23:59:59Z"],
];
/** How far above its smallest size a text or a list mostly goes. */
const USUAL_GROWTH = 5;
/** Prices and counts are mostly small, so that things can be bought. */
const USUAL_INTEGER = 10_000;
const OTHER_TYPES: readonly unknown[] = [null, true, 0, 1.5, "", "text", [], {}, [null]];

const known = new Map<string, { right?: Values; wrong?: Values }>();

/** Values that the schema at a JSON Pointer takes. */
export function rightValues(pointer: string): Values {
  const entry = entryOf(pointer);
  entry.right ??= makeRight(follow(pointer)).filter((value) => schemaFaults(pointer, value).length === 0);
  return entry.right;
}

/** Values that the schema most likely refuses, for one reason: whether it does, is for the schema to say. */
export function wrongValues(pointer: string): Values {
  const entry = entryOf(pointer);
  entry.wrong ??= makeWrong(follow(pointer));
  return entry.wrong;
}

function entryOf(pointer: string): { right?: Values; wrong?: Values } {
  const entry = known.get(pointer) ?? {};
  known.set(pointer, entry);
  return entry;
}

function schemaAt(pointer: string): SchemaObject {
  return partAt(pointer) as SchemaObject; // the linter proves that schemas stand where schemas should
}

function makeRight(pointer: string): Values {
  const schema = schemaAt(pointer);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.oneOf !== undefined) {
    return fc.oneof(...schema.oneOf.map((_, index) => rightValues(memberOf(pointer, "oneOf", `${index}`))));
  }
  switch (schema.type) {
    case "string":
      return texts(schema);
    case "integer":
      return integers(schema);
    case "boolean":
      return fc.boolean();
    case "array":
      return lists(pointer, schema);
    case "object":
      return objects(pointer, schema);
    default:
      throw new Error(`The schema at ${pointer} is of a kind that no values are made of`);
  }
}

function texts({ format, pattern, minLength = 0, maxLength = 300 }: SchemaObject): Values {
  if (format === "uuid") return fc.uuid({ version: 7 });
  if (format === "email") return fc.emailAddress();
  if (format === "date-time") return fc.oneof({ arbitrary: times(), weight: 3 }, fc.constantFrom(...TIMES));
  // fast-check reads no classes of characters: such patterns only refuse some, and a filter does.
  if (pattern !== undefined && !pattern.includes("\\p")) return fc.stringMatching(new RegExp(pattern));
  const size = { minLength, maxLength: Math.min(maxLength, minLength + 4 * USUAL_GROWTH) };
  return fc.oneof(
    { arbitrary: fc.string(size), weight: 4 },
    { arbitrary: fc.string({ ...size, unit: "grapheme" }), weight: 3 },
    { arbitrary: fc.array(fc.constantFrom(...NASTY), size).map((parts) => parts.join("")), weight: 3 },
    {
      arbitrary: fc.constantFrom("x", "😀").chain((unit) => fc.constantFrom(...repeats(unit, [minLength, maxLength]))),
      weight: 1,
    },
  );
}

function repeats(unit: string, counts: readonly number[]): string[] {
  return counts.map((count) => unit.repeat(count));
}

function times(): fc.Arbitrary<string> {
  const span = { min: new Date("1970-01-01T00:00:00Z"), max: new Date("2100-01-01T00:00:00Z"), noInvalidDate: true };
  return fc.date(span).map((date) => date.toISOString());
}

function integers({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: SchemaObject): Values {
  const usual = {
    min: Math.max(minimum, -USUAL_INTEGER),
    max: Math.min(maximum, Math.max(minimum, 0) + USUAL_INTEGER),
  };
  return fc.oneof(
    { arbitrary: fc.integer(usual), weight: 6 },
    { arbitrary: fc.integer({ min: minimum, max: maximum }), weight: 1 },
    { arbitrary: fc.constantFrom(minimum, maximum), weight: 1 },
  );
}

function lists(pointer: string, { minItems = 0, maxItems = 100, uniqueItems = false }: SchemaObject): Values {
  const items = rightValues(memberOf(pointer, "items"));
  const size = { minLength: minItems, maxLength: Math.min(maxItems, minItems + USUAL_GROWTH) };
  if (uniqueItems) return fc.uniqueArray(items, { ...size, selector: (item) => JSON.stringify(item) });
  return fc.oneof(
    { arbitrary: fc.array(items, size), weight: 9 },
    { arbitrary: items.map((item) => Array(maxItems).fill(item)), weight: 1 },
  );
}

function objects(pointer: string, { properties = {}, required = [] }: SchemaObject): Values {
  const members = Object.keys(properties).map((name) => {
    return [name, rightValues(memberOf(pointer, "properties", name))] as const;
  });
  return fc.record(Object.fromEntries(members), { requiredKeys: [...required], noNullPrototype: true });
}

function makeWrong(pointer: string): Values {
  const schema = schemaAt(pointer);
  const otherType = fc.constantFrom(...OTHER_TYPES);
  if (schema.const !== undefined || schema.enum !== undefined) {
    return fc.oneof(
      otherType,
      fc.constantFrom(...(schema.enum ?? [schema.const]).map((value) => `${value}`.toUpperCase())),
    );
  }
  if (schema.oneOf !== undefined) return wrongChoices(pointer, schema.oneOf);
  switch (schema.type) {
    case "string":
      return wrongTexts(schema, otherType);
    case "integer":
      return wrongIntegers(schema, otherType);
    case "array":
      return wrongLists(pointer, schema, otherType);
    case "object":
      return wrongObjects(pointer, schema, otherType);
    default:
      return fc.constantFrom(...OTHER_TYPES, "true", "FALSE", 1);
  }
}

function wrongChoices(pointer: string, choices: readonly unknown[]): Values {
  const pointers = choices.map((_, index) => memberOf(pointer, "oneOf", `${index}`));
  const mixed = fc.tuple(...pointers.map(rightValues)).map((values) => Object.assign({}, ...values));
  return fc.oneof(mixed, ...pointers.map(wrongValues));
}

function wrongTexts({ minLength = 0, maxLength = 300 }: SchemaObject, otherType: Values): Values {
  const lengths = [Math.max(0, minLength - 1), maxLength + 1];
  return fc.oneof(
    otherType,
    fc.constantFrom(...repeats("x", lengths), ...repeats("😀", lengths)),
    fc.array(fc.constantFrom(...NASTY), { maxLength: USUAL_GROWTH }).map((parts) => parts.join("")),
    fc.string({ unit: "binary" }),
  );
}

function wrongIntegers({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: SchemaObject, otherType: Values): Values {
  const near = [minimum - 1, maximum + 1, minimum + 0.5, -maximum, `${minimum}`, 1e308, 5e-324];
  return fc.oneof(otherType, fc.constantFrom<unknown>(...near));
}

function wrongLists(pointer: string, { minItems = 0, maxItems = 100 }: SchemaObject, otherType: Values): Values {
  const [right, wrong] = [rightValues(memberOf(pointer, "items")), wrongValues(memberOf(pointer, "items"))];
  const rights = fc.array(right, { maxLength: Math.max(minItems, USUAL_GROWTH) });
  return fc.oneof(
    otherType,
    fc.tuple(rights, wrong).map(([items, item]) => [...items, item]),
    right.map((item) => Array(maxItems + 1).fill(item)),
    right.map((item) => [item, item]),
    fc.constant([]),
  );
}

function wrongObjects(pointer: string, { properties = {}, required = [] }: SchemaObject, otherType: Values): Values {
  const right = rightValues(pointer) as fc.Arbitrary<Record<string, unknown>>; // it is the schema of an object
  const names = Object.keys(properties);
  const without = (name: string) => right.map(({ [name]: _, ...rest }) => rest);
  const spoiled = names.map((name) => {
    return fc
      .tuple(right, wrongValues(memberOf(pointer, "properties", name)))
      .map(([value, member]) => ({ ...value, [name]: member }));
  });
  const surprise = fc.constantFrom("surprise", "id", "role", "ownerId", "", "__proto__x", "Version", "$set");
  return fc.oneof(
    { arbitrary: otherType, weight: 1 },
    { arbitrary: fc.tuple(right, surprise).map(([value, name]) => ({ ...value, [name]: 1 })), weight: 2 },
    ...required.map((name) => ({ arbitrary: without(name), weight: 1 })),
    ...spoiled.map((arbitrary) => ({ arbitrary, weight: 2 })),
  );
}
