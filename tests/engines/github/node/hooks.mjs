import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

let packages;

/** Hear from loader.mjs in which folder the packages were installed. */
export async function initialize({ packages: folder }) {
  packages = pathToFileURL(`${folder}/package.json`).href;
}

/** A bare name means an installed package, whoever asks. */
export async function resolve(specifier, context, next) {
  const bare = !isBuiltin(specifier) && !/^(\.|\/|[a-z]+:)/.test(specifier);
  const installed = context.parentURL?.includes("/node_modules/");
  return next(specifier, bare && !installed ? { ...context, parentURL: packages } : context);
}

/** A JSON file is a module whose default export is its value. */
export async function load(url, context, next) {
  if (!url.endsWith(".json")) return next(url, context);
  const text = await readFile(fileURLToPath(url), "utf-8");
  return { format: "module", shortCircuit: true, source: `export default ${text}` };
}
