/** A step done several times: for each entry of a list, or so often. */
import { t } from "../../../lib/i18n";
import type { Moddle } from "../../diagram/types";
import type { Field, Section } from "../fields";
import { copy, expression, setPart } from "../model";
import { type About, loopNames } from "../panel";

const LOOP = "bpmn:MultiInstanceLoopCharacteristics";

export function repeated(about: About): Section | null {
  const { panel, element, object } = about;
  const loop = (): Moddle | undefined => object.get("loopCharacteristics") as Moddle | undefined;
  const drawn = loop();
  if (drawn && drawn.$type !== LOOP) return null;
  const how: Field = {
    id: "loop",
    label: t("It is done"),
    kind: "select",
    options: [
      { value: "", label: t("once") },
      { value: "parallel", label: t("several times at once") },
      { value: "sequential", label: t("several times, one after the other") },
    ],
    get: () => (loop() ? (loop()?.get("isSequential") === true ? "sequential" : "parallel") : ""),
    set: (value) => {
      const made = value ? copy(panel, loop(), LOOP, { isSequential: value === "sequential" ? true : undefined }) : undefined;
      if (made) made.$parent = object;
      panel.modeling.updateProperties(element, { loopCharacteristics: made });
    },
  };
  if (!drawn) return { id: "loop-section", label: t("How often"), fields: [how] };
  const body = (name: string): string => String(((loop()?.get(name) as Moddle | undefined)?.get("body") as string | undefined) ?? "");
  const set = (properties: Record<string, unknown>): void => {
    const at = loop();
    if (at) setPart(panel, element, at, properties);
  };
  return {
    id: "loop-section",
    label: t("How often"),
    fields: [
      how,
      {
        id: "loop-collection",
        label: t("For each entry of the list"),
        kind: "feel",
        hint: t("A field of the case that holds a list, or FEEL for one."),
        get: () => String((loop()?.get("loopDataInputRef") as Moddle | undefined)?.id ?? ""),
        set: (value) => set({ loopDataInputRef: value ? panel.moddle.create("bpmn:ItemAwareElement", { id: value }) : undefined }),
      },
      {
        id: "loop-item",
        label: t("The entry is called"),
        kind: "text",
        get: () => {
          const item = loop()?.get("inputDataItem") as Moddle | undefined;
          return String(item?.get("name") ?? item?.id ?? "");
        },
        set: (value) => {
          const before = loop()?.get("inputDataItem") as Moddle | undefined;
          const made = value ? copy(panel, before, "bpmn:DataInput", { name: value, id: before?.id ?? panel.moddle.ids.nextPrefixed("item_") }) : undefined;
          if (made) made.$parent = loop() as Moddle;
          set({ inputDataItem: made });
        },
        validate: (value) => (value && !/^[\p{L}_][\p{L}\p{N}_ ]*$/u.test(value) ? t("A name begins with a letter and has only letters, digits, “_” and spaces.") : undefined),
      },
      { id: "loop-cardinality", label: t("Or so often"), kind: "feel", hint: t("A whole number."), get: () => body("loopCardinality"), set: (value) => set({ loopCardinality: expression(panel, value, drawn, loop()?.get("loopCardinality") as Moddle | undefined) }) },
      { id: "loop-until", label: t("Enough when"), kind: "feel", hint: t("Asked whenever one is done; if it holds, the others are ended."), extra: loopNames(object), get: () => body("completionCondition"), set: (value) => set({ completionCondition: expression(panel, value, drawn, loop()?.get("completionCondition") as Moddle | undefined) }) },
    ],
  };
}
