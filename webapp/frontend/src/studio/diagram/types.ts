/** The parts of bpmn-js the editor uses; the library's own types leave most services untyped. */
import type { Box, Point } from "../stage";

/** An element of the model: what stands in the file. */
export interface Moddle {
  $type: string;
  $parent?: Moddle;
  $attrs: Record<string, unknown>;
  $children?: Moddle[];
  $descriptor: { name: string; ns?: { prefix: string; localName: string } };
  $instanceOf?(type: string): boolean;
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  id?: string;
  name?: string;
  [property: string]: unknown;
}

/** An element of the drawing. */
export interface Drawn extends Partial<Box> {
  id: string;
  type: string;
  businessObject: Moddle;
  parent?: Drawn;
  host?: Drawn;
  source?: Drawn;
  target?: Drawn;
  labelTarget?: Drawn;
  waypoints?: Point[];
  children?: Drawn[];
  incoming?: Drawn[];
  outgoing?: Drawn[];
}

export interface EventBus {
  on(event: string | string[], callback: (event: never) => void): void;
  on(event: string | string[], priority: number, callback: (event: never) => void): void;
  off(event: string, callback: (event: never) => void): void;
  fire(event: string, given?: Record<string, unknown>): unknown;
}

export interface Modeling {
  updateProperties(element: Drawn, properties: Record<string, unknown>): void;
  updateModdleProperties(element: Drawn, of: Moddle, properties: Record<string, unknown>): void;
  createShape(shape: unknown, at: Point, parent: Drawn, hints?: Record<string, unknown>): Drawn;
  removeElements(elements: Drawn[]): void;
}

export interface ModdleFactory {
  create(type: string, properties?: Record<string, unknown>): Moddle;
  createAny(name: string, namespace: string, properties?: Record<string, unknown>): Moddle;
  ids: { assigned(id: string): unknown; claim(id: string, element: unknown): void; nextPrefixed(prefix: string, element?: unknown): string };
}

export interface CommandStack {
  execute(command: string, context: unknown): void;
  registerHandler(command: string, handler: unknown): void;
  undo(): void;
  redo(): void;
  canUndo(): boolean;
  canRedo(): boolean;
  clear(): void;
}

export function is(element: Drawn | Moddle, ...types: string[]): boolean {
  const object = "businessObject" in element && element.businessObject ? (element.businessObject as Moddle) : (element as Moddle);
  return types.some((type) => object.$instanceOf?.(type) === true);
}
