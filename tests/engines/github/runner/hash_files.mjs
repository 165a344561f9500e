// hashFiles(): one SHA-256 over those of all files that match, in the order of their paths; '' where none does.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Return the hash of the files under `workspace` that the patterns choose; a later `!pattern` takes out again. */
export function hashFiles(workspace, patterns) {
  const rules = patterns.flatMap((text) => text.split("\n")).map((text) => text.trim()).filter(Boolean).map(rule);
  const chosen = files(workspace).filter((path) => rules.reduce((so, each) => (each.test(path) ? each.takes : so), false));
  if (!chosen.length) return "";
  const whole = createHash("sha256");
  for (const path of chosen) whole.update(createHash("sha256").update(readFileSync(join(workspace, path))).digest());
  return whole.digest("hex");
}

function files(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((each) => each.isFile()).map((each) => relative(folder, join(each.parentPath ?? each.path, each.name)));
  return paths.sort();
}

function rule(text) {
  const takes = !text.startsWith("!");
  const pattern = text.replace(/^!/, "").replace(/^\.?\//, "").replace(/\/$/, "/**");
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (found) => GLOB[found] ?? `\\${found}`);
  const whole = new RegExp(`^${source}(/.*)?$`);
  return { takes, test: (path) => whole.test(path) };
}

const GLOB = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" };
