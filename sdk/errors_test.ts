import { describe, expect, expectTypeOf, test } from "bun:test";
import { ApiError, isProblem, type ProblemCode, type Schema } from "#sdk";
import { problem } from "./fixtures.ts";

async function refusal(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type") ?? "";
  return new ApiError(response.clone(), type.includes("json") ? await response.json() : await response.text());
}

describe("an ApiError", () => {
  test("is narrowed by its code to what the problem tells besides", async () => {
    const error = await refusal(problem(409, "version-conflict", { currentVersion: 7 }));
    if (!(error instanceof ApiError && error.code === "version-conflict")) throw error;
    expectTypeOf(error.currentVersion).toEqualTypeOf<number>();
    expectTypeOf(error.status).toEqualTypeOf<409>();
    expectTypeOf(error.problem.currentVersion).toEqualTypeOf<number>();
    expectTypeOf<keyof typeof error & "items">().toBeNever();
    expect(error).toMatchObject({ currentVersion: 7, status: 409, problem: { currentVersion: 7 } });
  });

  test("is narrowed by a switch, case by case", async () => {
    const describeFault = (error: ApiError): string => {
      switch (error.code) {
        case "out-of-stock":
          return `${error.items[0]?.available} left`;
        case "invalid-transition":
          return `from ${error.from} to ${error.allowed.join()}`;
        case undefined:
          return String(error.body);
        default:
          return error.detail;
      }
    };
    const items = [{ productId: "p", requested: 2, available: 1 }];
    const faults = [
      problem(409, "out-of-stock", { items }),
      problem(409, "invalid-transition", { from: "pending", allowed: ["cancelled"] }),
      problem(404, "not-found"),
      new Response("Bad Gateway", { status: 502 }),
    ];
    const texts = await Promise.all(faults.map(async (fault) => describeFault((await refusal(fault)) as ApiError)));
    expect(texts).toEqual(["1 left", "from pending to cancelled", "as told", "Bad Gateway"]);
  });

  test("says nothing of a code's members before the code is known", () => {
    const read = (error: ApiError) => {
      // @ts-expect-error only a version conflict has it
      error.currentVersion;
      // @ts-expect-error there is no such code
      return error.code === "version-conflicts";
    };
    expect(read).toBeFunction();
  });

  test("has the same type by its code as by narrowing", () => {
    expectTypeOf<ApiError<"out-of-stock">["items"]>().toEqualTypeOf<Schema<"OutOfStockProblem">["items"]>();
    expectTypeOf<ApiError<"out-of-stock">>().toExtend<ApiError>();
    expectTypeOf<ApiError["code"]>().toEqualTypeOf<ProblemCode | undefined>();
  });

  test("is an Error whose message and stack no answer can replace", async () => {
    const error = await refusal(
      problem(404, "not-found", { message: "fake", stack: "fake", name: "fake", headers: {} }),
    );
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "ApiError", message: "not-found: as told" });
    expect((error as ApiError).headers).toBeInstanceOf(Headers);
    expect((error as ApiError).stack).not.toBe("fake");
  });

  test("carries what to wait for and what to tell support", async () => {
    const error = await refusal(problem(503, "service-unavailable", {}, { "retry-after": "2", "x-request-id": "r-1" }));
    expect(error).toMatchObject({ retryAfterMs: 2_000, requestId: "r-1" });
  });
});

describe("isProblem()", () => {
  test("narrows anything thrown by one code or several", async () => {
    const error = await refusal(problem(412, "precondition-failed", { currentVersion: 3 }));
    expect(isProblem(error, "version-conflict")).toBe(false);
    if (!isProblem(error, "version-conflict", "precondition-failed")) throw error;
    expectTypeOf(error.code).toEqualTypeOf<"version-conflict" | "precondition-failed">();
    expect(error.currentVersion).toBe(3);
  });

  test("without a code takes every problem of the API and nothing else", async () => {
    expect(isProblem(await refusal(problem(404, "not-found")))).toBe(true);
    expect(isProblem(await refusal(new Response("Bad Gateway", { status: 502 })))).toBe(false);
    expect(isProblem(await refusal(Response.json({ code: "not-found" }, { status: 404 })))).toBe(false);
    expect(isProblem(new Error("not-found"))).toBe(false);
    expect(isProblem({ code: "not-found" }, "not-found")).toBe(false);
  });
});
