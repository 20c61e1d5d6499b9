/** What an expression of PromQL names: as much of the language as dashboards and alerts are written in. */

/** Which series of a metric are meant. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

/** One condition on a label. */
export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** The names in an expression. */
export interface Names {
  readonly selectors: readonly Selector[];
  /** In `by (…)`, `on (…)` and the like. */
  readonly labels: readonly string[];
}

const KEYWORDS = new Set(["and", "or", "unless", "bool", "offset", "inf", "nan"]);
const TOKEN = /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][\w:]*|\d[\w.]*|\s+|=~|!~|!=|[<>=]=?|./gy;
const NAME = /^[a-zA-Z_:]/;

/** Reads an expression; what is wrong in it is `promtool`'s to say. */
export function readNames(expression: string): Names {
  const tokens = expression.match(TOKEN)?.filter((token) => token.trim() !== "" && !token.startsWith("[")) ?? [];
  const selectors: Selector[] = [];
  const labels: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? "";
    if (!NAME.test(token) || KEYWORDS.has(token.toLowerCase())) continue;
    if (/^(by|without|on|ignoring|group_left|group_right)$/.test(token)) {
      const end = tokens.indexOf(")", at);
      labels.push(...tokens.slice(at + 2, end).filter((name) => name !== ","));
      at = end;
    } else if (tokens[at + 1] === "{") {
      const end = tokens.indexOf("}", at);
      selectors.push({ metric: token, matchers: readMatchers(tokens.slice(at + 2, end)) });
      at = end;
    } else if (tokens[at + 1] !== "(" && !/^(by|without)$/.test(tokens[at + 1] ?? "")) {
      selectors.push({ metric: token, matchers: [] });
    }
  }
  return { selectors, labels };
}

function readMatchers(tokens: readonly string[]): Matcher[] {
  const matchers: Matcher[] = [];
  for (let at = 0; at < tokens.length; at += 4) {
    const [label = "", operator = "", value = '""'] = tokens.slice(at, at + 3);
    matchers.push({ label, operator, value: value.slice(1, -1) });
  }
  return matchers;
}
