/** @jsxImportSource @bpmn-io/properties-panel/preact */
/** The kinds of fields in the properties panel, told as data; everything else is what they say. */
import { CheckboxEntry, Group, ListGroup, SelectEntry, TextAreaEntry, TextFieldEntry } from "@bpmn-io/properties-panel";
import { useEffect, useRef } from "@bpmn-io/properties-panel/preact/hooks";
import { h as dom } from "../../lib/dom";
import { translate } from "../diagram/translation";
import { feelEditor } from "../feel";
import type { Named, Words } from "../package-words";

/** A widget of plain DOM inside the panel; `update` brings it up to date with the model. */
export interface Widget {
  element: HTMLElement;
  update(): void;
  destroy?(): void;
}

export interface Field {
  id: string;
  label: string;
  hint?: string;
  kind: "text" | "area" | "select" | "check" | "feel" | "widget";
  get?(): string;
  set?(value: string | undefined): void;
  options?: { value: string; label: string }[];
  validate?(value: string): string | undefined;
  extra?: Named[];
  placeholder?: string;
  widget?(): Widget;
}

export interface Section {
  id: string;
  label: string;
  fields: Field[];
}

export interface Listed {
  id: string;
  label: string;
  items: { id: string; label: string; fields: Field[]; remove(): void }[];
  add(): void;
}

export type Part = Section | Listed;

type Debounce = (act: (...given: never[]) => void) => (...given: never[]) => void;

export interface Surroundings {
  element: unknown;
  debounce: Debounce;
  words(): Words;
  readOnly: boolean;
}

const COMMIT = 400;

/** A part as the panel wants it. */
export function asGroup(part: Part, around: Surroundings): Record<string, unknown> {
  if ("fields" in part) return { id: part.id, label: part.label, component: Group, translate, entries: part.fields.map((field) => asEntry(field, around)) };
  return {
    id: part.id,
    label: part.label,
    component: ListGroup,
    translate,
    items: part.items.map((item) => ({ id: item.id, label: item.label, entries: item.fields.map((field) => asEntry(field, around)), remove: around.readOnly ? undefined : quietly(item.remove), autoFocusEntry: item.fields[0] && keyOf(item.fields[0], around) })),
    ...(around.readOnly ? {} : { add: quietly(part.add) }),
  };
}

function quietly(act: () => void): (event: Event) => void {
  return (event) => {
    event.stopPropagation();
    act();
  };
}

function asEntry(field: Field, around: Surroundings): Record<string, unknown> {
  return { id: keyOf(field, around), component: Entry, field, around, isEdited: () => false };
}

const numbers = new WeakMap<object, number>();
let counted = 0;

/** Fields of different elements are different fields, or what is half typed would go to the next element. */
function keyOf(field: Field, around: Surroundings): string {
  const element = around.element as object;
  let number = numbers.get(element);
  if (number === undefined) numbers.set(element, (number = counted += 1));
  return `${field.id}-${number}`;
}

function Entry({ field, around }: { field: Field; around: Surroundings }) {
  const { get = () => "", set = () => undefined } = field;
  const given = {
    id: keyOf(field, around),
    element: around.element,
    label: field.label,
    disabled: around.readOnly,
    debounce: around.debounce,
    ...(field.hint ? { description: field.hint } : {}),
    ...(field.validate ? { validate: field.validate as (value: never) => string | undefined } : {}),
  };
  // Leaving a field is no change: it would be one more step to undo.
  const store = ((value: string | undefined, wrong?: string) => (wrong || (value ?? "") === get() ? undefined : set(value ?? ""))) as (value: never) => void;
  switch (field.kind) {
    case "text":
      return <TextFieldEntry {...given} getValue={get} setValue={store} />;
    case "area":
      return <TextAreaEntry {...given} translate={translate} getValue={get} setValue={store} rows={2} autoResize />;
    case "select":
      return <SelectEntry {...given} getValue={get} setValue={store} getOptions={() => withCurrent(field.options ?? [], get())} />;
    case "check":
      return <CheckboxEntry {...given} getValue={() => get() === "true"} setValue={((on: boolean) => set(on ? "true" : "")) as (value: never) => void} />;
    case "feel":
      return <Mounted key={given.id} name={given.id} field={field} make={() => feelWidget(field, around)} />;
    case "widget":
      return <Mounted key={given.id} name={given.id} field={field} make={field.widget as () => Widget} />;
  }
}

/** What the file says can be seen and kept, even where it is none of the choices. */
function withCurrent(options: { value: string; label: string }[], current: string): { value: string; label: string }[] {
  return options.some(({ value }) => value === current) ? options : [...options, { value: current, label: current }];
}

function Mounted({ name, field, make }: { name: string; field: Field; make: () => Widget }) {
  const host = useRef<HTMLDivElement>(null);
  const widget = useRef<(Widget & { field: Field }) | null>(null);
  useEffect(() => {
    const made = make();
    widget.current = Object.assign(made, { field });
    host.current?.replaceChildren(made.element);
    return () => made.destroy?.();
  }, []);
  useEffect(() => {
    if (widget.current) {
      Object.assign(widget.current.field, field);
      widget.current.update();
    }
  });
  return <div class="bio-properties-panel-entry" data-entry-id={name} ref={host} />;
}

function feelWidget(field: Field, around: Surroundings): Widget {
  let timer = 0;
  let pending = false;
  const commit = (value: string): void => {
    window.clearTimeout(timer);
    if (!pending) return;
    pending = false;
    if (value !== field.get?.()) field.set?.(value);
  };
  const editor = feelEditor({
    value: field.get?.() ?? "",
    words: around.words(),
    ...(field.extra ? { extra: field.extra } : {}),
    label: field.label,
    readOnly: around.readOnly,
    ...(field.placeholder ? { placeholder: field.placeholder } : {}),
    onChange: (value) => {
      pending = true;
      window.clearTimeout(timer);
      timer = window.setTimeout(() => commit(value), COMMIT);
    },
    onBlur: commit,
  });
  const element = dom("div", { class: "panel-feel" }, dom("div", { class: "bio-properties-panel-label", "aria-hidden": "true" }, field.label), editor.element, field.hint ? dom("div", { class: "bio-properties-panel-description" }, field.hint) : null);
  let words = around.words();
  return {
    element,
    update() {
      if (!pending) editor.set(field.get?.() ?? "");
      if (words !== around.words()) editor.know((words = around.words()), field.extra);
    },
    destroy() {
      commit(editor.value());
      editor.destroy();
    },
  };
}
