import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./css/viewer.css";

import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { h, readJson } from "./lib/dom";
import { t } from "./lib/i18n";
import type { Mark } from "./studio/marks";

interface Diagram {
  xml: string;
  /** ids of elements and sequence flows that were passed, and of those that are open now */
  done?: string[];
  flows?: string[];
  current?: string[];
  /** what the diagram is, for people who listen; and one text per current element */
  labels?: { title?: string; elements?: Record<string, string> };
  /** numbers on elements, drawn by the studio's marks, with a legend and a list */
  marks?: Record<string, Mark>;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Canvas {
  addMarker(id: string, marker: string): void;
  viewbox(box?: Box): { inner: Box; outer: { width: number; height: number } };
  zoom(): number;
  zoom(level: number, center?: { x: number; y: number } | "auto"): number;
  resized(): void;
}

interface Registry {
  get(id: string): (Box & { id: string; waypoints?: unknown[] }) | undefined;
}

interface Overlays {
  add(id: string, type: string, overlay: { position: Record<string, number>; html: HTMLElement }): string;
}

const PADDING = 28;

async function mount(island: HTMLElement): Promise<void> {
  const diagram = readJson<Diagram>(island);
  const stage = h("div", { class: "diagram-stage", role: "region", "aria-label": diagram.labels?.title ?? t("Diagram of the process") });
  island.replaceChildren(...island.querySelectorAll("script"), stage);

  const viewer = new NavigatedViewer({ container: stage, zoomScroll: { enabled: false } });
  await viewer.importXML(diagram.xml);
  const canvas = viewer.get<Canvas>("canvas");
  const registry = viewer.get<Registry>("elementRegistry");
  const overlays = viewer.get<Overlays>("overlays");

  const mark = (ids: string[] | undefined, marker: string): void => {
    for (const id of ids ?? []) if (registry.get(id)) canvas.addMarker(id, marker);
  };
  mark(diagram.done, "is-done");
  mark(diagram.flows, "is-done");
  mark(diagram.current, "is-current");
  for (const id of diagram.current ?? []) {
    if (!registry.get(id)) continue;
    const text = diagram.labels?.elements?.[id] ?? t("Now");
    overlays.add(id, "current", { position: { top: -12, left: 10 }, html: h("div", { class: "diagram-flag" }, text) });
  }

  if (diagram.marks) {
    const studio = await import("./studio/heat");
    studio.mark(viewer, diagram.marks, island);
  }

  const fit = (): void => {
    canvas.resized();
    const { inner, outer } = canvas.viewbox();
    if (outer.width === 0 || inner.width === 0) return;
    const current = registry.get(diagram.current?.[0] ?? "");
    const scale = Math.min(1, (outer.width - 2 * PADDING) / inner.width, (outer.height - 2 * PADDING) / inner.height);
    if (scale < 0.55 && current) return show(current, 0.8, outer);
    show(inner, scale, outer);
  };
  const show = (what: Box, scale: number, outer: { width: number; height: number }): void => {
    const width = outer.width / scale;
    const height = outer.height / scale;
    canvas.viewbox({ x: what.x + what.width / 2 - width / 2, y: what.y + what.height / 2 - height / 2, width, height });
  };

  const tool = (label: string, sign: string, act: () => void): HTMLButtonElement => {
    const button = h("button", { type: "button", class: "diagram-tool", "aria-label": label, title: label }, sign);
    button.addEventListener("click", act);
    return button;
  };
  // Tools sit at the top: the lower right corner belongs to the bpmn.io mark.
  stage.append(
    h(
      "div",
      { class: "diagram-tools" },
      tool(t("Larger"), "+", () => canvas.zoom(Math.min(2.5, canvas.zoom() * 1.25))),
      tool(t("Smaller"), "−", () => canvas.zoom(Math.max(0.2, canvas.zoom() / 1.25))),
      tool(t("Show the whole diagram"), "⤢", () => {
        const { inner, outer } = canvas.viewbox();
        show(inner, Math.min(1, (outer.width - 2 * PADDING) / inner.width, (outer.height - 2 * PADDING) / inner.height), outer);
      }),
    ),
  );

  fit();
  if ("ResizeObserver" in window) {
    let width = stage.clientWidth;
    new ResizeObserver(() => {
      if (stage.clientWidth === width) return;
      width = stage.clientWidth;
      fit();
    }).observe(stage);
  }
  island.dataset["ready"] = "yes";
}

function fail(island: HTMLElement, error: unknown): void {
  console.error(error);
  island.append(h("p", { class: "empty" }, t("The diagram cannot be shown in this browser. The step list says the same.")));
}

/** Starts the islands that have not been started. A diagram in a closed <details> is drawn when it is opened. */
export function start(): void {
  for (const island of document.querySelectorAll<HTMLElement>('[data-island="viewer"]:not([data-started])')) {
    island.dataset["started"] = "yes";
    const fold = island.closest("details");
    const draw = (): void => void mount(island).catch((error: unknown) => fail(island, error));
    if (!fold || fold.open) draw();
    else fold.addEventListener("toggle", draw, { once: true });
  }
}

start();
