/** The fields a form may have: those the server's compiler knows, and what can be said of each. */
import { t } from "../../lib/i18n";

export type Setting =
  | "label" | "dateLabel" | "key" | "path" | "description" | "text" | "expression" | "computeOn" | "required" | "filling" | "hide"
  | "minLength" | "maxLength" | "pattern" | "validationType" | "min" | "max" | "minFen" | "maxFen" | "decimalDigits" | "minItems" | "maxItems"
  | "disallowPassedDates" | "options" | "candidates" | "kinds" | "max_mb" | "allowAddRemove" | "defaultRepetitions" | "showOutline"
  | "sensitive" | "prefill" | "check" | "default" | "columns" | "height";

export interface Kind {
  type: string;
  name: string;
  group: "basic-input" | "selection" | "presentation" | "container";
  /** stands for the field in the palette, for those that are ours */
  sign?: string;
  settings: Setting[];
  /** what a new one begins with, beside type and id */
  fresh: Record<string, unknown>;
}

const ABOUT: Setting[] = ["label", "key", "description", "required", "filling"];
const AFTER: Setting[] = ["hide", "check", "sensitive", "columns"];

export function kinds(): Kind[] {
  const options = [{ label: t("First choice"), value: "first" }, { label: t("Second choice"), value: "second" }];
  return [
    { type: "textfield", name: t("One line of text"), group: "basic-input", settings: [...ABOUT, "minLength", "maxLength", "validationType", "pattern", "default", "prefill", ...AFTER], fresh: {} },
    { type: "textarea", name: t("Several lines of text"), group: "basic-input", settings: [...ABOUT, "minLength", "maxLength", "default", "prefill", ...AFTER], fresh: {} },
    { type: "number", name: t("A number"), group: "basic-input", settings: [...ABOUT, "min", "max", "decimalDigits", "default", "prefill", ...AFTER], fresh: {} },
    { type: "money", name: t("Amount of money"), group: "basic-input", sign: "¥", settings: [...ABOUT, "minFen", "maxFen", ...AFTER], fresh: {} },
    { type: "datetime", name: t("Date"), group: "basic-input", settings: ["dateLabel", "key", "description", "required", "filling", "disallowPassedDates", "prefill", ...AFTER], fresh: { subtype: "date" } },
    { type: "idcard", name: t("Identity number"), group: "basic-input", sign: "ID", settings: [...ABOUT, ...AFTER], fresh: { properties: { sensitive: "id_card" } } },
    { type: "mobile", name: t("Mobile number"), group: "basic-input", sign: "☎", settings: [...ABOUT, ...AFTER], fresh: { properties: { sensitive: "mobile" } } },
    { type: "bankaccount", name: t("Bank card"), group: "basic-input", sign: "▭", settings: [...ABOUT, ...AFTER], fresh: { properties: { sensitive: "bank_account" } } },
    { type: "attachments", name: t("Files"), group: "basic-input", sign: "⎙", settings: [...ABOUT, "kinds", "max_mb", "minItems", "maxItems", ...AFTER], fresh: { properties: { kinds: "pdf, jpg, png" } } },
    { type: "expression", name: t("Computed value"), group: "basic-input", settings: ["key", "label", "expression", "computeOn", "check", "columns"], fresh: { expression: "=0", computeOn: "change" } },
    { type: "select", name: t("Choice from a list"), group: "selection", settings: [...ABOUT, "options", "default", "prefill", ...AFTER], fresh: { values: options } },
    { type: "radio", name: t("One of a few"), group: "selection", settings: [...ABOUT, "options", "default", "prefill", ...AFTER], fresh: { values: options } },
    { type: "checklist", name: t("Several of a few"), group: "selection", settings: [...ABOUT, "options", "minItems", "maxItems", ...AFTER], fresh: { values: options } },
    { type: "checkbox", name: t("Tick"), group: "selection", settings: [...ABOUT, "default", ...AFTER], fresh: {} },
    { type: "persons", name: t("People"), group: "selection", sign: "⚇", settings: [...ABOUT, "candidates", "minItems", "maxItems", ...AFTER], fresh: { properties: { candidates: "" } } },
    { type: "text", name: t("Text to read"), group: "presentation", settings: ["text", "hide", "columns"], fresh: { text: t("What whoever fills this in should know.") } },
    { type: "separator", name: t("Line"), group: "presentation", settings: ["hide"], fresh: {} },
    { type: "spacer", name: t("Empty space"), group: "presentation", settings: ["height", "hide", "columns"], fresh: { height: 40 } },
    { type: "group", name: t("Group"), group: "container", settings: ["label", "path", "showOutline", "hide", "columns"], fresh: { showOutline: true } },
    { type: "dynamiclist", name: t("List with rows"), group: "container", settings: ["label", "path", "description", "minItems", "maxItems", "allowAddRemove", "defaultRepetitions", "showOutline", "hide", "columns"], fresh: {} },
  ];
}

/** Kinds of sensitive value; schemas/… and engine/forms/component.py know the same. */
export function sensitiveKinds(): [id: string, name: string][] {
  return [
    ["", t("No")],
    ["id_card", t("Identity number")],
    ["bank_account", t("Bank card")],
    ["mobile", t("Mobile number")],
    ["health", t("Health")],
    ["text", t("Other private text")],
  ];
}

export const FILE_KINDS = ["pdf", "jpg", "png", "ofd"];
