// For `node --import`: programs that lie outside of the installed packages may import them by name, and
// GitHub's packages may import JSON without saying so, which Node 20 refuses.
import { register } from "node:module";

register(new URL("hooks.mjs", import.meta.url), { data: { packages: process.env.NODE_PACKAGES } });
