import { expect, test } from "bun:test";
import { readExposition } from "./exposition.ts";
import { readNames } from "./promql.ts";

test("metrics, matchers and labels are read, functions and numbers are not", () => {
  const { selectors, labels } = readNames(
    'histogram_quantile(0.99, sum by (le, operation) (rate(a_bucket{service=~"$service", code!="x}y"}[$__rate_interval]))) > 1e3',
  );
  expect(selectors).toEqual([
    {
      metric: "a_bucket",
      matchers: [
        { label: "service", operator: "=~", value: "$service" },
        { label: "code", operator: "!=", value: "x}y" },
      ],
    },
  ]);
  expect(labels).toEqual(["le", "operation"]);
});

test("operators between series name labels, and are no series", () => {
  const { selectors, labels } = readNames(
    "a and on (instance) b:c:rate5m == on () group_left () max(d) or ignoring (x) e offset 5m",
  );
  expect(selectors.map(({ metric }) => metric)).toEqual(["a", "b:c:rate5m", "d", "e"]);
  expect(labels).toEqual(["instance", "x"]);
});

test("samples are read with their labels, whatever is in the values", () => {
  const text = '# HELP a what{x="1"} it is\n# TYPE a counter\na{x="1",y="p{q}\\" r"} 1\na{x="2"} 1e-7\nb 0\n';
  const metrics = readExposition([text]);
  expect([...metrics.keys()]).toEqual(["a", "b"]);
  expect(metrics.get("a")).toEqual({ x: new Set(["1", "2"]), y: new Set(['p{q}\\" r']) });
});
