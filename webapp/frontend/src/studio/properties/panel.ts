/** What the parts of the panel are made with. */
import type { FlowOrder } from "../diagram/order";
import { type Drawn, is, type Moddle } from "../diagram/types";
import type { Named, Titled, Words } from "../package-words";
import { titled } from "../package-words";
import { candidatesWidget } from "./candidates";
import type { Field } from "./fields";
import { type Model, propertyOf, setProperty } from "./model";

export interface Links {
  /** address of a form's editor, with `{name}` */
  form?: string;
  table?: string;
  letter?: string;
  facts?: string;
}

export interface Panel extends Model {
  words(): Words;
  readOnly: boolean;
  links: Links;
  order: FlowOrder;
  registry: { get(id: string): Drawn | undefined; forEach(visit: (element: Drawn) => void): void; filter(test: (element: Drawn) => boolean): Drawn[] };
  select(element: Drawn): void;
}

export interface About {
  panel: Panel;
  element: Drawn;
  object: Moddle;
}

/** What may stand in a field that holds a simple property. */
export function property(about: About, name: string, kind: Field["kind"], label: string, more: Partial<Field> = {}): Field {
  const { panel, element, object } = about;
  return { id: name, label, kind, get: () => propertyOf(object, name), set: (value) => setProperty(panel, element, name, value), ...more };
}

export function candidates(about: About, name: string, label: string, hint?: string): Field {
  const { panel, element, object } = about;
  const extra = loopNames(object);
  return {
    id: name,
    label,
    kind: "widget",
    widget: () =>
      candidatesWidget({
        label,
        ...(hint ? { hint } : {}),
        get: () => propertyOf(object, name),
        set: (value) => setProperty(panel, element, name, value),
        words: panel.words,
        extra,
        readOnly: panel.readOnly,
      }),
  };
}

/** An attribute of one of our nested elements; the default is written by leaving it out. */
export function choice(list: (string | Titled)[] | undefined): { value: string; label: string }[] {
  return (list ?? []).map(titled).map(({ id, title }) => ({ value: id, label: title }));
}

/** Names an element knows because it, or what it lies in, is done several times. */
export function loopNames(object: Moddle): Named[] {
  for (let at: Moddle | undefined = object; at; at = at.$parent) {
    const loop = at.get("loopCharacteristics") as Moddle | undefined;
    if (loop?.$type !== "bpmn:MultiInstanceLoopCharacteristics") continue;
    const item = loop.get("inputDataItem") as Moddle | undefined;
    const name = String(item?.get("name") ?? item?.id ?? "");
    return [...(name ? [{ name }] : []), ...["loop counter", "number of instances", "number of completed instances", "number of active instances"].map((one) => ({ name: one, type: "number" }))];
  }
  return [];
}

export function about(panel: Panel, element: Drawn): About {
  return { panel, element, object: element.businessObject };
}

export { is };
