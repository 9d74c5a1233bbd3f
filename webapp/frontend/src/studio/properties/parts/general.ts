/** Name, id, explanation; what is left over and what other programs wrote. */
import { t } from "../../../lib/i18n";
import { type Drawn, is, type Moddle } from "../../diagram/types";
import type { Field, Listed, Part, Section } from "../fields";
import { foreignOf, propertiesOf, setProperty } from "../model";
import { type About } from "../panel";

const RESERVED = new Set(["Start", "End", "Root", "StartEventSplit", "StartEventJoin"]);
const RESERVED_ENDS = [".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin"];

/** Why an id cannot be given to an element. */
export function faultOfId(id: string, own: Moddle, taken: (id: string) => unknown): string | undefined {
  if (!id) return t("It needs an id.");
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(id)) return t("An id begins with a letter and has only letters, digits, “_”, “.” and “-”.");
  if (RESERVED.has(id) || RESERVED_ENDS.some((end) => id.endsWith(end))) return t("This id is reserved.");
  const found = taken(id);
  return found && found !== own ? t("Another element has this id.") : undefined;
}

export function general(about: About): Section {
  const { panel, element, object } = about;
  const fields: Field[] = [];
  // A pool is drawn for a process: what is said of the process is said here.
  const process = is(element, "bpmn:Participant") ? (object.get("processRef") as Moddle | undefined) : undefined;
  const key = is(element, "bpmn:TextAnnotation") ? "text" : "name";
  fields.push({ id: "name", label: is(element, "bpmn:TextAnnotation") ? t("What the note says") : t("What it is called"), kind: "area", get: () => String(object.get(key) ?? ""), set: (value) => panel.modeling.updateProperties(element, { [key]: value || undefined }) });
  fields.push({
    id: "id",
    label: t("Id"),
    hint: is(element, "bpmn:UserTask", "bpmn:StartEvent") ? t("Forms and conditions call it so.") : "",
    kind: "text",
    get: () => object.id ?? "",
    set: (value) => value && value !== object.id && panel.modeling.updateProperties(element, { id: value }),
    validate: (value) => faultOfId(value ?? "", object, (id) => panel.moddle.ids.assigned(id)),
  });
  const explained = process ?? object;
  fields.push({
    id: "documentation",
    label: t("Explanation"),
    kind: "area",
    get: () => String(((explained.get("documentation") as Moddle[] | undefined)?.[0]?.get("text") as string | undefined) ?? ""),
    set: (value) => {
      const before = (explained.get("documentation") as Moddle[] | undefined) ?? [];
      const rest = before.slice(1);
      const made = value ? panel.moddle.create("bpmn:Documentation", { text: value }) : undefined;
      if (made) made.$parent = explained;
      if (made && before[0]) for (const name of ["id", "textFormat"]) if (before[0].get(name) !== undefined) made.set(name, before[0].get(name));
      panel.modeling.updateModdleProperties(element, explained, { documentation: made ? [made, ...rest] : rest });
    },
  });
  if (process) {
    fields.push({ id: "process-name", label: t("Name of the process"), kind: "text", get: () => String(process.get("name") ?? ""), set: (value) => panel.modeling.updateModdleProperties(element, process, { name: value || undefined }) });
  }
  const runs = process ?? (is(element, "bpmn:Process") ? object : undefined);
  if (runs) fields.push({ id: "executable", label: t("This is the process that runs"), kind: "check", get: () => String(runs.get("isExecutable") === true), set: (value) => panel.modeling.updateModdleProperties(element, runs, { isExecutable: value === "true" }) });
  return { id: "general", label: t("General"), fields };
}

/** Simple properties that no other part of the panel has a field for. */
export function further(about: About, known: Set<string>): Part[] {
  const { panel, element, object } = about;
  const rest = propertiesOf(object).filter(([name]) => !known.has(name) && !name.startsWith("with."));
  const parts: Part[] = [];
  if (rest.length > 0 || takesProperties(element)) {
    const listed: Listed = {
      id: "further",
      label: t("Further properties"),
      items: rest.map(([name, value], index) => ({
        id: `further-${index}`,
        label: name,
        fields: [
          { id: `further-${index}-name`, label: t("What it is called"), kind: "text", get: () => name, set: (renamed) => renamed && renamed !== name && setProperty(panel, element, name, value, renamed), validate: (renamed) => (!renamed ? t("It needs a name.") : renamed !== name && propertiesOf(object).some(([one]) => one === renamed) ? t("There is one of this name already.") : undefined) },
          { id: `further-${index}-value`, label: t("Value"), kind: "text", get: () => value, set: (changed) => setProperty(panel, element, name, changed) },
        ],
        remove: () => setProperty(panel, element, name, undefined),
      })),
      add: () => {
        const names = propertiesOf(object).map(([name]) => name);
        let number = 1;
        while (names.includes(`property_${number}`)) number += 1;
        setProperty(panel, element, `property_${number}`, "…");
      },
    };
    parts.push(listed);
  }
  const foreign = foreignOf(object);
  if (foreign.length > 0) {
    parts.push({
      id: "foreign",
      label: t("From other programs"),
      fields: [{ id: "foreign-note", label: "", kind: "widget", widget: () => ({ element: note(t("Kept as they are, and without meaning here: {names}", { names: [...new Set(foreign)].join(", ") })), update: () => undefined }) }],
    });
  }
  return parts;
}

function takesProperties(element: Drawn): boolean {
  return is(element, "bpmn:Activity", "bpmn:Event");
}

export function note(text: string): HTMLElement {
  const line = document.createElement("p");
  line.className = "panel-note";
  line.textContent = text;
  return line;
}
