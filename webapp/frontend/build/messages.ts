/**
 * One catalogue for pages and islands: the strings passed to t() in src/ are looked up in the
 * gettext catalogue at build time and shipped as the module "virtual:messages"; those of the studio's
 * editors as "virtual:studio-messages", so that nobody else's pages carry them.
 * A string without a translation fails the build.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Plugin } from "vite";
import { labels } from "./form-js-labels.ts";
import { labels as studioLabels } from "./studio-labels.ts";

const NAME = "virtual:messages";
const STUDIO = "virtual:studio-messages";
/** What belongs to the studio: its folder and the entries that use it. */
const OF_STUDIO = /\/src\/(?:studio\/|studio[\w-]*\.ts|modeler\.ts|dmn\.ts|form-editor\.ts|feel\.ts)/;
const CALL = /\bt\(\s*("(?:[^"\\]|\\.)*")/g;

export function readPo(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let id = "";
  let translation = "";
  let into: "id" | "str" | "" = "";
  const flush = (): void => {
    if (id && translation) found.set(id, translation);
    id = translation = into = "";
  };
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("#") || line.trim() === "") {
      if (into === "str") flush();
      continue;
    }
    const match = /^(msgid|msgstr|msgid_plural|msgstr\[\d\])?\s*(".*")$/.exec(line.trim());
    if (!match) continue;
    const value = JSON.parse(match[2] ?? '""') as string;
    if (match[1] === "msgid") {
      if (into === "str") flush();
      into = "id";
      id = value;
    } else if (match[1] === "msgstr" || match[1] === "msgstr[0]") {
      into = "str";
      translation = value;
    } else if (match[1]) {
      into = "";
    } else if (into === "id") {
      id += value;
    } else if (into === "str") {
      translation += value;
    }
  }
  flush();
  return found;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

export function messages(catalogue: string): Plugin {
  return {
    name: "messages",
    resolveId(id) {
      return id === NAME || id === STUDIO ? `\0${id}` : undefined;
    },
    load(id) {
      if (id !== `\0${NAME}` && id !== `\0${STUDIO}`) return undefined;
      this.addWatchFile(catalogue);
      const known = readPo(readFileSync(catalogue, "utf8"));
      const everywhere = new Set<string>(labels.map(({ text }) => text));
      const studio = new Set<string>(studioLabels.map(({ text }) => text));
      for (const file of sources(resolve(import.meta.dirname, "../src"))) {
        const into = OF_STUDIO.test(file.replaceAll("\\", "/")) ? studio : everywhere;
        for (const [, literal] of readFileSync(file, "utf8").matchAll(CALL)) {
          into.add(JSON.parse(literal ?? '""') as string);
        }
      }
      const used = id === `\0${NAME}` ? [...everywhere] : [...studio].filter((text) => !everywhere.has(text));
      const missing = used.filter((text) => !known.has(text));
      if (missing.length > 0) {
        this.error(`no Chinese for:\n${missing.map((text) => `  ${JSON.stringify(text)}`).join("\n")}`);
      }
      const table = Object.fromEntries(used.sort().map((text) => [text, known.get(text)]));
      return `export default ${JSON.stringify(table)};`;
    },
  };
}
