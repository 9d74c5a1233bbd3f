/** Work of people: who, with which form, until when, where it may go back to. */
import { h } from "../../../lib/dom";
import { t } from "../../../lib/i18n";
import type { Field, Part, Section, Widget } from "../fields";
import { propertyOf, setProperty } from "../model";
import { type About, candidates, choice, loopNames, property } from "../panel";

export const PEOPLE_PROPERTIES = ["candidates", "fallback", "skip_repeated", "due", "form", "into", "irreversible", "hides", "cc", "hand_on", "send_back"];

export function who(about: About): Section {
  return {
    id: "who",
    label: t("Who acts"),
    fields: [
      candidates(about, "candidates", t("Who may do it"), t("Fixed when the case begins.")),
      candidates(about, "fallback", t("If nobody of them can"), t("Nobody named: the administrators are asked.")),
      property(about, "hand_on", "select", t("May be handed on to"), {
        options: [
          { value: "", label: t("those of the same role (default)") },
          { value: "role", label: t("those of the same role") },
          { value: "unit", label: t("anyone of the unit") },
          { value: "anyone", label: t("anyone") },
          { value: "none", label: t("nobody") },
        ],
      }),
      property(about, "skip_repeated", "select", t("Who has agreed before is"), {
        options: [
          { value: "", label: t("asked again (default)") },
          { value: "none", label: t("asked again") },
          { value: "adjacent", label: t("not asked again right after") },
          { value: "any", label: t("not asked again in this case") },
        ],
      }),
      candidates(about, "cc", t("Who gets a copy when it is decided")),
    ],
  };
}

/** Rules of separation stand in the package's facts; here they are shown, and linked. */
export function separation(about: About): Section | null {
  const { panel, object } = about;
  const rules = () => (panel.words().separation ?? []).filter(({ elements }) => elements.includes(object.id ?? ""));
  if (panel.words().separation === undefined && !panel.links.facts) return null;
  const widget = (): Widget => {
    const list = h("ul", { class: "panel-rules" });
    const link = panel.links.facts ? h("a", { href: panel.links.facts }, t("Change the rules among the facts")) : null;
    const draw = (): void => {
      const found = rules();
      list.replaceChildren(...found.map(({ id, why, elements }) => h("li", {}, h("b", {}, why || id), h("span", {}, ` ${elements.filter((one) => one !== object.id).map((one) => nameOf(one)).join(t(", "))}`))));
      if (found.length === 0) list.replaceChildren(h("li", { class: "muted" }, t("No rule names this step.")));
    };
    const nameOf = (id: string): string => (panel.registry.get(id)?.businessObject.name ?? id).replace(/\s+/g, " ");
    draw();
    return { element: h("div", {}, list, link), update: draw };
  };
  return { id: "separation", label: t("Who may not also do it"), fields: [{ id: "separation-rules", label: "", kind: "widget", widget }] };
}

export function form(about: About): Section {
  const { panel, element, object } = about;
  const fields: Field[] = [
    property(about, "form", "select", t("Form"), { options: [{ value: "", label: t("called like the step ({id})", { id: object.id ?? "" }) }, ...choice(panel.words().forms)] }),
  ];
  const link = panel.links.form;
  if (link) fields.push({ id: "form-link", label: "", kind: "widget", widget: () => linked(() => link.replace("{name}", encodeURIComponent(propertyOf(object, "form") || (object.id ?? ""))), t("Open the form")) });
  fields.push(property(about, "into", "text", t("Put the form's fields under"), { hint: t("A field of the case; empty: at its top.") }));
  fields.push(property(about, "hides", "text", t("Fields not shown to who acts here"), { hint: t("Names, separated by commas.") }));
  return { id: "form", label: t("Form and what is shown"), fields: fields.map((field) => ({ ...field, set: field.set ?? ((value) => setProperty(panel, element, field.id, value)) })) };
}

export function linked(address: () => string, text: string): Widget {
  const link = h("a", { class: "panel-link", href: address() }, text);
  return { element: h("p", { class: "panel-note" }, link), update: () => (link.href = address()) };
}

export function back(about: About): Section {
  return {
    id: "back",
    label: t("Back and no way back"),
    fields: [
      property(about, "send_back", "select", t("May be sent back to"), {
        options: [
          { value: "", label: t("the applicant, the step before, any step (default)") },
          { value: "applicant", label: t("the applicant") },
          { value: "previous", label: t("the step before") },
          { value: "applicant, previous", label: t("the applicant or the step before") },
          { value: "applicant, previous, any", label: t("the applicant, the step before, any step") },
          { value: "any", label: t("any step passed") },
          { value: "none", label: t("nobody") },
        ],
      }),
      property(about, "irreversible", "check", t("Cannot be undone: ask for a confirmation")),
    ],
  };
}

export function due(about: About): Field {
  return property(about, "due", "feel", t("Until when"), { hint: t("A date, a date and time, or a duration from now."), placeholder: "add working days(today(), 3)", extra: loopNames(about.object) });
}

export type { Part };
