/**
 * An exclusive gateway takes the first flow of the file whose condition holds, so the order of the flows
 * is part of the process. The library puts back at the end what an undo brings back; here every
 * flow keeps the place it once had, and the order is changed by nothing but `moveFlow`.
 */
import type { CommandStack, Drawn, EventBus, Moddle } from "./types";

interface Move {
  gateway: Drawn;
  order: Moddle[];
  before?: Moddle[];
}

export class FlowOrder {
  static readonly $inject = ["eventBus", "commandStack"];
  private readonly ranks = new Map<string, number>();
  private next = 0;

  constructor(
    eventBus: EventBus,
    private readonly commandStack: CommandStack,
  ) {
    eventBus.on("import.parse.complete", ((event: { elementsById: Record<string, Moddle> }) => {
      this.ranks.clear();
      for (const element of Object.values(event.elementsById)) if (element.$type === "bpmn:SequenceFlow" && element.id) this.rank(element.id);
    }) as (event: never) => void);
    eventBus.on("element.updateId", ((event: { element: Drawn; newId: string }) => {
      const rank = this.ranks.get(event.element.id);
      if (rank !== undefined) this.ranks.set(event.newId, rank);
    }) as (event: never) => void);
    commandStack.registerHandler("gongban.flows.order", function () {
      return {
        execute: (context: Move) => {
          context.before = flowsOf(context.gateway);
          return apply(context.gateway, context.order);
        },
        revert: (context: Move) => apply(context.gateway, context.before ?? []),
      };
    });
    const ranks = this.ranks;
    const apply = (gateway: Drawn, order: Moddle[]): Drawn[] => {
      const places = order.map((flow) => this.rank(flow.id ?? "")).sort((a, b) => a - b);
      order.forEach((flow, index) => ranks.set(flow.id ?? "", places[index] ?? 0));
      return [gateway, ...(gateway.outgoing ?? [])];
    };
    const flowsOf = (gateway: Drawn): Moddle[] => this.sorted((gateway.businessObject.get("outgoing") as Moddle[]) ?? []);
  }

  /** Flows in the order in which they are tried. */
  sorted(flows: Moddle[]): Moddle[] {
    return [...flows].sort((a, b) => this.rank(a.id ?? "") - this.rank(b.id ?? ""));
  }

  /** Tries a flow of a gateway earlier (-1) or later (1). */
  moveFlow(gateway: Drawn, flow: Moddle, by: -1 | 1): void {
    const order = this.sorted((gateway.businessObject.get("outgoing") as Moddle[]) ?? []);
    const at = order.indexOf(flow);
    const to = at + by;
    if (at < 0 || to < 0 || to >= order.length) return;
    order.splice(at, 1);
    order.splice(to, 0, flow);
    this.commandStack.execute("gongban.flows.order", { gateway, order } satisfies Move);
  }

  /** Puts the flows of every process and sub-process into their order; called before the model is written. */
  arrange(definitions: Moddle): void {
    const walk = (holder: Moddle): void => {
      const elements = holder.get("flowElements") as Moddle[] | undefined;
      if (!elements) return;
      const flows = elements.filter(({ $type }) => $type === "bpmn:SequenceFlow");
      const sorted = this.sorted(flows);
      let at = 0;
      elements.forEach((element, index) => {
        if (element.$type === "bpmn:SequenceFlow") elements[index] = sorted[at++] as Moddle;
        else if (element.get("flowElements")) walk(element);
      });
    };
    for (const root of definitions.get("rootElements") as Moddle[]) if (root.$type === "bpmn:Process") walk(root);
  }

  private rank(id: string): number {
    const known = this.ranks.get(id);
    if (known !== undefined) return known;
    this.ranks.set(id, (this.next += 1));
    return this.next;
  }
}

export const orderModule = { __init__: ["flowOrder"], flowOrder: ["type", FlowOrder] };
