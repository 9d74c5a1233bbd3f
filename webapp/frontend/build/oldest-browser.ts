/**
 * Chromium 98 is the oldest browser the pages are built for. The build fails where what it has
 * written says something that browser does not understand: syntax, style sheets, and the newer
 * functions of the platform that people reach for. Allowances name their reason.
 */
import { createRequire } from "node:module";
import { parse } from "acorn";
import type { Plugin } from "vite";

/** What Chromium 98 understands; it had all of ES2022 by version 94. */
const ECMASCRIPT = 2022;
const BROWSERS = ["chrome 98"];

/** Functions and objects that came after Chromium 98, and with which version. */
const NEWER: [name: string, pattern: RegExp, since: number][] = [
  ["Array toSorted and its like", /\.to(?:Sorted|Reversed|Spliced)\(/, 110],
  ["Array.fromAsync", /\bArray\.fromAsync\b/, 121],
  ["groupBy", /\b(?:Object|Map)\.groupBy\b/, 117],
  ["Promise.withResolvers", /\bPromise\.withResolvers\b/, 119],
  ["Promise.try", /\bPromise\.try\b/, 128],
  ["methods of Set", /\.(?:isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(/, 122],
  ["Iterator helpers", /\bIterator\.(?:from|concat)\b/, 122],
  ["AbortSignal.timeout or any", /\bAbortSignal\.(?:timeout|any)\b/, 103],
  ["URL.canParse or parse", /\bURL\.(?:canParse|parse)\b/, 120],
  ["isWellFormed", /\.(?:isWellFormed|toWellFormed)\(/, 111],
  ["regular expressions with v", /\/[dgimsuy]*v[dgimsuy]*\.(?:test|exec)\(/, 112],
  ["view transitions", /\.startViewTransition\b/, 111],
  ["moveBefore", /\.moveBefore\b/, 133],
  ["popovers", /\.(?:showPopover|hidePopover|togglePopover)\(/, 114],
  ["CSS.highlights", /\bCSS\.highlights\b/, 105],
  ["checkVisibility", /\.checkVisibility\(/, 105],
  ["showPicker", /\.showPicker\(/, 99],
  ["roundRect", /\.roundRect\(/, 99],
  ["Intl.supportedValuesOf", /\bIntl\.supportedValuesOf\b/, 99],
  ["Intl.DurationFormat", /\bIntl\.DurationFormat\b/, 129],
  ["navigation", /\b(?:window|globalThis)\.navigation\b/, 102],
  ["the attribute inert", /\.inert\s*=/, 102],
  ["requestClose", /\.requestClose\(/, 134],
  ["Base64 of bytes", /\.(?:toBase64|fromBase64|toHex|fromHex)\(/, 140],
  ["setHTML", /\.setHTML(?:Unsafe)?\(/, 124],
];

/** Entry or chunk → what of the list it may hold, and why. */
const ALLOWED: Record<string, Record<string, string>> = {
  app: {
    "view transitions": "htmx asks first whether the browser has them",
    moveBefore: "htmx asks first whether the browser has it",
  },
  form: { "URL.canParse or parse": "form-js, for its preview of documents: no package can use that field" },
  validation: { "URL.canParse or parse": "the same, where form and form editor share form-js" },
  "focus-trap.esm": { checkVisibility: "tabbable asks first whether the browser has it" },
  "form-editor": {
    "css-container-queries": "leaves out a hint where a group is very narrow; without it the hint wraps",
    "container queries": "the same",
  },
  dmn: {
    "css-has": "hides the buttons of cells that nobody is at; without it they are always seen",
    ":has()": "the same",
  },
  NavigatedViewer: { "light-dark() or color-mix()": "colours of the lasso, the search and the snap line: modeler.css has others for where it is missing" },
  modeler: {
    "light-dark() or color-mix()": "colours of the lasso, the minimap and hints of the properties panel: modeler.css has others for where it is missing",
    "css-has": "a ring around FEEL fields of the properties panel; ours are not drawn by it",
    ":has()": "the same ring",
    "field-sizing": "a text field that grows while one types; without it one scrolls",
  },
};

/** What doiuse says is supported in part, where the part we use is. */
const PARTLY: Record<string, string> = {
  "text-decoration": "a line, its style and colour are there; only the short form with thickness is not",
  "css-text-indent": "a length is there; only hanging and each-line are not",
  "css-masks": "written with -webkit- beside it",
  multicolumn: "column-gap of grids and flex boxes",
  "css-scrollbar": "without it a scroll bar is as wide as it was",
  "css-display-contents": "no table or button is displayed so",
  "extended-system-fonts": "a common font follows",
  "css-clip-path": "a basic shape, which is there",
};

/** What doiuse does not look for. */
const NEWER_STYLE: [name: string, pattern: RegExp][] = [
  [":has()", /:has\(/],
  ["container queries", /@container\b/],
  ["cascade layers", /@layer\b/],
  ["@scope or @starting-style", /@(?:scope|starting-style|property)\b/],
  ["light-dark() or color-mix()", /\b(?:light-dark|color-mix|oklch|oklab|lab|lch|color)\(/],
  ["viewport units of phones", /[\d.](?:dv|sv|lv)(?:h|w|i|b|min|max)\b/],
  ["nesting", /[{;}]\s*&/],
  ["media ranges", /@media[^{]*[<>]/],
  ["single transforms", /[;{](?:translate|rotate|scale):/],
  ["text-wrap", /[;{]text-wrap:/],
  ["subgrid", /\bsubgrid\b/],
  ["field-sizing", /[;{]field-sizing:/],
  [":user-invalid", /:user-(?:in)?valid\b/],
  [":popover-open", /:popover-open\b/],
];

const require = createRequire(import.meta.url);

interface Usage {
  feature: string;
  usage: { toString(): string };
}

async function stylesOutside(name: string, css: string): Promise<string[]> {
  // Both come with doiuse; neither brings types that fit.
  const postcss = require("postcss") as (plugins: unknown[]) => { process(css: string, options: { from: undefined }): Promise<unknown> };
  const loaded = require("doiuse") as { default?: unknown };
  const doiuse = (loaded.default ?? loaded) as (options: { browsers: string[]; onFeatureUsage(usage: Usage): void }) => unknown;
  const allowed = ALLOWED[name] ?? {};
  const found: string[] = [];
  const onFeatureUsage = ({ feature, usage }: Usage): void => {
    if (!(feature in PARTLY) && !(feature in allowed)) found.push(`${feature}: ${String(usage).slice(0, 80)}`);
  };
  await postcss([doiuse({ browsers: BROWSERS, onFeatureUsage })]).process(css, { from: undefined });
  return [...found, ...NEWER_STYLE.filter(([style, pattern]) => !(style in allowed) && pattern.test(css)).map(([style]) => style)];
}

function scriptOutside(name: string, code: string): string[] {
  try {
    parse(code, { ecmaVersion: ECMASCRIPT, sourceType: "module" });
  } catch (error) {
    return [`syntax: ${String(error)}`];
  }
  const allowed = ALLOWED[name] ?? {};
  return NEWER.filter(([api, pattern]) => !(api in allowed) && pattern.test(code)).map(([api, , since]) => `${api}: Chromium ${since}`);
}

/** What of a file the oldest browser does not understand. */
export async function outside(file: string, text: string): Promise<string[]> {
  const name = file.replace(/^assets\/|-[\w-]{8}\.\w+$/g, "");
  if (file.endsWith(".css")) return stylesOutside(name, text);
  if (/\.m?js$/.test(file)) return scriptOutside(name, text);
  return [];
}

export function oldestBrowser(): Plugin {
  return {
    name: "oldest-browser",
    async writeBundle(_options, bundle) {
      const findings: string[] = [];
      for (const [file, output] of Object.entries(bundle)) {
        const text = output.type === "chunk" ? output.code : String(output.source);
        findings.push(...(await outside(file, text)).map((one) => `  ${file}: ${one}`));
      }
      if (findings.length > 0) this.error(`Chromium 98 does not understand:\n${findings.join("\n")}`);
    },
  };
}
