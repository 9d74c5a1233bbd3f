// Evaluates expressions as a browser's form does: one JSON line in, one out.
//   node feelin.mjs <path of feelin's index.js>
//   {"text": "a > 1", "context": {"a": 2}, "unary": false}  ->  {"value": true}
// A form shows or hides fields by unary tests and computes values by expressions.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { evaluate, unaryTest } = await import(pathToFileURL(process.argv[2]).href);

function plain(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === "number" && !Number.isFinite(value)) return { "not a number": String(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object") {
    if (typeof value.toISO === "function") return value.toISO();
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return typeof value === "function" ? { function: true } : value;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { text, context, unary } = JSON.parse(line);
  let answer;
  try {
    answer = { value: plain((unary ? unaryTest : evaluate)(text, context).value) };
  } catch (error) {
    answer = { error: String(error.message).slice(0, 200) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
