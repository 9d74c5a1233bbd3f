/**
 * form-js has no translations. Its few fixed labels are replaced at build time by calls of t(),
 * and its dates are always written 2026-11-20. An entry that matches nothing fails the build, so an
 * update of form-js cannot quietly bring English back. The bpmn.io mark is not touched.
 */
import { resolve } from "node:path";
import type { Plugin } from "vite";

interface Label {
  code: string;
  by: string;
  text: string;
}

/** text first: what is shown; code: what form-js says; by: what stands there instead of the quoted text. */
const label = (text: string, code: string, by?: string): Label => ({ text, code, by: by ?? `__t(${JSON.stringify(text)})` });
const attribute = (text: string, name: string, said: string): Label => label(text, `${name}: ${said}`, `${name}: __t(${JSON.stringify(text)})`);

export const labels: Label[] = [
  attribute("Increase", `"aria-label"`, `"Increment"`),
  attribute("Decrease", `"aria-label"`, `"Decrement"`),
  attribute("Remove", "title", `"Remove tag"`),
  attribute("Skip to search", "label", `"Skip to search"`),
  attribute("Search", "placeholder", "'Search'"),
  attribute("Search", "placeholder", "disabled || readonly ? undefined : 'Search'"),
  attribute("Nothing to show.", "children", `"Nothing to show."`),
  label("Nothing to show.", "'Nothing to show.'"),
  attribute("Previous page", `"aria-label"`, `"Previous page"`),
  attribute("Next page", `"aria-label"`, `"Next page"`),
  label("Choose", "valueLabel || 'Select'", `valueLabel || __t("Choose")`),
  label("e.g. 2026-11-20", "placeholder: getLocaleReadableDateFormat()", `placeholder: __t("e.g. 2026-11-20")`),
  label("Add another", "'Add new'"),
  label("Show all", "`Expand all (${values.length - 1})`"),
  label("Show fewer", "'Collapse'"),
  label("Remove entry {number}", "`Remove list item ${itemIndex + 1}`", `__t("Remove entry {number}", { number: itemIndex + 1 })`),
  label("Enter both date and time.", "'Date and time must both be entered.'"),
];

const dates: [string, string][] = [
  [`function getLocaleDateFormat(locale = 'default') {`, `function getLocaleDateFormat(_locale) { return "yyyy-MM-dd"; }\nfunction unusedLocaleDateFormat(locale = 'default') {`],
  [`minDate: disallowPassedDates ? 'today' : '01/01/1900'`, `minDate: disallowPassedDates ? "today" : new Date(1900, 0, 1)`],
];

export function formJsLabels(): Plugin {
  const i18n = resolve(import.meta.dirname, "../src/lib/i18n.ts");
  return {
    name: "form-js-labels",
    transform(code, id) {
      if (!/@bpmn-io\/form-js-viewer\/dist\/index\.es\.js/.test(id)) return undefined;
      let result = code;
      for (const [from, to] of [...labels.map(({ code: from, by }) => [from, by] as const), ...dates]) {
        if (!result.includes(from)) this.error(`form-js no longer contains: ${from}`);
        result = result.replaceAll(from, to);
      }
      return { code: `import { t as __t } from ${JSON.stringify(i18n)};\n${result}`, map: null };
    },
  };
}
