// GitHub's own parser and evaluator behind a pipe: one JSON question a line, one JSON answer a line.
import { createInterface } from "node:readline";

import { condition, tree } from "./expressions.mjs";
import { parse } from "./workflow.mjs";

const ANSWERS = {
  parse: (question) => parse(question.text),
  tree: (question) => tree(question.node, question.contexts, question.status),
  condition: (question) => condition(question.node, question.contexts, question.status),
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = { value: await ANSWERS[question.ask](question) };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
