/**
 * A field for FEEL: completion from the package's words, what cannot be read underlined at once, and a
 * list to insert from for whoever does not know the names by heart.
 */
import FeelEditor, { type FeelDiagnostic, type FeelVariable } from "@bpmn-io/feel-editor";
import "../css/feel.css";
import { h } from "../lib/dom";
import { t } from "../lib/i18n";
import { type FunctionWord, type Named, outcomesOf, type Words } from "./package-words";

export interface FeelField {
  value?: string;
  words: Words;
  /** names known here only, such as the item of a repeated step */
  extra?: Named[];
  label: string;
  placeholder?: string;
  /** tests of a table's cell instead of an expression */
  unary?: boolean;
  readOnly?: boolean;
  /** without the list to insert from */
  plain?: boolean;
  onChange?(value: string): void;
  onBlur?(value: string): void;
}

export interface FeelHandle {
  readonly element: HTMLElement;
  value(): string;
  set(value: string): void;
  know(words: Words, extra?: Named[]): void;
  insert(text: string): void;
  focus(): void;
  destroy(): void;
}

export function feelEditor(given: FeelField): FeelHandle {
  const box = h("div", { class: "feel-box" });
  const told = h("p", { class: "feel-told", role: "status" });
  const element = h("div", { class: "feel-field" }, box);
  let { words, extra = [] } = given;
  let quiet = false;
  const editor = new FeelEditor({
    container: box,
    value: given.value ?? "",
    dialect: given.unary ? "unaryTests" : "expression",
    readOnly: given.readOnly ?? false,
    placeholder: given.placeholder ?? "",
    variables: variables(words, extra),
    builtins: builtins(words),
    contentAttributes: { "aria-label": given.label, ...(given.readOnly ? { "aria-readonly": "true" } : {}) },
    onChange: (value) => {
      if (!quiet) given.onChange?.(value);
    },
    onLint: (found: FeelDiagnostic[]) => {
      const worst = found.find(({ severity }) => severity === "error");
      box.classList.toggle("has-error", worst !== undefined);
      told.textContent = worst?.message ?? "";
    },
  });
  const view = editor._cmEditor;
  view.contentDOM.addEventListener("blur", () => given.onBlur?.(view.state.doc.toString()));
  // Undo inside the field is the field's own; the diagram's shortcuts must not hear it.
  box.addEventListener("keydown", (event) => event.stopPropagation());

  const insert = (text: string): void => {
    const { from, to } = view.state.selection.main;
    view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length } });
    view.focus();
  };
  const chooser = h("select", { class: "feel-insert", "aria-label": t("Insert into “{label}”", { label: given.label }) });
  const offer = (): void => chooser.replaceChildren(...choices(words, extra));
  chooser.addEventListener("change", () => {
    if (chooser.value) insert(chooser.value);
    chooser.selectedIndex = 0;
  });
  offer();
  if (!given.readOnly && !given.plain) element.append(h("div", { class: "feel-foot" }, told, chooser));
  else if (!given.readOnly) element.append(told);

  return {
    element,
    value: () => view.state.doc.toString(),
    set(value) {
      if (value === view.state.doc.toString()) return;
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
      quiet = false;
    },
    know(newer, further = extra) {
      words = newer;
      extra = further;
      editor.setVariables(variables(words, extra));
      offer();
    },
    insert,
    focus: () => editor.focus(),
    destroy: () => view.destroy(),
  };
}

/** Names as a tree, so that a dot offers what lies below: `applicant.` → `name`, `unit`, … */
export function variables(words: Words, extra: Named[] = []): FeelVariable[] {
  const top: FeelVariable[] = [];
  const put = (path: string[], about: Named): void => {
    let level = top;
    path.forEach((name, index) => {
      let found = level.find((one) => one.name === name);
      if (!found) level.push((found = { name }));
      if (index === path.length - 1) {
        found.detail = about.type ?? found.detail ?? "";
        const info = [about.label, about.from].filter(Boolean).join(" · ");
        if (info) found.info = info;
        if (about.type === "list" || about.type?.startsWith("list")) found.isList = "optional";
      } else level = found.entries ??= [];
    });
  };
  for (const about of [...extra, ...words.names]) put(about.name.includes(" ") ? [about.name] : about.name.split("."), about);
  for (const task of Object.keys(words.outcomes)) {
    const said = outcomesOf(words, task).map(({ id, label }) => (id === label ? `"${id}"` : `"${id}" ${label}`)).join("\n");
    put(["outcomes", task], { name: task, from: said });
  }
  return top;
}

export function builtins(words: Words): FeelVariable[] {
  return words.functions.map((one) => {
    const { name, params = [], says } = worded(one);
    return { name, type: "function", params: params.map((param) => (typeof param === "string" ? { name: param } : param)), ...(says ? { info: says } : {}) };
  });
}

function worded(one: string | FunctionWord): FunctionWord {
  if (typeof one !== "string") return one;
  const match = /^([^(]+)\((.*)\)$/.exec(one.trim());
  return match ? { name: (match[1] ?? "").trim(), params: (match[2] ?? "").split(",").map((param) => param.trim()).filter(Boolean) } : { name: one };
}

function choices(words: Words, extra: Named[]): HTMLElement[] {
  const group = (label: string, options: [text: string, value: string][]): HTMLElement | null =>
    options.length > 0 ? h("optgroup", { label }, ...options.map(([text, value]) => h("option", { value }, text))) : null;
  const outcomes = Object.keys(words.outcomes).flatMap((task) =>
    outcomesOf(words, task).map(({ id, label }): [string, string] => [`${task} = ${label}`, `outcomes.${task} = "${id}"`]),
  );
  const functions = words.functions.map(worded).map(({ name, params = [] }): [string, string] => {
    const names = params.map((param) => (typeof param === "string" ? param : param.name)).join(", ");
    return [`${name}(${names})`, `${name}(${names})`];
  });
  const named = (list: Named[]): [string, string][] => list.map(({ name, from, label }) => [label || from ? `${name} · ${label || from}` : name, name]);
  return [
    h("option", { value: "" }, t("Insert …")),
    ...[group(t("Known here"), named(extra)), group(t("What a step decided"), outcomes), group(t("Fields of the case"), named(words.names.filter(({ name }) => !name.startsWith("outcomes.")))), group(t("Functions"), functions)].filter((one) => one !== null),
  ];
}
