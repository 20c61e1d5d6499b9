import { expect, test } from "bun:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { DOCUMENT, operationsOf } from "./contract_document.ts";
import { compileParameters, compileReply, compileRequest } from "./validation.ts";

const SPECS = (["user-authentication", "product-management", "order-processing"] as const).flatMap(operationsOf);

test("every schema of the contract is one by its meta-schema", () => {
  const ajv = new Ajv2020();
  const wrong = Object.entries(DOCUMENT.components.schemas).filter(([, schema]) => ajv.validateSchema(schema) !== true);
  expect(wrong.map(([name]) => name)).toEqual([]);
});

test("what an operation reads and answers compiles", () => {
  for (const spec of SPECS) {
    if (spec.body) compileRequest("body", spec.body.schema).accepts({});
    for (const place of ["path", "query", "header"] as const) compileParameters(spec, place)?.accepts({});
    for (const { content, headers } of spec.responses.values()) {
      for (const schema of [...Object.values(content), ...headers.map((header) => header.schema)])
        compileReply(schema)({});
    }
  }
  expect(SPECS.length).toBeGreaterThan(20);
});

test("a schema that Ajv can't compile is found out", () => {
  expect(() => compileRequest("body", { type: "object", unheardOf: true }).accepts({})).toThrow("unheardOf");
});

test("free text is decided as its pattern says, which some schema has", () => {
  const pattern = "^[^\\u0000\\p{Cs}]*$";
  expect(JSON.stringify(DOCUMENT)).toContain(JSON.stringify({ pattern }).slice(1, -1));
  const { accepts } = compileRequest("body", { type: "string", pattern });
  const expression = new RegExp(pattern, "u");
  const parts = ["", "a", "é", "\u{1f600}", "\ud83d", "\ude00", "\0", "\n", "\uffff"];
  for (const first of parts) {
    for (const second of parts) {
      for (const text of [first + second, `${second}b${first}`]) expect(accepts(text)).toBe(expression.test(text));
    }
  }
});
