/** Which parts of the panel an element has. */
import type { FlowOrder } from "../diagram/order";
import { type Drawn, is, type ModdleFactory, type Modeling } from "../diagram/types";
import type { Words } from "../package-words";
import { asGroup, type Part } from "./fields";
import { about as aboutOf, type About, type Links, type Panel } from "./panel";
import { deadlines } from "./parts/deadlines";
import { errorCode, message, MESSAGE_PROPERTIES, timer } from "./parts/events";
import { flow, ways } from "./parts/flows";
import { further, general } from "./parts/general";
import { repeated } from "./parts/loops";
import { outcomes } from "./parts/outcomes";
import { back, form, PEOPLE_PROPERTIES, separation, who } from "./parts/people";
import { decision, RULE_PROPERTIES, service, SERVICE_PROPERTIES } from "./parts/services";
import { signOff } from "./parts/sign-off";

export interface PanelSettings {
  words: { current: Words };
  readOnly: boolean;
  links: Links;
}

type Debounce = (act: (...given: never[]) => void) => (...given: never[]) => void;

class StudioProperties {
  static readonly $inject = ["config.studio", "propertiesPanel", "modeling", "moddle", "elementRegistry", "selection", "flowOrder", "debounceInput"];
  private readonly panel: Panel;

  constructor(
    private readonly settings: PanelSettings,
    propertiesPanel: { registerProvider(provider: unknown): void },
    modeling: Modeling,
    moddle: ModdleFactory,
    registry: Panel["registry"],
    selection: { select(element: Drawn): void },
    order: FlowOrder,
    private readonly debounce: Debounce,
  ) {
    this.panel = { modeling, moddle, registry, order, words: () => settings.words.current, readOnly: settings.readOnly, links: settings.links, select: (element) => selection.select(element) };
    propertiesPanel.registerProvider(this);
  }

  getGroups(element: Drawn): () => unknown[] {
    return () => partsOf(aboutOf(this.panel, element)).map((part) => asGroup(part, { element, debounce: this.debounce, words: this.panel.words, readOnly: this.settings.readOnly }));
  }
}

/** The parts for an element, those one comes for first. */
export function partsOf(about: About): Part[] {
  const { element } = about;
  const parts: (Part | null)[] = [general(about)];
  const known = new Set<string>();
  const knows = (names: string[]): void => names.forEach((name) => known.add(name));
  if (is(element, "bpmn:UserTask", "bpmn:ManualTask")) {
    knows(PEOPLE_PROPERTIES);
    parts.push(who(about), separation(about), signOff(about), outcomes(about), ...deadlines(about), form(about), repeated(about), back(about));
  } else if (is(element, "bpmn:ServiceTask")) {
    knows(SERVICE_PROPERTIES);
    parts.push(...service(about), repeated(about));
  } else if (is(element, "bpmn:BusinessRuleTask")) {
    knows(RULE_PROPERTIES);
    parts.push(decision(about));
  } else if (is(element, "bpmn:SubProcess")) {
    parts.push(repeated(about));
  } else if (is(element, "bpmn:SequenceFlow")) {
    parts.push(flow(about));
  } else if (is(element, "bpmn:Gateway")) {
    parts.push(ways(about));
  }
  if (is(element, "bpmn:ReceiveTask", "bpmn:Event")) {
    const awaited = message(about);
    if (awaited.length > 0) knows(MESSAGE_PROPERTIES);
    parts.push(timer(about), ...awaited, errorCode(about));
  }
  parts.push(...further(about, known));
  return parts.filter((part): part is Part => part !== null);
}

export const propertiesModule = { __init__: ["studioProperties"], studioProperties: ["type", StudioProperties] };
