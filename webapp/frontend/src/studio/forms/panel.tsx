/** What can be said of the chosen field: everything the server's compiler takes, and nothing it refuses. */
import { t } from "../../lib/i18n";
import { fromFen, toFen } from "../../form/money";
import type { Words } from "../package-words";
import { FILE_KINDS, kinds, sensitiveKinds, type Setting } from "./catalogue";
import { ChoiceSetting, FeelSetting, type Option, OptionsSetting, TextSetting, TickSetting } from "./settings";

/** A field as the editor has it. */
export interface EditedField {
  id: string;
  type: string;
  components?: EditedField[];
  [name: string]: unknown;
}

export interface PanelProps {
  field: EditedField;
  words: Words;
  /** keys of all other fields beside it */
  taken: Set<string>;
  edit(changes: Record<string, unknown>): void;
}

type Facts = Record<string, unknown>;

const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));
const facts = (value: unknown): Facts => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Facts) : {});

export function Panel(props: PanelProps): preact.JSX.Element {
  const kind = kinds().find(({ type }) => type === props.field.type);
  if (!kind) return <p class="muted">{t("This field cannot be changed here.")}</p>;
  return (
    <div class="panel" key={props.field.id}>
      <p class="panel-kind">{kind.name}</p>
      {kind.settings.map((setting) => <Entry key={setting} setting={setting} {...props} />)}
    </div>
  );
}

function Entry({ setting, field, words, taken, edit }: PanelProps & { setting: Setting }): preact.JSX.Element | null {
  const id = `set-${field.id}-${setting}`;
  const validate = facts(field["validate"]);
  const properties = facts(field["properties"]);
  /** One member of an object of settings; without a value it goes, and an empty object with it. */
  const inside = (holder: "validate" | "properties" | "conditional" | "layout", changes: Facts): void => {
    const next = { ...facts(field[holder]), ...changes };
    for (const [name, value] of Object.entries(next)) if (value === undefined || value === "") delete next[name];
    edit({ [holder]: Object.keys(next).length > 0 ? next : undefined });
  };
  const rule = (name: string, value: unknown): void => inside("validate", { [name]: value });
  const property = (name: string, value: unknown): void => inside("properties", { [name]: value });
  const plain = (name: string, label: string, more: { hint?: string; long?: boolean } = {}): preact.JSX.Element => (
    <TextSetting id={id} label={label} value={text(field[name])} set={(value) => edit({ [name]: value || undefined })} {...more} />
  );
  const limit = (name: string, label: string, hint = ""): preact.JSX.Element => (
    <TextSetting id={id} label={label} hint={hint} mode="numeric" value={text(validate[name])} set={(value) => rule(name, limitOf(value))} />
  );

  switch (setting) {
    case "label":
      return plain("label", t("What it is called"));
    case "dateLabel":
      return plain("dateLabel", t("What it is called"));
    case "description":
      return plain("description", t("Hint below it"));
    case "text":
      return plain("text", t("The text"), { long: true, hint: t("**bold**, - for lists; FEEL after = is computed.") });
    case "key":
    case "path": {
      const key = text(field[setting]);
      return <TextSetting id={id} label={t("Name in the case")} value={key} bad={keyFault(key, field.type, taken)} hint={setting === "path" && field.type === "group" ? t("Empty: the fields stand for themselves.") : t("Conditions, tables and letters use this name.")} set={(value) => edit({ [setting]: value.trim() || undefined })} />;
    }
    case "required":
      return <TickSetting id={id} label={field.type === "checkbox" ? t("Must be ticked") : t("Must be filled in")} value={validate["required"] === true} set={(on) => rule("required", on || undefined)} />;
    case "filling": {
      const readonly = field["readonly"];
      const now = field["disabled"] === true ? "disabled" : typeof readonly === "string" && readonly ? "feel" : readonly === true ? "readonly" : "";
      const choose = (value: string): void => edit({ disabled: value === "disabled" ? true : undefined, readonly: value === "readonly" ? true : value === "feel" ? (typeof readonly === "string" ? readonly : "=false") : undefined });
      return (
        <>
          <ChoiceSetting id={id} label={t("Who writes it")} value={now} set={choose} options={[["", t("Whoever fills in the form")], ["readonly", t("Nobody: it is only shown")], ["feel", t("Depends on a condition")], ["disabled", t("Nobody: it is shown grey")]]} />
          {now === "feel" ? <FeelSetting label={t("Only shown if")} value={text(readonly)} words={words} set={(value) => edit({ readonly: value || undefined })} /> : null}
        </>
      );
    }
    case "hide":
      return <FeelSetting label={t("Hidden if")} value={text(facts(field["conditional"])["hide"])} words={words} hint={t("A hidden field is not asked for and not kept.")} set={(value) => inside("conditional", { hide: value })} />;
    case "minLength":
      return limit("minLength", t("Fewest characters"));
    case "maxLength":
      return limit("maxLength", t("Most characters"));
    case "minItems":
      return limit("minItems", field.type === "dynamiclist" ? t("Fewest rows") : field.type === "attachments" ? t("Fewest files") : field.type === "persons" ? t("Fewest people") : t("Fewest choices"));
    case "maxItems":
      return limit("maxItems", field.type === "dynamiclist" ? t("Most rows") : field.type === "attachments" ? t("Most files") : field.type === "persons" ? t("Most people") : t("Most choices"));
    case "min":
      return limit("min", t("Smallest number"), t("A number, or FEEL after =."));
    case "max":
      return limit("max", t("Largest number"), t("A number, or FEEL after =."));
    case "minFen":
    case "maxFen": {
      const name = setting === "minFen" ? "min" : "max";
      return <TextSetting id={id} label={name === "min" ? t("Smallest amount (yuan)") : t("Largest amount (yuan)")} hint={t("An amount, or FEEL after = in fen.")} mode="decimal" value={moneyText(validate[name])} set={(value) => rule(name, moneyOf(value))} />;
    }
    case "decimalDigits":
      return <TextSetting id={id} label={t("Digits after the point")} mode="numeric" value={text(field["decimalDigits"])} set={(value) => edit({ decimalDigits: whole(value) })} />;
    case "height":
      return <TextSetting id={id} label={t("Height in pixels")} mode="numeric" value={text(field["height"])} set={(value) => edit({ height: whole(value) })} />;
    case "pattern":
      return (
        <>
          <TextSetting id={id} label={t("Must look like (regular expression)")} value={text(validate["pattern"])} set={(value) => inside("validate", { pattern: value, ...(value ? {} : { patternErrorMessage: undefined }) })} />
          {validate["pattern"] ? <TextSetting id={`${id}-says`} label={t("What is said if it does not")} value={text(validate["patternErrorMessage"])} set={(value) => rule("patternErrorMessage", value)} /> : null}
        </>
      );
    case "validationType":
      return <ChoiceSetting id={id} label={t("Kind of text")} value={text(validate["validationType"])} set={(value) => rule("validationType", value)} options={[["", t("Any")], ["email", t("E-mail address")], ["phone", t("Telephone number")], ["custom", t("By a regular expression")]]} />;
    case "disallowPassedDates":
      return <TickSetting id={id} label={t("Not a day that is past")} value={field["disallowPassedDates"] === true} set={(on) => edit({ disallowPassedDates: on || undefined })} />;
    case "options":
      return <Options id={id} field={field} words={words} edit={edit} />;
    case "candidates":
      return <TextSetting id={id} label={t("Who can be chosen")} value={text(properties["candidates"])} hint={t("A role and where, e.g. {example}. Roles: {roles}", { example: "handler @ unit", roles: words.roles.map(({ id: role, title }) => (title ? `${role} (${title})` : role)).join("、") || "—" })} bad={text(properties["candidates"]).trim() ? "" : t("Say who can be chosen.")} set={(value) => property("candidates", value.trim())} />;
    case "kinds": {
      const chosen = text(properties["kinds"]).split(",").map((one) => one.trim()).filter(Boolean);
      return (
        <fieldset class="setting">
          <legend class="form-label">{t("Kinds of file; none: all that are taken")}</legend>
          <div class="setting-row">
            {FILE_KINDS.map((one) => <TickSetting key={one} id={`${id}-${one}`} label={one.toUpperCase()} value={chosen.includes(one)} set={(on) => property("kinds", FILE_KINDS.filter((other) => (other === one ? on : chosen.includes(other))).join(", "))} />)}
          </div>
        </fieldset>
      );
    }
    case "max_mb":
      return <TextSetting id={id} label={t("Largest file in MB")} mode="numeric" value={text(properties["max_mb"])} set={(value) => property("max_mb", typeof properties["max_mb"] === "number" ? whole(value) : value.trim())} />;
    case "allowAddRemove":
      return <TickSetting id={id} label={t("Rows can be added and removed")} value={field["allowAddRemove"] !== false} set={(on) => edit({ allowAddRemove: on })} />;
    case "defaultRepetitions":
      return <TextSetting id={id} label={t("Rows at the beginning")} mode="numeric" value={text(field["defaultRepetitions"])} set={(value) => edit({ defaultRepetitions: whole(value) ?? 0 })} />;
    case "showOutline":
      return <TickSetting id={id} label={t("With a frame")} value={field["showOutline"] === true} set={(on) => edit({ showOutline: on })} />;
    case "sensitive": {
      const now = text(properties["sensitive"]);
      const personal = ["idcard", "bankaccount", "mobile"].includes(field.type);
      return <ChoiceSetting id={id} label={t("Sealed, because it is private")} value={now} hint={personal && !now ? t("Such a number should be sealed.") : ""} set={(value) => inside("properties", { sensitive: value, ...(value ? { prefill: undefined } : {}) })} options={sensitiveKinds()} />;
    }
    case "prefill":
      return properties["sensitive"] ? null : <FeelSetting label={t("Begins with")} value={text(properties["prefill"])} words={words} placeholder="applicant.name" hint={t("A fact of the applicant; only in the form that starts a case.")} set={(value) => property("prefill", value)} />;
    case "check":
      return (
        <>
          <FeelSetting label={t("Must be true")} value={text(properties["check"])} words={words} hint={t("A condition between this field and others.")} set={(value) => inside("properties", { check: value, ...(value ? {} : { checkMessage: undefined }) })} />
          {properties["check"] ? <TextSetting id={`${id}-says`} label={t("What is said if it is not")} value={text(properties["checkMessage"])} bad={text(properties["checkMessage"]).trim() ? "" : t("Say what is wrong, in a sentence.")} set={(value) => property("checkMessage", value)} /> : null}
        </>
      );
    case "expression":
      return <FeelSetting label={t("Is computed as")} value={text(field["expression"])} words={words} hint={t("Computed on the server, whatever the browser sends. Without a name it is not shown.")} set={(value) => edit({ expression: value || "=null" })} />;
    case "computeOn":
      return <ChoiceSetting id={id} label={t("In the browser it is computed")} value={text(field["computeOn"]) || "change"} set={(value) => edit({ computeOn: value })} options={[["change", t("while one fills in")], ["presubmit", t("when it is sent")]]} />;
    case "default":
      if (field.type === "checkbox") return <TickSetting id={id} label={t("Ticked at the beginning")} value={field["defaultValue"] === true} set={(on) => edit({ defaultValue: on || undefined })} />;
      if (field.type === "select" || field.type === "radio") {
        const options = Array.isArray(field["values"]) ? (field["values"] as Option[]) : [];
        if (options.length === 0) return null;
        return <ChoiceSetting id={id} label={t("Chosen at the beginning")} value={text(field["defaultValue"])} set={(value) => edit({ defaultValue: options.find((one) => String(one.value) === value)?.value })} options={[["", t("Nothing")], ...options.map((one): [string, string] => [String(one.value), one.label])]} />;
      }
      return <TextSetting id={id} label={t("Stands there at the beginning")} value={text(field["defaultValue"])} set={(value) => edit({ defaultValue: value === "" ? undefined : field.type === "number" ? numberOf(value) : value })} />;
    case "columns":
      return <ChoiceSetting id={id} label={t("Width")} value={text(facts(field["layout"])["columns"])} set={(value) => edit({ layout: { ...facts(field["layout"]), columns: value ? Number(value) : null } })} options={[["", t("By itself")], ["16", t("Whole line")], ["12", t("Three quarters")], ["8", t("Half")], ["6", "6 / 16"], ["5", "5 / 16"], ["4", t("A quarter")], ["3", "3 / 16"], ["2", "2 / 16"], ["10", "10 / 16"], ["14", "14 / 16"]]} />;
  }
}

function Options({ id, field, words, edit }: { id: string; field: EditedField; words: Words; edit(changes: Facts): void }): preact.JSX.Element {
  const from = field["valuesExpression"] ? "feel" : field["valuesKey"] ? "key" : "fixed";
  const fixed = Array.isArray(field["values"]) ? (field["values"] as Option[]) : [];
  const choose = (value: string): void =>
    edit({
      values: value === "fixed" ? [{ label: t("First choice"), value: "first" }] : undefined,
      valuesKey: value === "key" ? "choices" : undefined,
      valuesExpression: value === "feel" ? "=[]" : undefined,
    });
  return (
    <>
      <ChoiceSetting id={`${id}-from`} label={t("Where the choices come from")} value={from} set={choose} options={[["fixed", t("They are fixed here")], ["key", t("From a field of the case")], ["feel", t("They are computed")]]} />
      {from === "fixed" ? <OptionsSetting id={id} options={fixed} set={(values) => edit({ values })} /> : null}
      {from === "key" ? <TextSetting id={`${id}-key`} label={t("Name of the field in the case")} value={text(field["valuesKey"])} set={(value) => edit({ valuesKey: value.trim() })} /> : null}
      {from === "feel" ? <FeelSetting label={t("Are computed as")} value={text(field["valuesExpression"])} words={words} set={(value) => edit({ valuesExpression: value || "=[]" })} /> : null}
    </>
  );
}

/** Names that a form may show but not write; engine/forms/problems.py says the same. */
const RESERVED = new Set(["applicant", "outcomes", "opinions", "people", "decided", "case"]);

function keyFault(key: string, type: string, taken: Set<string>): string {
  if (!key) return type === "group" ? "" : t("Give it a name.");
  const parts = key.split(".");
  if (parts.some((part) => !part || part !== part.trim() || part.startsWith("_") || part.includes("[") || part.length > 64)) return t("Letters, digits and _; a point makes a part of something.");
  if (taken.has(key)) return t("Another field has this name.");
  if (type === "money" && !key.endsWith("_fen")) return t("The name of an amount ends in _fen.");
  if (RESERVED.has(parts[0] ?? "")) return t("This name belongs to the engine: such a field can only be shown.");
  return "";
}

const whole = (value: string): number | undefined => (/^\d+$/.test(value.trim()) ? Number(value) : undefined);
const numberOf = (value: string): number | string => (value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : value);

/** A number, or FEEL; whatever else was typed stays, and the check says what is wrong with it. */
function limitOf(value: string): number | string | undefined {
  const trimmed = value.trim();
  return trimmed === "" ? undefined : trimmed.startsWith("=") ? trimmed : numberOf(trimmed);
}

function moneyText(value: unknown): string {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? fromFen(value) : text(value);
}

function moneyOf(value: string): number | string | undefined {
  const trimmed = value.trim();
  if (trimmed === "" || trimmed.startsWith("=")) return trimmed || undefined;
  return toFen(trimmed) ?? trimmed;
}
