/**
 * What was changed in the editor, written into the file as it stood. The editor reads a file into
 * its own model and would write only what it knows: comments, newer elements, spellings of numbers
 * and attributes with their default value would be gone. So its two versions, before and after the
 * change, are compared, and only what differs between them is done to the file.
 */
import { known, own } from "./namespaces";

type Pairs = Map<Element, Element>;

const XMLNS = "http://www.w3.org/2000/xmlns/";
const kids = (element: Element): Element[] => Array.from(element.children);
const keyOf = (element: Element): string => `${known(element.namespaceURI) ?? ""} ${element.localName}`;
const idOf = (element: Element): string => element.getAttribute("id") ?? element.getAttribute("dmnElementRef") ?? "";

function parse(xml: string): Document {
  const found = new DOMParser().parseFromString(xml, "application/xml");
  const fault = found.querySelector("parsererror");
  if (fault) throw new Error(fault.textContent ?? "not XML");
  return found;
}

/** The file with the changes that lead from the editor's version `before` to `after`. */
export function merged(file: string, before: string, after: string): string {
  if (before === after) return file;
  const target = parse(file);
  const root = target.documentElement;
  const head = headOf(file);
  const attributes = attributesOf(root);
  new Merge(root).element(root, parse(before).documentElement, parse(after).documentElement);
  let text = spaced(new XMLSerializer().serializeToString(root), / \/>/.test(file));
  if (attributesOf(root) === attributes && head) text = head + text.slice(headOf(text).length);
  else text = (/^\s*<\?xml[^>]*\?>\s*/.exec(file)?.[0] ?? "") + text;
  const tail = /\s*$/.exec(file)?.[0] ?? "";
  return file.includes("\r\n") ? (text + tail).replace(/\r?\n/g, "\r\n") : text + tail;
}

/** Empty elements are closed as the file closes them. */
function spaced(text: string, wanted: boolean): string {
  return wanted ? text.replace(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|(?<! )\/>/g, (found) => (found === "/>" ? " />" : found)) : text;
}

/** Elements of the file that the editor did not take in, by name: to be edited as text only. */
export function unseen(file: string, before: string): string[] {
  const found = new Set<string>();
  const look = (mine: Element, theirs: Element): void => {
    const pairs = paired(mine, theirs);
    for (const kid of kids(mine)) {
      const other = pairs.get(kid);
      if (other) look(kid, other);
      else if (keyOf(kid).startsWith(keyOf(mine.ownerDocument.documentElement).split(" ")[0] ?? "")) found.add(kid.localName);
    }
  };
  look(parse(file).documentElement, parse(before).documentElement);
  return [...found].sort();
}

/** Everything up to the end of the root's start tag, as it is written. */
function headOf(text: string): string {
  return /^(?:\s|<\?[^>]*\?>|<!--[\s\S]*?-->)*<(?:"[^"]*"|'[^']*'|[^"'>])*>/.exec(text)?.[0] ?? "";
}

function attributesOf(element: Element): string {
  return Array.from(element.attributes, ({ name, value }) => `${name}=${value}`).sort().join("\n");
}

/** Which child of one element is which child of the other: by id, then by content, then in order. */
function paired(from: Element, to: Element): Pairs {
  const pairs: Pairs = new Map();
  const groups = new Map<string, [Element[], Element[]]>();
  const sort = (element: Element, side: 0 | 1): void => {
    const key = `${keyOf(element)} ${idOf(element)}`;
    const group = groups.get(key) ?? [[], []];
    group[side].push(element);
    groups.set(key, group);
  };
  kids(from).forEach((kid) => sort(kid, 0));
  kids(to).forEach((kid) => sort(kid, 1));
  for (const [mine, theirs] of groups.values()) align(mine, theirs, pairs);
  return pairs;
}

/** Elements without ids: equal ones first, in their order; what lies between is taken pair by pair. */
function align(mine: Element[], theirs: Element[], pairs: Pairs): void {
  if (mine.length === theirs.length) return mine.forEach((one, index) => pairs.set(one, theirs[index] as Element));
  const [a, b] = [mine.map(contentOf), theirs.map(contentOf)];
  const longest: number[][] = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i]![j] = a[i] === b[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
    }
  }
  let [i, j, fromI, fromJ] = [0, 0, 0, 0];
  const between = (): void => {
    for (let step = 0; fromI + step < i && fromJ + step < j; step += 1) pairs.set(mine[fromI + step]!, theirs[fromJ + step]!);
  };
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      between();
      pairs.set(mine[i]!, theirs[j]!);
      [i, j] = [i + 1, j + 1];
      [fromI, fromJ] = [i, j];
    } else if (longest[i + 1]![j]! >= longest[i]![j + 1]!) i += 1;
    else j += 1;
  }
  [i, j] = [a.length, b.length];
  between();
}

function contentOf(element: Element): string {
  const own = Array.from(element.attributes, ({ name, value }) => `${name}=${value}`).sort().join(" ");
  const inner = element.children.length > 0 ? kids(element).map(contentOf).join("") : (element.textContent ?? "").trim();
  return `<${element.localName} ${own}>${inner}`;
}

class Merge {
  constructor(private readonly root: Element) {}

  element(target: Element, before: Element, after: Element): void {
    this.attributes(target, before, after);
    if (after.children.length === 0 && before.children.length === 0) {
      if (before.textContent !== after.textContent) target.textContent = after.textContent;
      return;
    }
    this.children(target, before, after);
  }

  private attributes(target: Element, before: Element, after: Element): void {
    const all = new Map<string, Attr>();
    for (const one of [...Array.from(before.attributes), ...Array.from(after.attributes)]) all.set(`${one.namespaceURI ?? ""} ${one.localName}`, one);
    for (const { namespaceURI, localName, prefix } of all.values()) {
      if (namespaceURI === XMLNS) continue;
      const value = after.getAttributeNS(namespaceURI, localName);
      if (before.getAttributeNS(namespaceURI, localName) === value) continue;
      const place = own(namespaceURI, this.root);
      if (value === null) target.removeAttributeNS(place, localName);
      else target.setAttributeNS(place, this.name(place, localName, prefix, true), value);
    }
  }

  private children(target: Element, before: Element, after: Element): void {
    const inFile = paired(before, target);
    const inBefore = paired(after, before);
    const kept = new Set<Element>();
    const wanted = kids(after).map((kid) => {
      const old = inBefore.get(kid);
      const mine = old && inFile.get(old);
      if (!old || !mine) return this.copy(kid);
      kept.add(mine);
      this.element(mine, old, kid);
      return mine;
    });
    for (const old of kids(before)) {
      const mine = inFile.get(old);
      if (mine && !kept.has(mine)) remove(mine);
    }
    this.order(target, wanted, kept);
  }

  /** Puts the wanted children in their order; what else stands between stays where it is. */
  private order(target: Element, wanted: Element[], kept: Set<Element>): void {
    const indent = indentOf(target);
    let last: Element | null = null;
    for (const [index, one] of wanted.entries()) {
      const next: Element | undefined = kids(target).filter((kid) => kept.has(kid)).find((kid) => !last || follows(kid, last));
      if (kept.has(one) && next === one) {
        last = one;
        continue;
      }
      const lead = kept.has(one) ? leadOf(one) : [target.ownerDocument.createTextNode(indent)];
      const beyond: ChildNode | null = last ? last.nextSibling : index === 0 && next ? (leadOf(next)[0] ?? next) : null;
      const place: ChildNode | null = beyond ?? (last ? null : trailing(target));
      for (const node of [...lead, one]) target.insertBefore(node, place);
      kept.add(one);
      last = one;
    }
    const end = target.lastChild;
    if (end === null || end.nodeType !== Node.TEXT_NODE) target.append(indent.slice(0, Math.max(1, indent.length - 2)));
  }

  /** An element of the editor as one of the file: with the file's namespaces and prefixes. */
  private copy(from: Element): Element {
    const namespace = own(from.namespaceURI, this.root);
    const made = this.root.ownerDocument.createElementNS(namespace, this.name(namespace, from.localName, from.prefix));
    for (const { namespaceURI, localName, prefix, value } of Array.from(from.attributes)) {
      if (namespaceURI === XMLNS) continue;
      const place = own(namespaceURI, this.root);
      made.setAttributeNS(place, this.name(place, localName, prefix, true), value);
    }
    for (const node of Array.from(from.childNodes)) {
      made.append(node instanceof Element ? this.copy(node) : this.root.ownerDocument.importNode(node, true));
    }
    return made;
  }

  private name(namespace: string | null, localName: string, wished: string | null, attribute = false): string {
    if (!namespace) return localName;
    if (!attribute && this.root.lookupNamespaceURI(null) === namespace) return localName;
    let prefix = this.root.lookupPrefix(namespace);
    if (!prefix) {
      prefix = wished ?? "more";
      this.root.setAttributeNS(XMLNS, `xmlns:${prefix}`, namespace);
    }
    return `${prefix}:${localName}`;
  }
}

const follows = (one: Node, other: Node): boolean => (other.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;

/** The white space directly before an element, which goes where it goes. */
function leadOf(element: Element): ChildNode[] {
  const before = element.previousSibling;
  return before && before.nodeType === Node.TEXT_NODE && !before.textContent?.trim() ? [before] : [];
}

function trailing(target: Element): ChildNode | null {
  const last = target.lastChild;
  return last && last.nodeType === Node.TEXT_NODE && !last.textContent?.trim() ? last : null;
}

function remove(element: Element): void {
  for (const node of leadOf(element)) node.remove();
  element.remove();
}

function indentOf(target: Element): string {
  const first = target.firstElementChild;
  const lead = first && leadOf(first)[0]?.textContent;
  if (lead) return `\n${lead.split("\n").pop() ?? ""}`;
  const outer = leadOf(target)[0]?.textContent?.split("\n").pop() ?? "";
  return `\n${outer}  `;
}
