// Reading a workflow: GitHub's parser says what is wrong, the YAML library that it stands on says what is there.
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { parseDocument } from "yaml";

/** Return the workflow as plain data; expressions stay text. Throws what GitHub would refuse. */
export async function parse(content) {
  const { context, value } = parseWorkflow({ name: "workflow.yml", content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  const document = parseDocument(content);
  // A tag of YAML is what `if: !x` comes to; the library only warns of it.
  const errors = [...context.errors.getErrors(), ...document.warnings].map((each) => each.message);
  if (errors.length) throw new Error(errors.join("\n"));
  return document.toJS();
}
