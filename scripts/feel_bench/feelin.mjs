// feelin in Node: the cases as JSON on standard input, the figures as JSON on standard output.
// feelin parses whenever it evaluates, so "evaluate" holds both, and "parse" its parser alone.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { evaluate, parseExpression, unaryTest } = await import(pathToFileURL(process.argv[2]).href);
const { conditions, context, rows, tableContext, tableValue } = JSON.parse(readFileSync(0, "utf8"));

function round(work, count) {
  const begin = process.hrtime.bigint();
  for (let n = 0; n < count; n += 1) work();
  return Number(process.hrtime.bigint() - begin) / count / 1000;
}

function microseconds(work) {
  round(work, 20);
  const count = Math.max(1, Math.floor(50_000 / round(work, 5)));
  return Math.min(...Array.from({ length: 7 }, () => round(work, count)));
}

// feelin has no tables: each row's cells are unary tests of the two inputs.
function decide() {
  const hits = [];
  rows.forEach(([span, kinds], index) => {
    const { amount, kind } = tableContext;
    if (unaryTest(span, { "?": amount }).value && unaryTest(kinds, { "?": kind }).value) {
      hits.push(index);
    }
  });
  return hits[0];
}

const figures = {};
for (const { name, text, value } of conditions) {
  if (evaluate(text, context).value !== value) throw new Error(`${text} is not ${value}`);
  figures[name] = {
    parse: microseconds(() => parseExpression(text)),
    evaluate: microseconds(() => evaluate(text, context)),
  };
}
if (decide() !== tableValue) throw new Error(`the table gives ${decide()}`);
figures["100 rules"] = { parse: null, evaluate: microseconds(decide) };
process.stdout.write(JSON.stringify(figures));
