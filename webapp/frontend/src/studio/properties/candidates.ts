/** Who may act, without writing it: whoever started, a role at a place, the head of a place; or a formula. */
import { h } from "../../lib/dom";
import { t } from "../../lib/i18n";
import { feelEditor, type FeelHandle } from "../feel";
import { type Named, titled, type Words } from "../package-words";
import type { Widget } from "./fields";

interface Given {
  label: string;
  hint?: string;
  get(): string;
  set(value: string): void;
  words(): Words;
  extra?: Named[];
  readOnly: boolean;
}

const STARTER = "starter";
const HEAD = "head";
const PLACES = ["applicant.unit", "applicant.group", "applicant.cluster", "root"];

interface One {
  role: string;
  place: string;
}

/** `starter, role @ place`, taken apart; what cannot be taken apart is kept as it is written. */
export function readCandidates(text: string): One[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const at = part.indexOf("@");
      return at < 0 ? { role: part, place: "" } : { role: part.slice(0, at).trim(), place: part.slice(at + 1).trim() };
    });
}

export function writeCandidates(list: One[]): string {
  return list
    .filter(({ role }) => role)
    .map(({ role, place }) => (role === STARTER || !place ? role : `${role} @ ${place}`))
    .join(", ");
}

export function placeName(id: string, words: Words): string {
  const names: Record<string, string> = {
    "applicant.unit": t("the applicant's unit"),
    "applicant.group": t("the applicant's group"),
    "applicant.cluster": t("the applicant's cluster"),
    root: t("the top union"),
  };
  const known = words.places.map(titled).find((one) => one.id === id);
  return (known && known.title !== known.id ? known.title : undefined) ?? names[id] ?? id;
}

export function candidatesWidget(given: Given): Widget {
  const rows = h("div", { class: "candidate-rows" });
  const byRole = mode(t("by role"));
  const byFormula = mode(t("by a formula"));
  const add = h("button", { type: "button", class: "btn btn-outline btn-sm" }, t("Add"));
  const body = h("div", {});
  const element = h(
    "fieldset",
    { class: "panel-candidates" },
    h("legend", { class: "bio-properties-panel-label" }, given.label),
    h("div", { class: "candidate-mode" }, byRole.label, byFormula.label),
    body,
    given.hint ? h("div", { class: "bio-properties-panel-description" }, given.hint) : null,
  );
  let shown: string | null = null;
  let words: Words | null = null;
  let feel: FeelHandle | null = null;
  let list: One[] = [];

  function mode(text: string): { label: HTMLLabelElement; input: HTMLInputElement } {
    const input = h("input", { type: "radio", name: `mode-${Math.random().toString(36).slice(2)}` });
    input.disabled = given.readOnly;
    return { input, label: h("label", {}, input, ` ${text}`) };
  }

  const store = (): void => {
    const text = writeCandidates(list);
    shown = text;
    if (text !== given.get()) given.set(text);
  };

  const select = (label: string, value: string, options: [string, string][], chosen: (value: string) => void): HTMLSelectElement => {
    const all = options.some(([id]) => id === value) ? options : [...options, [value, value || t("Choose …")] as [string, string]];
    const made = h("select", { "aria-label": label, class: "bio-properties-panel-input" }, ...all.map(([id, text]) => h("option", { value: id }, text)));
    made.value = value;
    made.disabled = given.readOnly;
    made.addEventListener("change", () => chosen(made.value));
    return made;
  };

  const draw = (): void => {
    const text = given.get();
    shown = text;
    words = given.words();
    feel?.destroy();
    feel = null;
    const formula = text.trim().startsWith("=");
    byRole.input.checked = !formula;
    byFormula.input.checked = formula;
    if (formula) {
      feel = feelEditor({
        value: text.trim().slice(1).trim(),
        words,
        ...(given.extra ? { extra: given.extra } : {}),
        label: given.label,
        readOnly: given.readOnly,
        onBlur: (value) => {
          const made = `= ${value}`;
          shown = made;
          if (made !== given.get()) given.set(made);
        },
      });
      body.replaceChildren(feel.element);
      return;
    }
    list = readCandidates(text);
    const known = words;
    rows.replaceChildren(
      ...list.map((one, index) => {
        const roles: [string, string][] = [[STARTER, t("who started the case")], [HEAD, t("the head of the place")], ...known.roles.map((role): [string, string] => [role.id, role.title || role.id])];
        const places = [...new Set([...PLACES, ...known.places.map((place) => titled(place).id)])].map((id): [string, string] => [id, placeName(id, known)]);
        const role = select(t("Who"), one.role, roles, (value) => {
          one.role = value;
          if (value === STARTER) one.place = "";
          else one.place ||= PLACES[0] ?? "";
          store();
          draw();
        });
        const place = select(t("Where"), one.place, places, (value) => {
          one.place = value;
          store();
        });
        place.hidden = one.role === STARTER;
        const remove = h("button", { type: "button", class: "panel-remove", "aria-label": t("Remove"), title: t("Remove") }, "✕");
        remove.hidden = given.readOnly;
        remove.addEventListener("click", () => {
          list.splice(index, 1);
          store();
          draw();
          add.focus();
        });
        return h("div", { class: "candidate-row" }, role, place, remove);
      }),
    );
    add.hidden = given.readOnly;
    body.replaceChildren(rows, add);
  };

  add.addEventListener("click", () => {
    list.push({ role: given.words().roles[0]?.id ?? HEAD, place: PLACES[0] ?? "" });
    store();
    draw();
    rows.lastElementChild?.querySelector("select")?.focus();
  });
  byRole.input.addEventListener("change", () => {
    given.set("");
    draw();
  });
  byFormula.input.addEventListener("change", () => {
    given.set("= []");
    draw();
  });
  draw();
  return {
    element,
    update() {
      if (given.get() !== shown || given.words() !== words) draw();
    },
    destroy: () => feel?.destroy(),
  };
}
