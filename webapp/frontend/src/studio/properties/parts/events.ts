/** Events: times, messages, errors. */
import { t } from "../../../lib/i18n";
import { is, type Moddle } from "../../diagram/types";
import type { Field, Part, Section } from "../fields";
import { expression, rootElement, setPart } from "../model";
import { type About, candidates, loopNames, property } from "../panel";

export const MESSAGE_PROPERTIES = ["senders", "into"];

/** The event definition of this kind, if the event has it. */
export function definitionOf(object: Moddle, type: string): Moddle | undefined {
  return ((object.get("eventDefinitions") as Moddle[] | undefined) ?? []).find(({ $type }) => $type === type);
}

const TIMES = ["timeDate", "timeDuration", "timeCycle"] as const;

export function timer(about: About): Section | null {
  const { panel, element, object } = about;
  const definition = definitionOf(object, "bpmn:TimerEventDefinition");
  if (!definition) return null;
  const kind = (): (typeof TIMES)[number] => TIMES.find((one) => definition.get(one)) ?? "timeDuration";
  const body = (): string => String(((definition.get(kind()) as Moddle | undefined)?.get("body") as string | undefined) ?? "");
  const chosen = { kind: kind() };
  const fields: Field[] = [
    {
      id: "timer-kind",
      label: t("When"),
      kind: "select",
      options: [
        { value: "timeDuration", label: t("so long after it is reached") },
        { value: "timeDate", label: t("at a date, or a date and time") },
      ],
      get: () => (body() ? kind() : chosen.kind),
      set: (value) => {
        chosen.kind = value as (typeof TIMES)[number];
        const text = body() || (value === "timeDate" ? "today()" : 'duration("P1D")');
        setPart(panel, element, definition, { timeDate: undefined, timeDuration: undefined, timeCycle: undefined, [value ?? "timeDuration"]: expression(panel, text, definition, definition.get(kind()) as Moddle | undefined) });
      },
    },
    {
      id: "timer-expression",
      label: t("Time"),
      kind: "feel",
      hint: t("A date fires when that day has ended."),
      placeholder: 'duration("P3D")',
      extra: loopNames(object),
      get: body,
      set: (value) => {
        const at = body() ? kind() : chosen.kind;
        setPart(panel, element, definition, { [at]: expression(panel, value, definition, definition.get(at) as Moddle | undefined) });
      },
    },
  ];
  if (is(element, "bpmn:BoundaryEvent")) fields.push(interrupting(about));
  return { id: "timer", label: t("Time"), fields };
}

function interrupting(about: About): Field {
  const { panel, element, object } = about;
  return {
    id: "interrupting",
    label: t("Then the step is"),
    kind: "select",
    options: [{ value: "true", label: t("ended then") }, { value: "false", label: t("left open") }],
    get: () => String(object.get("cancelActivity") !== false),
    set: (value) => panel.modeling.updateProperties(element, { cancelActivity: value === "true" }),
  };
}

export function message(about: About): Part[] {
  const { panel, element, object } = about;
  const definition = is(element, "bpmn:ReceiveTask") ? object : definitionOf(object, "bpmn:MessageEventDefinition");
  if (!definition) return [];
  const name: Field = {
    id: "message-name",
    label: t("Message"),
    hint: t("Whoever delivers it names it so."),
    kind: "text",
    get: () => String((definition.get("messageRef") as Moddle | undefined)?.get("name") ?? ""),
    set: (value) => setPart(panel, element, definition, { messageRef: value ? rootElement(panel, element, "bpmn:Message", "name", value) : undefined }),
  };
  return [{ id: "message", label: t("Message awaited"), fields: [name, candidates(about, "senders", t("Who may deliver it")), property(about, "into", "text", t("Put what it brings into the field"), { hint: t("Without a field it brings nothing.") })] }];
}

export function errorCode(about: About): Section | null {
  const { panel, element, object } = about;
  const definition = definitionOf(object, "bpmn:ErrorEventDefinition");
  if (!definition) return null;
  const host = element.host?.businessObject;
  const abilities = panel.words().abilities;
  const given = host ? abilities.flatMap((one) => (typeof one === "string" || one.id !== abilityOf(host) ? [] : (one.errors ?? []))) : [];
  return {
    id: "error",
    label: t("Error"),
    fields: [
      {
        id: "error-code",
        label: is(element, "bpmn:EndEvent") ? t("Ends with the error") : t("Catches the error"),
        hint: given.length > 0 ? t("Possible here: {codes}", { codes: given.join(", ") }) : is(element, "bpmn:BoundaryEvent") ? t("Empty: every error.") : "",
        kind: "text",
        get: () => String((definition.get("errorRef") as Moddle | undefined)?.get("errorCode") ?? ""),
        set: (value) => setPart(panel, element, definition, { errorRef: value ? rootElement(panel, element, "bpmn:Error", "errorCode", value) : undefined }),
      },
    ],
  };
}

function abilityOf(object: Moddle): string {
  const values = ((object.get("extensionElements") as Moddle | undefined)?.get("values") as Moddle[] | undefined) ?? [];
  for (const one of values) for (const property_ of (one.get("properties") as Moddle[] | undefined) ?? []) if (property_.get("name") === "ability") return String(property_.get("value") ?? "");
  return "";
}
