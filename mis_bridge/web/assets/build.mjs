// Compiles the style sheet and copies the components' script; what it writes is kept in the repository.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "..", "..", "node_modules");
const out = join(here, "..", "static");

mkdirSync(out, { recursive: true });
const { css } = sass.compile(join(here, "style.scss"), {
  loadPaths: [modules],
  style: "compressed",
  quietDeps: true,
});
writeFileSync(join(out, "style.css"), `${css}\n`);
copyFileSync(
  join(modules, "govuk-frontend", "dist", "govuk", "govuk-frontend.min.js"),
  join(out, "components.js"),
);
