import zh from "virtual:messages";

export const lang: "zh" | "en" = document.documentElement.lang.startsWith("en") ? "en" : "zh";

const known: Record<string, string> = { ...zh };

/** Further translations; the studio's editors bring theirs along. */
export function learn(table: Record<string, string>): void {
  Object.assign(known, table);
}

/** The text in the reader's language; {name} is replaced by values.name. */
export function t(text: string, values: Record<string, string | number> = {}): string {
  const found = lang === "zh" ? (known[text] ?? text) : text;
  return found.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
