/**
 * `loopDataInputRef` and `loopDataOutputRef` name a field or hold FEEL here; the library takes them for
 * references, finds nothing of that name, and would drop them. They are made again as what they name.
 */
import type { EventBus, ModdleFactory, Moddle } from "./types";

interface Parsed {
  references: { element: Moddle; property: string; id: string }[];
}

const TEXTUAL = new Set(["bpmn:loopDataInputRef", "bpmn:loopDataOutputRef"]);

class LoopReferences {
  static readonly $inject = ["eventBus", "moddle"];

  constructor(eventBus: EventBus, moddle: ModdleFactory) {
    eventBus.on("import.parse.complete", ((event: Parsed) => {
      for (const { element, property, id } of event.references) {
        if (TEXTUAL.has(property) && !element.get(property)) element.set(property, moddle.create("bpmn:ItemAwareElement", { id }));
      }
    }) as (event: never) => void);
  }
}

export const referencesModule = { __init__: ["loopReferences"], loopReferences: ["type", LoopReferences] };
