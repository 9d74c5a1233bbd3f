/**
 * What was changed in the editor, written into the form as it stood: the editor fills in labels,
 * layouts and defaults of its own while it reads, and those are nobody's change.
 */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json | undefined };
type Facts = { [name: string]: Json | undefined };

const isFacts = (value: Json | undefined): value is Facts => typeof value === "object" && value !== null && !Array.isArray(value);
const idOf = (value: Json | undefined): string => (isFacts(value) && typeof value["id"] === "string" ? value["id"] : "");

export function same(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((value, index) => same(value, other[index]));
  if (!isFacts(one) || !isFacts(other)) return false;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => same(one[name], other[name]));
}

/** The file with the changes that lead from the editor's version `before` to `after`. */
export function merged(file: Json | undefined, before: Json | undefined, after: Json | undefined): Json | undefined {
  if (same(before, after)) return file;
  if (isFacts(file) && isFacts(before) && isFacts(after)) return facts(file, before, after);
  if (Array.isArray(file) && Array.isArray(before) && Array.isArray(after) && after.some((one) => idOf(one))) return components(file, before, after);
  return after;
}

function facts(file: Facts, before: Facts, after: Facts): Facts {
  const result: Facts = {};
  for (const [name, value] of Object.entries(file)) {
    if (after[name] !== undefined) result[name] = before[name] === undefined ? after[name] : merged(value, before[name], after[name]);
    else if (before[name] === undefined) result[name] = value;
  }
  for (const [name, value] of Object.entries(after)) {
    if (value !== undefined && !(name in file) && !same(before[name], value)) result[name] = value;
  }
  return result;
}

function components(file: Json[], before: Json[], after: Json[]): Json[] {
  // Read in order, so the editor's components are the file's, whether those had ids or not.
  const known = new Map(before.map((one, index) => [idOf(one), [file[index], one] as const]));
  return after.map((one) => {
    const [mine, old] = known.get(idOf(one)) ?? [undefined, undefined];
    return mine === undefined ? one : (merged(mine, old, one) as Json);
  });
}

/** The text of a form, with the line ends and the indentation files have here. */
export function written(form: Json | undefined, indent: string): string {
  return `${JSON.stringify(form, null, indent)}\n`;
}

export function indentOf(text: string): string {
  return /^[{[]\s*\n([ \t]+)/.exec(text.trim())?.[1] ?? "  ";
}
