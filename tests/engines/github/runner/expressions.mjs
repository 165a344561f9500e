// Values of a workflow at the moment when they are needed, by GitHub's own expression evaluator.
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { truthy } from "@actions/expressions/result";
import { ensureStatusFunction } from "@actions/workflow-parser/model/converter/if-condition";

import { hashFiles } from "./hash_files.mjs";

const CONTEXTS = ["env", "github", "inputs", "job", "matrix", "needs", "runner", "secrets", "steps", "strategy", "vars"];
const STATUS = ["success", "failure", "cancelled", "always"];
const FUNCTIONS = [
  ...STATUS.map((name) => ({ name, minArgs: 0, maxArgs: 0 })),
  { name: "hashFiles", minArgs: 1, maxArgs: 255 },
];
const SIGNATURES = [...CONTEXTS, ...STATUS.map((name) => `${name}(0,0)`), "hashFiles(1,255)"];

/** Return a node of the workflow with every expression in it evaluated. */
export function tree(node, contexts, status) {
  if (typeof node === "string") return plain(template(node, contexts, status));
  if (Array.isArray(node)) return node.map((each) => tree(each, contexts, status));
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(Object.entries(node).map(([key, each]) => [key, tree(each, contexts, status)]));
}

/** Return whether `if` holds: the text is an expression even without ${{ }}, and success() unless it says more. */
export function condition(node, contexts, status) {
  const expression = asExpression(String(node ?? "")) || "success()";
  const whole = ensureStatusFunction(expression, { allowedContext: SIGNATURES });
  return truthy(evaluate(whole, contexts, status));
}

/** One expression alone keeps its type; with text around it, all becomes one string. */
function template(text, contexts, status) {
  const parts = segments(text);
  const values = parts.map((part) =>
    part.expression === undefined ? new data.StringData(part.text) : evaluate(part.expression, contexts, status),
  );
  return values.length === 1 ? values[0] : new data.StringData(values.map((value) => value.coerceString()).join(""));
}

function asExpression(text) {
  const parts = segments(text);
  return parts.some((part) => part.expression !== undefined) ? joined(parts) : text.trim();
}

/** With text around an expression, a condition is a string, and true: what GitHub makes of it. */
function joined(parts) {
  if (parts.length === 1) return parts[0].expression;
  const quoted = (text) => text.replace(/'/g, "''").replace(/[{}]/g, "$&$&");
  const values = parts.filter((part) => part.expression !== undefined);
  const shape = parts.map((part) => (part.expression === undefined ? quoted(part.text) : `{${values.indexOf(part)}}`));
  return `format('${shape.join("")}', ${values.map((part) => part.expression).join(", ")})`;
}

function segments(text) {
  const found = [];
  let rest = 0;
  for (const match of text.matchAll(/\$\{\{((?:'[^']*'|[^'])*?)\}\}/g)) {
    if (match.index > rest) found.push({ text: text.slice(rest, match.index) });
    found.push({ expression: match[1].trim() });
    rest = match.index + match[0].length;
  }
  if (rest < text.length || !found.length) found.push({ text: text.slice(rest) });
  return found;
}

function evaluate(expression, contexts, status) {
  const parsed = new Parser(new Lexer(expression).lex().tokens, CONTEXTS, FUNCTIONS).parse();
  const pairs = CONTEXTS.map((key) => ({ key, value: given(contexts[key] ?? null) }));
  return new Evaluator(parsed, new data.Dictionary(...pairs), functions(status)).evaluate();
}

function functions(status) {
  const said = STATUS.map((name) => [name, () => new data.BooleanData(name === "always" || Boolean(status[name]))]);
  const hash = (...patterns) =>
    new data.StringData(hashFiles(status.workspace, patterns.map((pattern) => pattern.coerceString())));
  return new Map([...said, ["hashfiles", hash]].map(([name, call]) => [name, { name, call }]));
}

const given = (value) => JSON.parse(JSON.stringify(value), data.reviver);
const plain = (value) => JSON.parse(JSON.stringify(value, data.replacer));
