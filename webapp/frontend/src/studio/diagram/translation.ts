/** What bpmn.io's libraries say, in Chinese: our own words first, then those of bpmn-js-i18n. */
import community from "bpmn-js-i18n/translations/zn.js";
import { lang } from "../../lib/i18n";
import own from "./library.zh.json";

const known: Record<string, string> = { ...community, ...own };
/** Texts that were asked for and have no translation; a test looks that there are none. */
export const untranslated = new Set<string>();

export function translate(text: string, values: Record<string, string | number> = {}): string {
  let said = text;
  if (lang === "zh") {
    const found = known[text];
    if (found === undefined && /[A-Za-z]{2}/.test(text)) untranslated.add(text);
    said = found ?? text;
  }
  return said.replace(/{([^}]+)}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : lang === "zh" && typeof value === "string" ? (known[value] ?? value) : String(value);
  });
}

export const translationModule = { translate: ["value", translate] };
