import zh from "virtual:messages";

export const lang: "zh" | "en" = document.documentElement.lang.startsWith("en") ? "en" : "zh";

/** The text in the reader's language; {name} is replaced by values.name. */
export function t(text: string, values: Record<string, string | number> = {}): string {
  const found = lang === "zh" ? (zh[text] ?? text) : text;
  return found.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
