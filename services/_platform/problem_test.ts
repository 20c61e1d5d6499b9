import { expect, test } from "bun:test";
import document from "../../openapi/openapi.yaml";
import { PROBLEMS, Problem } from "./problem.ts";

// The contract's own checks proved this shape.
const { schemas } = document.components as unknown as {
  schemas: Record<string, { required?: string[]; properties?: Record<string, { const?: unknown }> }>;
};
const COMMON = ["type", "title", "status", "detail", "instance", "code"];

test("PROBLEMS has the statuses and titles of the contract, and no more", () => {
  const stated: typeof PROBLEMS | Record<string, unknown> = {};
  for (const { properties } of Object.values(schemas)) {
    const code = properties?.code?.const;
    if (typeof code !== "string") continue;
    expect(properties?.type?.const).toBe(`/problems/${code}`);
    Object.assign(stated, { [code]: { status: properties?.status?.const, title: properties?.title?.const } });
  }
  expect(Object.keys(stated).length).toBeGreaterThan(20);
  expect<unknown>(PROBLEMS).toEqual(stated);
});

test("a problem keeps the members of its code exactly where the contract has them", () => {
  for (const { properties, required = [] } of Object.values(schemas)) {
    const code = properties?.code?.const as keyof typeof PROBLEMS | undefined;
    if (!code) continue;
    const own = required.filter((name) => !COMMON.includes(name));
    const extras = Object.fromEntries(own.map((name) => [name, 1]));
    // Which codes have members of their own is what is tested, so the types can't know it here.
    const problem = Reflect.construct(
      Problem,
      own.length ? [code, "Told", extras] : [code, "Told", { headers: { a: "b" } }],
    );
    expect(Object.keys(problem.toBody("/x")).sort()).toEqual([...required].sort());
    expect(problem.headers).toEqual(own.length ? {} : { a: "b" });
  }
});

test("a problem keeps its cause for the log and out of its body", () => {
  const cause = new Error("secret host");
  const problem = new Problem("service-unavailable", "The database did not answer", { cause });
  expect(problem.cause).toBe(cause);
  expect(problem).toMatchObject({ status: 503, detail: "The database did not answer" });
  expect(JSON.stringify(problem.toBody("/x"))).not.toContain("secret");
});

test("a code with members of its own can't be thrown without them", () => {
  // @ts-expect-error currentVersion is missing
  new Problem("version-conflict", "Told");
  // @ts-expect-error a version is a number
  new Problem("version-conflict", "Told", { currentVersion: "2" });
  // @ts-expect-error no such code
  expect(() => new Problem("no-such-code", "Told")).toThrow();
  const problem = new Problem("version-conflict", "Told", { currentVersion: 2 }, { headers: { "retry-after": "1" } });
  expect(problem.toBody("/x")).toMatchObject({ code: "version-conflict", currentVersion: 2, instance: "/x" });
  expect(problem.headers).toEqual({ "retry-after": "1" });
});
