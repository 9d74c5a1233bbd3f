/**
 * Palette, context pad and menus offer what the runtime runs (docs/supported-elements.md) and nothing
 * else. What a file of others brings along stays on the drawing, with the finding that refuses it.
 */
import { t } from "../../lib/i18n";
import { type Drawn, type EventBus, is } from "./types";

type Act = (event: Event, target: Drawn) => unknown;

interface Entry {
  group?: string;
  className?: string;
  title?: string;
  separator?: boolean;
  action?: Record<string, Act> | Act;
  [more: string]: unknown;
}

type Entries = Record<string, Entry>;

interface Kind {
  id: string;
  type: string;
  icon: string;
  title: () => string;
  group: string;
  more?: Record<string, unknown>;
}

const TIMER = { eventDefinitionType: "bpmn:TimerEventDefinition" };

const KINDS: Kind[] = [
  { id: "start-event", type: "bpmn:StartEvent", icon: "bpmn-icon-start-event-none", title: () => t("Where it begins"), group: "event" },
  { id: "timer-event", type: "bpmn:IntermediateCatchEvent", icon: "bpmn-icon-intermediate-event-catch-timer", title: () => t("Wait for a time"), group: "event", more: TIMER },
  { id: "message-event", type: "bpmn:IntermediateCatchEvent", icon: "bpmn-icon-intermediate-event-catch-message", title: () => t("Wait for a message"), group: "event", more: { eventDefinitionType: "bpmn:MessageEventDefinition" } },
  { id: "end-event", type: "bpmn:EndEvent", icon: "bpmn-icon-end-event-none", title: () => t("End"), group: "event" },
  { id: "exclusive-gateway", type: "bpmn:ExclusiveGateway", icon: "bpmn-icon-gateway-xor", title: () => t("One of several ways"), group: "gateway" },
  { id: "parallel-gateway", type: "bpmn:ParallelGateway", icon: "bpmn-icon-gateway-parallel", title: () => t("All ways at once"), group: "gateway" },
  { id: "user-task", type: "bpmn:UserTask", icon: "bpmn-icon-user-task", title: () => t("Work of people"), group: "activity" },
  { id: "service-task", type: "bpmn:ServiceTask", icon: "bpmn-icon-service-task", title: () => t("Service task"), group: "activity" },
  { id: "rule-task", type: "bpmn:BusinessRuleTask", icon: "bpmn-icon-business-rule-task", title: () => t("Decision table"), group: "activity" },
];

/** What stands in the palette beside the kinds above: tools, containers, notes. */
const KEPT = ["hand-tool", "lasso-tool", "space-tool", "global-connect-tool", "tool-separator", "create.subprocess-expanded", "create.participant-expanded"];

/** What an element may become. */
const MAY_BECOME = new Set(
  [
    ...["none-start", "none-end", "error-end", "terminate-end"],
    ...["message-intermediate-catch", "timer-intermediate-catch"],
    ...["exclusive-gateway", "parallel-gateway", "inclusive-gateway", "event-based-gateway"],
    ...["user-task", "manual-task", "service-task", "rule-task", "receive-task", "expanded-subprocess", "subprocess"],
    ...["timer-boundary", "non-interrupting-timer-boundary", "error-boundary"],
    ...["sequence-flow", "default-flow", "expanded-pool", "collapsed-pool"],
  ].map((name) => `replace-with-${name}`),
);

const REPEATABLE = ["bpmn:UserTask", "bpmn:ManualTask", "bpmn:ServiceTask", "bpmn:SubProcess"];
const ANNOTATION = "append.text-annotation";
/** Of the context pad, what needs no second look. */
const PAD = new Set(["delete", "connect", "replace", ANNOTATION, "lane-insert-above", "lane-insert-below", "lane-divide-two", "lane-divide-three"]);

interface Injector {
  get<T>(name: string, strict?: boolean): T;
}

interface ElementFactory {
  createShape(given: Record<string, unknown>): Drawn;
}

interface Create {
  start(event: Event, shape: Drawn | Drawn[], hints?: Record<string, unknown>): void;
}

/** The palette shows signs only: their names appear on hover, and the keyboard reaches them. */
function named(container: HTMLElement): void {
  for (const entry of container.querySelectorAll<HTMLElement>(".djs-palette .entry[aria-label]:not([title])")) {
    entry.title = entry.getAttribute("aria-label") ?? "";
    entry.tabIndex = 0;
    entry.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      const { left, top, width, height } = entry.getBoundingClientRect();
      entry.dispatchEvent(new MouseEvent("click", { bubbles: true, clientX: left + width / 2, clientY: top + height / 2 }));
    });
  }
}

class Offered {
  static readonly $inject = ["palette", "contextPad", "popupMenu", "injector", "eventBus", "canvas"];

  constructor(
    palette: { registerProvider(priority: number, provider: unknown): void },
    contextPad: { registerProvider(priority: number, provider: unknown): void },
    popupMenu: { registerProvider(menu: string, priority: number, provider: unknown): void },
    private readonly injector: Injector,
    eventBus: EventBus,
    canvas: { getContainer(): HTMLElement },
  ) {
    // Registered below the library's own providers, so that theirs have spoken already.
    palette.registerProvider(400, this);
    contextPad.registerProvider(400, this);
    popupMenu.registerProvider("bpmn-replace", 400, this);
    eventBus.on("palette.changed", () => named(canvas.getContainer()));
  }

  getPaletteEntries(): (given: Entries) => Entries {
    return (given) => {
      const entries: Entries = {};
      for (const id of KEPT.slice(0, 5)) if (given[id]) entries[id] = given[id];
      for (const kind of KINDS) {
        const start: Act = (event) => this.create.start(event, this.shape(kind));
        entries[`create.${kind.id}`] = { group: kind.group, className: kind.icon, title: kind.title(), action: { dragstart: start, click: start } };
      }
      for (const id of KEPT.slice(5)) if (given[id]) entries[id] = given[id];
      const note: Kind = { id: "text-annotation", type: "bpmn:TextAnnotation", icon: "bpmn-icon-text-annotation", title: () => t("A note on the drawing"), group: "artifact" };
      const start: Act = (event) => this.create.start(event, this.shape(note));
      entries["create.text-annotation"] = { group: note.group, className: note.icon, title: note.title(), action: { dragstart: start, click: start } };
      return entries;
    };
  }

  getContextPadEntries(element: Drawn): (given: Entries) => Entries {
    return (given) => {
      const entries: Entries = {};
      if (is(element, "bpmn:EventBasedGateway")) {
        for (const id of ["append.receive-task", "append.message-intermediate-event", "append.timer-intermediate-event"]) if (given[id]) entries[id] = given[id];
      } else if (given["append.append-task"]) {
        for (const kind of KINDS.filter(({ id }) => ["user-task", "service-task"].includes(id))) entries[`append.${kind.id}`] = this.append(kind);
        if (given["append.gateway"]) entries["append.gateway"] = { ...given["append.gateway"], className: "bpmn-icon-gateway-xor", title: t("One of several ways") };
        for (const kind of KINDS.filter(({ id }) => id === "timer-event")) entries[`append.${kind.id}`] = this.append(kind);
        if (given["append.end-event"]) entries["append.end-event"] = given["append.end-event"];
      }
      if (is(element, "bpmn:UserTask", "bpmn:ManualTask", "bpmn:ServiceTask", "bpmn:SubProcess", "bpmn:ReceiveTask") && !element.labelTarget) entries["attach.timer"] = this.attach(TIMER, "bpmn-icon-intermediate-event-catch-timer", t("A time on its edge"));
      if (is(element, "bpmn:ServiceTask", "bpmn:SubProcess") && !element.labelTarget) entries["attach.error"] = this.attach({ eventDefinitionType: "bpmn:ErrorEventDefinition" }, "bpmn-icon-intermediate-event-catch-error", t("An error on its edge"));
      for (const [id, entry] of Object.entries(given)) if (PAD.has(id) && !entries[id]) entries[id] = entry;
      return entries;
    };
  }

  getPopupMenuEntries(element: Drawn): (given: Entries) => Entries {
    const fromGateway = element.source ? is(element.source, "bpmn:ExclusiveGateway", "bpmn:InclusiveGateway") : true;
    const edges = element.host && is(element.host, "bpmn:ServiceTask", "bpmn:SubProcess");
    return (given) =>
      Object.fromEntries(
        Object.entries(given).filter(([id]) => {
          if (!MAY_BECOME.has(id)) return false;
          if (id === "replace-with-default-flow") return fromGateway;
          if (id === "replace-with-error-boundary") return edges === true;
          if (is(element, "bpmn:SubProcess")) return id === "replace-with-subprocess" || id === "replace-with-expanded-subprocess";
          if (is(element, "bpmn:StartEvent")) return false;
          return id !== "replace-with-none-start" && !(is(element, "bpmn:IntermediateCatchEvent", "bpmn:IntermediateThrowEvent") && id.endsWith("-end"));
        }),
      );
  }

  getPopupMenuHeaderEntries(element: Drawn): (given: Entries) => Entries {
    const repeats = is(element, ...REPEATABLE);
    return (given) => Object.fromEntries(Object.entries(given).filter(([id]) => (id === "toggle-parallel-mi" || id === "toggle-sequential-mi" ? repeats : id === "toggle-non-interrupting" && is(element, "bpmn:BoundaryEvent"))));
  }

  private get create(): Create {
    return this.injector.get<Create>("create");
  }

  private shape(kind: Kind): Drawn {
    return this.injector.get<ElementFactory>("elementFactory").createShape({ type: kind.type, ...kind.more });
  }

  private append(kind: Kind): Entry {
    return {
      group: "model",
      className: kind.icon,
      title: kind.title(),
      action: {
        click: (_event, element) => this.injector.get<{ append(source: Drawn, shape: Drawn): void }>("autoPlace").append(element, this.shape(kind)),
        dragstart: (event, element) => this.create.start(event, this.shape(kind), { source: element }),
      },
    };
  }

  /** An event on the lower edge of an activity, further left where one sits there already. */
  private attach(event: Record<string, unknown>, icon: string, title: string): Entry {
    return {
      group: "attach",
      className: icon,
      title,
      action: {
        click: (_event, host) => {
          const taken = ((host as Drawn & { attachers?: Drawn[] }).attachers ?? []).length;
          const shape = this.injector.get<ElementFactory>("elementFactory").createShape({ type: "bpmn:BoundaryEvent", ...event });
          const at = { x: (host.x ?? 0) + (host.width ?? 0) - 20 - taken * 44, y: (host.y ?? 0) + (host.height ?? 0) };
          const made = this.injector.get<{ createShape(shape: Drawn, at: unknown, host: Drawn, hints: unknown): Drawn }>("modeling").createShape(shape, at, host, { attach: true });
          this.injector.get<{ select(element: Drawn): void }>("selection").select(made);
        },
      },
    };
  }
}

export const offeredModule = { __init__: ["offered"], offered: ["type", Offered] };
