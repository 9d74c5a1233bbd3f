/** What the package of a draft knows by name: for completion, for lists to choose from. */
import { heard } from "../lib/session";

export interface Named {
  name: string;
  type?: string;
  /** where it comes from: a form, the case, a decision */
  from?: string;
  /** what people call it */
  label?: string;
}

export interface FunctionWord {
  name: string;
  params?: (string | { name: string; type?: string })[];
  says?: string;
}

export interface Titled {
  id: string;
  title?: string;
}

export interface AbilityWord extends Titled {
  /** names of the arguments it needs and of those it may be given, and what may go wrong with it */
  needs?: string[];
  may?: string[];
  errors?: string[];
  says?: string;
}

export interface RuleWord {
  id: string;
  why?: string;
  elements: string[];
}

export interface Words {
  names: Named[];
  functions: (string | FunctionWord)[];
  outcomes: Record<string, (string | { id: string; label?: string })[]>;
  roles: Titled[];
  places: (string | Titled)[];
  abilities: (string | AbilityWord)[];
  /** `file`: the table's name, without `.dmn` */
  decisions?: (string | (Titled & { file?: string }))[];
  forms?: (string | Titled)[];
  letters?: (string | Titled)[];
  /** rules of separation, and which elements each names */
  separation?: RuleWord[];
}

export const NO_WORDS: Words = { names: [], functions: [], outcomes: {}, roles: [], places: [], abilities: [] };

/** The words of a draft; none where they cannot be had, since an editor works without them. */
export async function loadWords(url: string | undefined): Promise<Words> {
  if (!url) return NO_WORDS;
  try {
    const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!answer.ok) return NO_WORDS;
    heard();
    return { ...NO_WORDS, ...((await answer.json()) as Partial<Words>) };
  } catch {
    return NO_WORDS;
  }
}

export function titled(word: string | Titled): Required<Titled> {
  return typeof word === "string" ? { id: word, title: word } : { id: word.id, title: word.title || word.id };
}

export function outcomesOf(words: Words, task: string): { id: string; label: string }[] {
  return (words.outcomes[task] ?? []).map((one) => (typeof one === "string" ? { id: one, label: one } : { id: one.id, label: one.label || one.id }));
}
