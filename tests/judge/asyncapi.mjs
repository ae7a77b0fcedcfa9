// Says what AsyncAPI's own parser finds wrong with a description, and ends with 1 if it finds an error.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, description] = process.argv.slice(2);
const { Parser } = createRequire(`${folder}/`)("@asyncapi/parser");
const found = await new Parser().validate(readFileSync(description, "utf8"));
const errors = found.filter((one) => one.severity === 0);
for (const one of errors) console.log(`${one.path.join(".")}: ${one.message}`);
process.exit(errors.length ? 1 : 0);
