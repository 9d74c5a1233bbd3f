/**
 * Marks on a diagram: what a comparison, a check, scenarios or running cases have to say about its
 * elements. Each has a sign beside its colour, a legend, and a list of the same in words.
 */
import "../css/studio-marks.css";
import { h } from "../lib/dom";
import { t } from "../lib/i18n";
import { boxOf, type Canvas, middleOf, nameOf, type Overlays, type Registry, reveal, type Stage } from "./stage";

export type Kind = "added" | "changed" | "removed" | "covered" | "uncovered" | "error" | "warning" | "heat";

export interface Mark {
  kind: Kind;
  /** beside the element, instead of the sign: a number, a time */
  label?: string;
  /** of heat: from 0 to 1 */
  heat?: number;
  /** what the list says of it */
  text?: string;
}

export interface Marks {
  clear(): void;
}

const SIGNS: Record<Kind, string> = { added: "+", changed: "≠", removed: "−", covered: "✓", uncovered: "○", error: "!", warning: "△", heat: "" };
const WORDS: Record<Kind, () => string> = {
  added: () => t("Added"),
  changed: () => t("Changed"),
  removed: () => t("Removed"),
  covered: () => t("Passed"),
  uncovered: () => t("Never passed"),
  error: () => t("Error"),
  warning: () => t("Warning"),
  heat: () => t("The darker, the more"),
};
const STEPS = 5;
let made = 0;

/** Marks elements by id; `host`, if given, takes the legend and the list. */
export function mark(stage: Stage, marks: Record<string, Mark>, host?: HTMLElement): Marks {
  const type = `mark-${(made += 1)}`;
  const registry = stage.get<Registry>("elementRegistry");
  const canvas = stage.get<Canvas>("canvas");
  const overlays = stage.get<Overlays>("overlays");
  const drawn = Object.entries(marks).filter(([id]) => registry.get(id));
  for (const [id, one] of drawn) {
    canvas.addMarker(id, marker(one));
    const element = registry.get(id);
    const label = one.label ?? SIGNS[one.kind];
    if (!element || !label) continue;
    const [box, middle] = [boxOf(element), middleOf(element)];
    const position = element.waypoints ? { left: middle.x - box.x - 9, top: middle.y - box.y - 22 } : { top: -11, left: -9 };
    overlays.add(id, type, { position, html: h("div", { class: `mark-flag mark-flag-${one.kind}`, title: one.text ?? WORDS[one.kind]() }, label) });
  }
  const told = h("div", { class: "mark-told" }, legend(Object.values(marks)), asList(stage, marks));
  host?.append(told);
  return {
    clear() {
      overlays.remove({ type });
      for (const [id, one] of drawn) if (registry.get(id)) canvas.removeMarker(id, marker(one));
      told.remove();
    },
  };
}

function marker(one: Mark): string {
  if (one.kind !== "heat") return `marked-${one.kind}`;
  return `marked-heat-${Math.max(1, Math.min(STEPS, Math.ceil((one.heat ?? 0) * STEPS)))}`;
}

function legend(marks: Mark[]): HTMLElement {
  const kinds = [...new Set(marks.map(({ kind }) => kind))];
  const count = (kind: Kind): number => marks.filter((one) => one.kind === kind).length;
  const line = (kind: Kind): HTMLElement =>
    kind === "heat"
      ? h("li", {}, h("span", { class: "mark-scale", "aria-hidden": "true" }, ...[1, 2, 3, 4, 5].map((step) => h("span", { class: `mark-step mark-step-${step}` }))), WORDS.heat())
      : h("li", {}, h("span", { class: `mark-flag mark-flag-${kind}`, "aria-hidden": "true" }, SIGNS[kind]), `${WORDS[kind]()} (${count(kind)})`);
  return h("ul", { class: "mark-legend" }, ...kinds.map(line));
}

function asList(stage: Stage, marks: Record<string, Mark>): HTMLElement {
  const registry = stage.get<Registry>("elementRegistry");
  const lines = Object.entries(marks).map(([id, one]) => {
    const words = [WORDS[one.kind](), one.label, one.text].filter((part) => part && part !== SIGNS[one.kind]);
    const said = `${nameOf(stage, id)}: ${(one.kind === "heat" ? words.slice(1) : words).join(" · ")}`;
    if (!registry.get(id)) return h("li", {}, said);
    const go = h("button", { type: "button", class: "btn-link-plain" }, said);
    go.addEventListener("click", () => reveal(stage, id));
    return h("li", {}, go);
  });
  return h("details", { class: "mark-list" }, h("summary", {}, t("The same as a list")), h("ul", {}, ...lines));
}
