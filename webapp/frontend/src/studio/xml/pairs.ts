/** Which element of one tree is which of another: by id, by name, by what it says, by its place. */
import { resolve, type XmlElement } from "./tree";

export const SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";

/** An attribute by namespace and name, so that prefixes do not matter. */
export function attributesOf(element: XmlElement): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, value } of element.attributes) {
    const [namespace, local] = resolve(name, element.scope, false);
    const isName = namespace === SCHEMA_INSTANCE && local === "type";
    found.set(`{${namespace}}${local}`, isName ? resolve(value, element.scope, true).join("|") : value);
  }
  return found;
}

export function idOf(element: XmlElement): string | undefined {
  return element.attributes.find(({ name }) => name === "id")?.value;
}

/** Two elements have the same number where they say the same: names, attributes, text, children in order. */
export class Sameness {
  private readonly numbers = new Map<string, number>();
  private readonly known = new Map<XmlElement, number>();

  of(element: XmlElement): number {
    const before = this.known.get(element);
    if (before !== undefined) return before;
    const attributes = [...attributesOf(element)].filter(([name]) => !name.includes("}xmlns") && !name.startsWith("{xmlns:}")).sort(([a], [b]) => (a < b ? -1 : 1));
    const said = JSON.stringify([element.namespace, element.local, attributes, element.text.trim(), element.children.map((child) => this.of(child))]);
    let number = this.numbers.get(said);
    if (number === undefined) this.numbers.set(said, (number = this.numbers.size));
    this.known.set(element, number);
    return number;
  }
}

const tag = (element: XmlElement): string => `${element.namespace}|${element.local}`;

/** Pairs the children of two elements that are the same thing; `renamed`: new id → id it had. */
export function pairChildren(left: XmlElement[], right: XmlElement[], same: Sameness, renamed?: Map<string, string>): Map<XmlElement, XmlElement> {
  const pairs = new Map<XmlElement, XmlElement>();
  let [a, b] = [left, right];
  const match = (keyOf: (element: XmlElement, isRight: boolean) => string | undefined): void => {
    const waiting = new Map<string, XmlElement[]>();
    for (const one of b) {
      const key = keyOf(one, true);
      if (key !== undefined) waiting.set(key, [...(waiting.get(key) ?? []), one]);
    }
    for (const one of a) {
      const key = keyOf(one, false);
      const found = key === undefined ? undefined : waiting.get(key)?.shift();
      if (found) pairs.set(one, found);
    }
    const taken = new Set(pairs.values());
    a = a.filter((one) => !pairs.has(one));
    b = b.filter((one) => !taken.has(one));
  };
  match((one, isRight) => {
    const id = idOf(one);
    return id === undefined ? undefined : isRight ? (renamed?.get(id) ?? id) : id;
  });
  match((one) => (idOf(one) === undefined ? String(same.of(one)) : undefined));
  match((one) => {
    const name = one.attributes.find((attribute) => attribute.name === "name")?.value;
    return idOf(one) === undefined && name !== undefined ? `${tag(one)}|${name}` : undefined;
  });
  // By place, among those of one kind; an id that differs makes another thing of it.
  const places = new Map<string, number>();
  match((one, isRight) => {
    if (idOf(one) !== undefined) return undefined;
    const key = `${isRight}|${tag(one)}`;
    places.set(key, (places.get(key) ?? 0) + 1);
    return `${tag(one)}|${places.get(key) ?? 0}`;
  });
  return pairs;
}

/** Every element of a tree that a library has read and written again, with what it was in the text. */
export function pairTrees(written: XmlElement, original: XmlElement, same: Sameness): Map<XmlElement, XmlElement> {
  const pairs = new Map<XmlElement, XmlElement>();
  const walk = (one: XmlElement, other: XmlElement): void => {
    pairs.set(one, other);
    const children = pairChildren(one.children, other.children, same);
    const rest = [one.children.filter((child) => !children.has(child)), other.children.filter((child) => ![...children.values()].includes(child))] as const;
    // The library may know an element by another of its names: `expression` for `formalExpression`.
    if (rest[0].length === 1 && rest[1].length === 1 && rest[0][0] && rest[1][0] && idOf(rest[0][0]) === idOf(rest[1][0])) children.set(rest[0][0], rest[1][0]);
    for (const [left, right] of children) walk(left, right);
  };
  walk(written, original);
  return pairs;
}

/** Of the elements without a counterpart, those the library has put into another place, as it does with the insides of collapsed sub-processes. */
export function pairElsewhere(written: XmlElement, original: XmlElement, pairs: Map<XmlElement, XmlElement>): Map<XmlElement, XmlElement> {
  const taken = new Set(pairs.values());
  const free = new Map<string, XmlElement>();
  for (const one of everyOf(original)) {
    const id = idOf(one);
    if (id !== undefined && !taken.has(one)) free.set(id, one);
  }
  const found = new Map<XmlElement, XmlElement>();
  for (const one of everyOf(written)) {
    const other = pairs.has(one) ? undefined : free.get(idOf(one) ?? "");
    if (other) found.set(one, other);
  }
  return found;
}

/** An element and all inside it. */
export function* everyOf(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children) yield* everyOf(child);
}
