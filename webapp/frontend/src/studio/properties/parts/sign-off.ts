/** How several people decide one step. */
import { t } from "../../../lib/i18n";
import { candidatesWidget } from "../candidates";
import type { Field, Section } from "../fields";
import { extensionOf, setExtension } from "../model";
import type { About } from "../panel";
import { ownOutcomes } from "./deadlines";

const SIGN_OFF = "gongban:SignOff";

export function signOff(about: About): Section {
  const { panel, element, object } = about;
  const said = (name: string): string => {
    const drawn = extensionOf(object, SIGN_OFF);
    const value = drawn?.get(name);
    return value === undefined || value === null ? "" : String(value);
  };
  const set = (name: string, value: string | undefined): void => setExtension(panel, element, SIGN_OFF, { [name]: name === "minimum" ? (value ? Number(value) : undefined) : value || undefined });
  const field = (name: string, kind: Field["kind"], label: string, more: Partial<Field> = {}): Field => ({ id: `sign-${name}`, label, kind, get: () => said(name), set: (value) => set(name, value), ...more });
  const select = (name: string, label: string, options: [value: string, label: string][], more: Partial<Field> = {}): Field => field(name, "select", label, { options: options.map(([value, text]) => ({ value, label: text })), ...more });

  const rule = said("rule") || "single";
  const fields: Field[] = [
    {
      ...select("rule", t("Decided by"), [
        ["single", t("one person")],
        ["all", t("all of them")],
        ["any", t("any one of them")],
        ["ratio", t("a vote")],
        ["sequence", t("one after the other")],
      ]),
      get: () => said("rule") || "single",
      set: (value) => (value === "single" && Object.keys(extensionOf(object, SIGN_OFF) ?? {}).filter((key) => !key.startsWith("$") && key !== "rule").length === 0 ? setExtension(panel, element, SIGN_OFF, undefined) : set("rule", value)),
    },
  ];
  if (rule === "single" && !extensionOf(object, SIGN_OFF)) return { id: "sign-off", label: t("How it is decided"), fields };
  fields.push(
    field("signers", "feel", t("Who signs"), { hint: t("FEEL: a list of people, in their order. Empty: all who may do the step when it opens.") }),
    field("minimum", "text", t("At least so many people"), { validate: (value) => (value && !/^[1-9]\d{0,3}$/.test(value) ? t("A whole number from 1.") : undefined) }),
  );
  if (rule === "ratio" || said("threshold") || said("quorum")) {
    fields.push(
      field("threshold", "text", t("Passed with"), { hint: "> 1/2, >= 2/3", validate: (value) => (value && !/^>=?\s*\d+\s*\/\s*\d+$/.test(value) ? t("Such as “> 1/2” or “>= 2/3”.") : undefined) }),
      select("of", t("counted of"), [["entitled", t("all entitled")], ["present", t("those who voted")]]),
      field("quorum", "text", t("So many must have voted"), { hint: "2/3", validate: (value) => (value && !/^\d+\s*\/\s*\d+$/.test(value) ? t("Such as “2/3”.") : undefined) }),
      select("abstain", t("Abstentions"), [["counts", t("are counted among those who voted")], ["ignored", t("are not counted")], ["refused", t("are not offered")]]),
    );
  }
  fields.push(
    select("wait", t("Decided when"), [["early", t("no remaining vote can change it")], ["all", t("all have voted")], ["deadline", t("the time limit has passed")]]),
    select("no_quorum", t("Without enough votes by the time limit"), [["", t("the first outcome against (default)")], ...ownOutcomes(about).map(({ value, label }): [string, string] => [value, label])]),
    select("votes", t("A vote"), [["final", t("stands")], ["changeable", t("may be taken back while the matter is open")]]),
    { id: "sign-veto", label: t("Who can stop it alone"), kind: "widget", widget: () => candidatesWidget({ label: t("Who can stop it alone"), get: () => said("veto"), set: (value) => set("veto", value), words: panel.words, readOnly: panel.readOnly }) },
    select("leavers", t("Who leaves before voting"), [["dropped", t("is no longer counted")], ["counted", t("counts as staying away")]]),
    select("form", t("The form is"), [["shared", t("one for all")], ["each", t("filled in by each")]]),
  );
  return { id: "sign-off", label: t("How it is decided"), fields };
}
