/** Reads and writes what an element says in our namespaces; every change is one step to undo. */
import type { Drawn, Moddle, ModdleFactory, Modeling } from "../diagram/types";

export interface Model {
  modeling: Modeling;
  moddle: ModdleFactory;
}

const SPIFF = "spiffworkflow:Properties";

function values(object: Moddle): Moddle[] {
  return ((object.get("extensionElements") as Moddle | undefined)?.get("values") as Moddle[] | undefined) ?? [];
}

function named(object: Moddle): Moddle | undefined {
  return values(object).find(({ $type }) => $type === SPIFF);
}

/** The simple properties of an element, in their order. */
export function propertiesOf(object: Moddle): [name: string, value: string][] {
  return ((named(object)?.get("properties") as Moddle[] | undefined) ?? []).map((one) => [String(one.get("name") ?? ""), String(one.get("value") ?? "")]);
}

export function propertyOf(object: Moddle, name: string): string {
  return propertiesOf(object).find(([one]) => one === name)?.[1] ?? "";
}

/** Sets a simple property; an empty value takes it away. `renamed`: it is called so from now on. */
export function setProperty(model: Model, element: Drawn, name: string, value: string | undefined, renamed = name): void {
  const object = element.businessObject;
  const before = (named(object)?.get("properties") as Moddle[] | undefined) ?? [];
  const found = before.find((one) => one.get("name") === name);
  if (value === undefined || value === "") {
    if (found) setProperties(model, element, before.filter((one) => one !== found));
    return;
  }
  if (found && found.get("value") === value && renamed === name) return;
  const made = copy(model, found, "spiffworkflow:Property", { name: renamed, value });
  setProperties(model, element, found ? before.map((one) => (one === found ? made : one)) : [...before, made]);
}

function setProperties(model: Model, element: Drawn, properties: Moddle[]): void {
  const holder = copy(model, named(element.businessObject), SPIFF, { properties });
  replaceExtension(model, element, SPIFF, properties.length > 0 ? holder : undefined);
}

/** One of our nested elements: `gongban:SignOff`, `gongban:Outcomes`, … */
export function extensionOf(object: Moddle, type: string): Moddle | undefined {
  return values(object).find(({ $type }) => $type === type);
}

export function setExtension(model: Model, element: Drawn, type: string, attributes: Record<string, unknown> | undefined): void {
  replaceExtension(model, element, type, attributes && copy(model, extensionOf(element.businessObject, type), type, attributes));
}

/** A list of ours, such as outcomes: its entries as they shall be; none takes the list away. */
export function setEntries(model: Model, element: Drawn, type: string, list: string, entries: Moddle[]): void {
  replaceExtension(model, element, type, entries.length > 0 ? copy(model, extensionOf(element.businessObject, type), type, { [list]: entries }) : undefined);
}

/** An entry like another one, with some attributes changed; what it says beyond our words is kept. */
export function copy(model: Model, like: Moddle | undefined, type: string, attributes: Record<string, unknown>): Moddle {
  const made = model.moddle.create(type);
  if (like) {
    Object.assign(made.$attrs, like.$attrs);
    for (const name of Object.keys(like)) if (!name.startsWith("$")) made.set(name, like[name]);
  }
  for (const [name, value] of Object.entries(attributes)) made.set(name, value === "" ? undefined : value);
  for (const value of Object.values(attributes)) if (Array.isArray(value)) for (const child of value as Moddle[]) child.$parent = made;
  return made;
}

function replaceExtension(model: Model, element: Drawn, type: string, by: Moddle | undefined): void {
  const object = element.businessObject;
  const before = values(object);
  const found = before.find(({ $type }) => $type === type);
  if (!found && !by) return;
  const after = found ? (by ? before.map((one) => (one === found ? by : one)) : before.filter((one) => one !== found)) : [...before, by as Moddle];
  const holder = after.length > 0 ? model.moddle.create("bpmn:ExtensionElements", { values: after }) : undefined;
  if (holder) {
    holder.$parent = object;
    for (const one of after) one.$parent = holder;
  }
  model.modeling.updateModdleProperties(element, object, { extensionElements: holder });
}

/** How many entries of other programs an element carries along. */
export function foreignOf(object: Moddle): string[] {
  return values(object)
    .filter(({ $type }) => $type !== SPIFF && !$type.startsWith("gongban:"))
    .map(({ $type }) => $type);
}

/** A part of an element (an expression, a definition) with other properties. */
export function setPart(model: Model, element: Drawn, of: Moddle, properties: Record<string, unknown>): void {
  model.modeling.updateModdleProperties(element, of, properties);
}

/** A FEEL expression as BPMN writes it; an empty one is none. */
export function expression(model: Model, text: string | undefined, parent: Moddle, like?: Moddle): Moddle | undefined {
  if (!text?.trim()) return undefined;
  const made = copy(model, like, "bpmn:FormalExpression", { body: text });
  made.$parent = parent;
  return made;
}

/** The root of the file an element stands in. */
export function definitionsOf(object: Moddle): Moddle {
  let at = object;
  while (at.$parent) at = at.$parent;
  return at;
}

/** A message or error of this name or code at the root of the file; made where there is none. */
export function rootElement(model: Model, element: Drawn, type: "bpmn:Message" | "bpmn:Error", key: "name" | "errorCode", value: string): Moddle {
  const definitions = definitionsOf(element.businessObject);
  const roots = definitions.get("rootElements") as Moddle[];
  const found = roots.find((one) => one.$type === type && one.get(key) === value);
  if (found) return found;
  const made = model.moddle.create(type, { id: model.moddle.ids.nextPrefixed(type === "bpmn:Message" ? "message_" : "error_"), name: value, ...(key === "errorCode" ? { errorCode: value } : {}) });
  made.$parent = definitions;
  model.modeling.updateModdleProperties(element, definitions, { rootElements: [...roots, made] });
  return made;
}
