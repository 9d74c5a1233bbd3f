/**
 * Saves what was changed and leaves the rest of the file as it was, letter for letter.
 *
 * An editor reads a file into its model and writes the model again; whatever the model does not know is
 * lost (unresolved references, attributes that only repeat a default, comments, the layout of the text).
 * Here the model is written twice, right after reading and now, and only the difference of the two is
 * brought into the original text.
 */
import { attributesOf, everyOf, idOf, pairChildren, pairElsewhere, pairTrees, Sameness, SCHEMA_INSTANCE } from "./pairs";
import { encodeAttribute, encodeText, readTree, resolve, type XmlElement } from "./tree";

export class Faithful {
  private readonly root: XmlElement;
  private readonly base: XmlElement;
  private readonly same = new Sameness();
  private readonly originals: Map<XmlElement, XmlElement>;
  /** what the library has moved while reading: written element → the one in the text */
  private readonly elsewhere: Map<XmlElement, XmlElement>;
  private readonly byId = new Map<string, XmlElement>();
  private readonly unit: string;

  /** `original`: the text that was read; `written`: what the editor writes without any change. */
  constructor(
    private readonly original: string,
    written: string,
  ) {
    this.root = readTree(original);
    this.base = readTree(written);
    this.originals = pairTrees(this.base, this.root, this.same);
    this.elsewhere = pairElsewhere(this.base, this.root, this.originals);
    for (const element of this.originals.keys()) {
      const id = idOf(element);
      if (id !== undefined) this.byId.set(id, element);
    }
    this.unit = /\n([ \t]+)</.exec(original)?.[1] ?? "  ";
  }

  /** The original text with what `written` now says differently; `renamed`: new id → the id it had. */
  merged(written: string, renamed: Map<string, string> = new Map()): string {
    const now = readTree(written);
    if (this.same.of(now) === this.same.of(this.base)) return this.original;
    const body = new Merge(this.original, this.same, this.originals, this.byId, renamed, this.unit, this.dropped(now, renamed)).element(this.root, this.base, now, this.root.scope);
    // What is saved is UTF-8, whatever the file was before.
    const head = this.original.slice(0, this.root.start).replace(/(<\?xml[^>]*?encoding=["'])[^"']*/, "$1UTF-8");
    return head + body + this.original.slice(this.root.end);
  }

  /** What the library made while reading (a drawing for the inside of a collapsed sub-process) is only written once it is changed; then it is no more where it was. */
  private dropped(now: XmlElement, renamed: Map<string, string>): Set<XmlElement> {
    const kept = pairChildren(this.base.children, now.children, this.same, renamed);
    const dropped = new Set<XmlElement>();
    for (const made of this.base.children.filter((child) => !this.originals.has(child))) {
      const after = kept.get(made);
      if (after && this.same.of(after) === this.same.of(made)) continue;
      for (const one of everyOf(made)) {
        const original = this.elsewhere.get(one);
        if (original) dropped.add(original);
      }
    }
    return dropped;
  }
}

class Merge {
  /** ids that stay where they were, so that nothing is written twice */
  private readonly moved = new Set<XmlElement>();

  constructor(
    private readonly text: string,
    private readonly same: Sameness,
    private readonly originals: Map<XmlElement, XmlElement>,
    private readonly byId: Map<string, XmlElement>,
    private readonly renamed: Map<string, string>,
    private readonly unit: string,
    private readonly dropped: Set<XmlElement>,
  ) {}

  /** One element: its text if nothing changed, else its tag and children brought up to date. */
  element(original: XmlElement, base: XmlElement, now: XmlElement, scope: Record<string, string>): string {
    if (this.same.of(base) === this.same.of(now)) return this.text.slice(original.start, original.end);
    const inner = { ...scope, ...original.scope, ...added(base, now) };
    const name = tagOf(base) === tagOf(now) ? original.name : prefixed(now.namespace, now.local, inner, now.name);
    const tag = this.tag(original, base, now, name, inner);
    const content = now.children.length === 0 && base.children.length === 0 ? this.words(original, base, now) : this.children(original, base, now, inner);
    const tail = this.text.slice(original.attributes[original.attributes.length - 1]?.end ?? original.start + 1 + original.name.length, original.opened);
    const closed = tail.includes("/");
    if (content === "") return tag + (closed ? tail : " />");
    return `${tag}${closed ? ">" : tail}${content}</${name}>`;
  }

  private tag(original: XmlElement, base: XmlElement, now: XmlElement, name: string, scope: Record<string, string>): string {
    const [before, after] = [attributesOf(base), attributesOf(now)];
    let written = `<${name}`;
    let at = original.start + 1 + original.name.length;
    for (const one of original.attributes) {
      const [namespace, local] = resolve(one.name, original.scope, false);
      const key = `{${namespace}}${local}`;
      const gap = this.text.slice(at, one.start);
      at = one.end;
      const isDeclaration = one.name === "xmlns" || one.name.startsWith("xmlns:");
      if (!isDeclaration && before.has(key) && !after.has(key)) continue;
      const value = after.get(key);
      if (isDeclaration || value === undefined || value === before.get(key)) written += gap + this.text.slice(one.start, one.end);
      else written += `${gap}${one.name}="${encodeAttribute(rawOf(now, key, scope))}"`;
    }
    const kept = new Set(original.attributes.map(({ name: raw }) => resolve(raw, original.scope, false)).map(([namespace, local]) => `{${namespace}}${local}`));
    for (const one of now.attributes) {
      const [namespace, local] = resolve(one.name, now.scope, false);
      const key = `{${namespace}}${local}`;
      const isDeclaration = one.name === "xmlns" || one.name.startsWith("xmlns:");
      if (isDeclaration) {
        const declared = one.name === "xmlns" ? "" : one.name.slice(6);
        if (!Object.values(original.scope).includes(one.value) && original.scope[declared] === undefined) written += ` ${one.name}="${encodeAttribute(one.value)}"`;
      } else if (!kept.has(key) && after.get(key) !== before.get(key)) {
        written += ` ${namespace ? prefixed(namespace, local, scope, one.name) : local}="${encodeAttribute(rawOf(now, key, scope))}"`;
      }
    }
    return written;
  }

  private words(original: XmlElement, base: XmlElement, now: XmlElement): string {
    if (base.text.trim() === now.text.trim()) return this.text.slice(original.opened, original.closing);
    return encodeText(now.text);
  }

  private children(original: XmlElement, base: XmlElement, now: XmlElement, scope: Record<string, string>): string {
    const kept = pairChildren(base.children, now.children, this.same, this.renamed);
    for (const one of kept.keys()) this.moved.add(one);
    const before = new Map([...kept].map(([was, is]) => [is, was]));
    const toBase = new Map<XmlElement, XmlElement>();
    for (const child of base.children) {
      const known = this.originals.get(child);
      if (known) toBase.set(known, child);
    }
    const slots = this.slots(original, base, now, kept, toBase);
    const indent = this.indentOf(original);
    const places = new Map<XmlElement, number>();
    slots.forEach((slot, index) => slot.now && places.set(slot.now, index));
    // What is new comes after what it follows in the model.
    const further = new Map<number, string[]>();
    let after = -1;
    for (const child of now.children) {
      const place = places.get(child);
      const made = before.get(child);
      if (place !== undefined) after = place;
      else if (made && !this.originals.has(made) && this.same.of(made) === this.same.of(child)) continue;
      else further.set(after, [...(further.get(after) ?? []), this.fresh(child, scope, indent)]);
    }
    const newline = (texts: string[] | undefined): string => (texts ?? []).map((one) => `\n${indent}${one}`).join("");
    let result = newline(further.get(-1));
    for (const [index, slot] of slots.entries()) result += slot.before + (slot.write?.() ?? "") + newline(further.get(index));
    const last = original.children[original.children.length - 1];
    const rest = this.text.slice(last ? last.end : original.opened, original.closing);
    if (result.trim() === "" && rest.trim() === "") return "";
    return result + (/\n/.test(rest) || !result.includes("\n") ? rest : `${rest}\n${this.indentOf(original).slice(this.unit.length)}`);
  }

  /** The children of the text in their order, each with what stands there now; nothing where it has gone. */
  private slots(original: XmlElement, base: XmlElement, now: XmlElement, kept: Map<XmlElement, XmlElement>, toBase: Map<XmlElement, XmlElement>): { before: string; now?: XmlElement; write?: () => string }[] {
    const order = reordered(base, now, kept);
    const queues = new Map<string, XmlElement[]>();
    for (const [kind, list] of order) queues.set(kind, [...list]);
    const slots: { before: string; now?: XmlElement; write?: () => string }[] = [];
    let at = original.opened;
    for (const child of original.children) {
      const gap = this.text.slice(at, child.start);
      at = child.end;
      let before = toBase.get(child);
      if (!before) {
        // The model does not know it: it stays.
        if (this.dropped.has(child)) slots.push({ before: gap.includes("<!--") ? gap.trimEnd() : "" });
        else slots.push({ before: gap, write: () => this.text.slice(child.start, child.end) });
        continue;
      }
      const queue = queues.get(tagOf(before));
      if (queue && kept.has(before)) before = queue.shift() ?? before;
      const [base_, after] = [before, kept.get(before)];
      if (!after) slots.push({ before: gap.includes("<!--") ? gap.trimEnd() : "" });
      else slots.push({ before: gap, now: after, write: () => this.element(this.originals.get(base_) ?? child, base_, after, original.scope) });
    }
    return slots;
  }

  /** An element that was not in this place: moved from another one, or new. */
  private fresh(now: XmlElement, scope: Record<string, string>, indent: string): string {
    const id = idOf(now);
    const before = id === undefined ? undefined : this.byId.get(this.renamed.get(id) ?? id);
    const original = before ? this.originals.get(before) : undefined;
    if (before && original && !this.moved.has(before) && selfContained(original, scope)) {
      this.moved.add(before);
      return this.element(original, before, now, scope);
    }
    return write(now, scope, indent, this.unit);
  }

  /** How far the children of an element are indented. */
  private indentOf(parent: XmlElement): string {
    const first = parent.children[0];
    const before = first ? /\n([ \t]*)$/.exec(this.text.slice(parent.opened, first.start))?.[1] : undefined;
    if (before !== undefined) return before;
    const own = /(?:^|\n)([ \t]*)$/.exec(this.text.slice(0, parent.start))?.[1] ?? "";
    return own + this.unit;
  }
}

const tagOf = (element: XmlElement): string => `${element.namespace}|${element.local}`;

/** Of which kinds of children the order was changed, and to which. */
function reordered(base: XmlElement, now: XmlElement, kept: Map<XmlElement, XmlElement>): Map<string, XmlElement[]> {
  const back = new Map([...kept].map(([before, after]) => [after, before]));
  const changed = new Map<string, XmlElement[]>();
  for (const kind of new Set(base.children.map(tagOf))) {
    const before = base.children.filter((child) => tagOf(child) === kind && kept.has(child));
    const members = new Set(before);
    const after = now.children.map((child) => back.get(child)).filter((child) => child !== undefined && members.has(child)) as XmlElement[];
    if (before.some((child, index) => after[index] !== child)) changed.set(kind, after);
  }
  return changed;
}

function added(base: XmlElement, now: XmlElement): Record<string, string> {
  return Object.fromEntries(Object.entries(now.scope).filter(([prefix]) => base.scope[prefix] === undefined));
}

/** The name under which a namespace is known in the text, declared or not. */
function prefixed(namespace: string, local: string, scope: Record<string, string>, fallback: string): string {
  const found = Object.entries(scope).find(([prefix, one]) => one === namespace && prefix !== "") ?? Object.entries(scope).find(([, one]) => one === namespace);
  if (!found) return fallback;
  return found[0] === "" ? local : `${found[0]}:${local}`;
}

/** The value of an attribute as written; a type is a name, whose prefix is that of the text. */
function rawOf(now: XmlElement, key: string, scope: Record<string, string>): string {
  const found = now.attributes.find(({ name }) => {
    const [namespace, local] = resolve(name, now.scope, false);
    return `{${namespace}}${local}` === key;
  });
  if (!found) return "";
  if (key !== `{${SCHEMA_INSTANCE}}type`) return found.value;
  const [namespace, local] = resolve(found.value, now.scope, true);
  return namespace === scope[""] ? local : prefixed(namespace, local, scope, found.value);
}

/** Whether every prefix used inside means the same in another place. */
function selfContained(element: XmlElement, scope: Record<string, string>): boolean {
  return Object.entries(element.parent?.scope ?? {}).every(([prefix, namespace]) => scope[prefix] === namespace);
}

function write(now: XmlElement, scope: Record<string, string>, indent: string, unit: string): string {
  const inner = { ...scope };
  let declarations = "";
  const needs = (namespace: string, name: string): void => {
    if (!namespace || namespace.endsWith(":") || Object.values(inner).includes(namespace)) return;
    const prefix = name.includes(":") ? name.slice(0, name.indexOf(":")) : "";
    inner[prefix] = namespace;
    declarations += prefix ? ` xmlns:${prefix}="${encodeAttribute(namespace)}"` : ` xmlns="${encodeAttribute(namespace)}"`;
  };
  needs(now.namespace, now.name);
  const name = now.namespace === inner[""] && !Object.entries(inner).some(([prefix, one]) => prefix && one === now.namespace) ? now.local : prefixed(now.namespace, now.local, inner, now.name);
  let attributes = "";
  for (const one of now.attributes) {
    if (one.name === "xmlns" || one.name.startsWith("xmlns:")) continue;
    const [namespace, local] = resolve(one.name, now.scope, false);
    needs(namespace, one.name);
    attributes += ` ${namespace ? prefixed(namespace, local, inner, one.name) : local}="${encodeAttribute(rawOf(now, `{${namespace}}${local}`, inner))}"`;
  }
  const tag = `<${name}${attributes}${declarations}`;
  if (now.children.length === 0) return now.text.trim() === "" ? `${tag} />` : `${tag}>${encodeText(now.text)}</${name}>`;
  const children = now.children.map((child) => `\n${indent}${unit}${write(child, inner, indent + unit, unit)}`).join("");
  return `${tag}>${children}\n${indent}</${name}>`;
}
