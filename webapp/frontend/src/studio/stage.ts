/** What viewer and modeler of bpmn-js have in common, as far as the studio's tools use it. */
export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  width: number;
  height: number;
}

export interface Shown extends Partial<Box> {
  id: string;
  type?: string;
  waypoints?: Point[];
  businessObject?: { id: string; name?: string; $type: string };
}

export interface Stage {
  get<T>(service: string): T;
}

export interface Canvas {
  addMarker(id: string, marker: string): void;
  removeMarker(id: string, marker: string): void;
  viewbox(box?: Box): Box & { inner: Box; outer: { width: number; height: number }; scale: number };
  zoom(level?: number | "fit-viewport", center?: Point | "auto"): number;
  scroll(delta: { dx: number; dy: number }): void;
  resized(): void;
  getContainer(): HTMLElement;
  getRootElement(): Shown;
}

export interface Registry {
  get(id: string): Shown | undefined;
  getAll(): Shown[];
  forEach(visit: (element: Shown) => void): void;
}

export interface Overlays {
  add(id: string, type: string, overlay: { position: Record<string, number>; html: HTMLElement; show?: { minZoom?: number } }): string;
  remove(filter: string | { type?: string; element?: string }): void;
}

const PADDING = 28;
const PALETTE = 112;

/** The box around an element; of a flow, around its bends. */
export function boxOf(element: Shown): Box {
  if (element.waypoints) {
    const xs = element.waypoints.map(({ x }) => x);
    const ys = element.waypoints.map(({ y }) => y);
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
  }
  return { x: element.x ?? 0, y: element.y ?? 0, width: element.width ?? 0, height: element.height ?? 0 };
}

/** The point half way along a flow, or the middle of an element. */
export function middleOf(element: Shown): Point {
  const points = element.waypoints;
  if (!points || points.length < 2) {
    const box = boxOf(element);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }
  const lengths = points.slice(1).map((to, index) => Math.hypot(to.x - (points[index]?.x ?? 0), to.y - (points[index]?.y ?? 0)));
  let rest = lengths.reduce((sum, one) => sum + one, 0) / 2;
  for (const [index, length] of lengths.entries()) {
    const [from, to] = [points[index], points[index + 1]];
    if (from && to && (rest <= length || index === lengths.length - 1)) {
      const share = length === 0 ? 0 : rest / length;
      return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    }
    rest -= length;
  }
  return points[0] ?? { x: 0, y: 0 };
}

/** Shows all of the drawing, never larger than it was drawn. */
export function fit(stage: Stage, largest = 1): void {
  const canvas = stage.get<Canvas>("canvas");
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  if (outer.width === 0 || inner.width === 0) return;
  // The palette of an editor lies over the drawing's left edge.
  const left = canvas.getContainer().querySelector(".djs-palette") ? PALETTE : 0;
  const scale = Math.max(0.1, Math.min(largest, (outer.width - left - 2 * PADDING) / inner.width, (outer.height - 2 * PADDING) / inner.height));
  look(stage, { ...inner, x: inner.x - left / scale / 2 }, scale);
}

/** Brings an element into view, without moving anything where it is in view already. */
export function reveal(stage: Stage, id: string): void {
  const canvas = stage.get<Canvas>("canvas");
  const element = stage.get<Registry>("elementRegistry").get(id);
  if (!element) return;
  const [box, view] = [boxOf(element), canvas.viewbox()];
  const inside = box.x >= view.x && box.y >= view.y && box.x + box.width <= view.x + view.width && box.y + box.height <= view.y + view.height;
  if (!inside || view.scale < 0.4) look(stage, box, Math.max(0.6, view.scale));
}

function look(stage: Stage, at: Box, scale: number): void {
  const canvas = stage.get<Canvas>("canvas");
  const { outer } = canvas.viewbox();
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({ x: at.x + at.width / 2 - width / 2, y: at.y + at.height / 2 - height / 2, width, height });
}

/** What an element is called: its name, else its id. */
export function nameOf(stage: Stage, id: string): string {
  const element = stage.get<Registry>("elementRegistry").get(id);
  return (element?.businessObject?.name ?? "").replace(/\s+/g, " ").trim() || id;
}
