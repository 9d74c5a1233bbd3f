/**
 * Two diagrams of one process, before and after, with marks on what differs. They move together, and a line of
 * the list shows its element in both. Everything they say stands in the list, too.
 */
import "./studio/words";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./css/viewer.css";
import "./css/differences.css";

import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { h, readJson } from "./lib/dom";
import { t } from "./lib/i18n";
import { type Mark, mark } from "./studio/marks";
import { type Canvas, fit, type Registry, reveal, type Stage } from "./studio/stage";

interface Side {
  xml: string | null;
  marks: Record<string, Mark>;
}

interface Both {
  before: Side;
  after: Side;
  titles: { before: string; after: string };
}

type Which = "before" | "after";
type View = Which | "both";

interface Drawn {
  stage: Stage;
  element: HTMLElement;
}

interface Events {
  on(event: string, listener: () => void): void;
}

const READABLE = 0.4;
const NARROW = "(max-width: 767.98px)";

async function draw(side: Side, title: string, which: Which): Promise<{ drawn: Drawn | null; element: HTMLElement }> {
  const holder = h("div", { class: "diagram-stage", role: "region", "aria-label": title, tabindex: "0" });
  const element = h("div", { class: `diff-side diff-side-${which}` }, h("h3", { class: "diff-side-title" }, title), holder);
  if (side.xml === null) {
    holder.append(h("p", { class: "empty" }, t("There is no diagram here.")));
    return { drawn: null, element };
  }
  const viewer = new NavigatedViewer({ container: holder, zoomScroll: { enabled: false } });
  try {
    await viewer.importXML(side.xml);
  } catch (error) {
    console.error(error);
    holder.replaceChildren(h("p", { class: "empty" }, t("This diagram cannot be drawn.")));
    return { drawn: null, element };
  }
  mark(viewer, side.marks);
  return { drawn: { stage: viewer, element: holder }, element };
}

async function mount(island: HTMLElement): Promise<void> {
  const both = readJson<Both>(island);
  const before = await draw(both.before, both.titles.before, "before");
  const after = await draw(both.after, both.titles.after, "after");
  const pair = h("div", { class: "diff-pair" }, before.element, after.element);
  const sides = [before.drawn, after.drawn].filter((one): one is Drawn => one !== null);
  const bar = h("div", { class: "diff-bar" });
  island.replaceChildren(...island.querySelectorAll("script"), bar, pair);

  const views: [View, string][] = [
    ["both", t("Side by side")],
    ["before", t("Before")],
    ["after", t("After")],
  ];
  const buttons = views.map(([view, text]) => {
    const button = h("button", { type: "button", class: "choice", "aria-pressed": "false" }, text);
    button.addEventListener("click", () => look(view));
    return { view, button };
  });
  const zoom = (factor: number): void => {
    for (const { stage, element } of sides) {
      if (element.clientWidth === 0) continue;
      const canvas = stage.get<Canvas>("canvas");
      canvas.zoom(Math.max(0.1, Math.min(2.5, canvas.zoom() * factor)), "auto");
      return; // the other side follows
    }
  };
  const tool = (label: string, sign: string, act: () => void): HTMLElement => {
    const button = h("button", { type: "button", class: "choice", "aria-label": label, title: label }, sign);
    button.addEventListener("click", act);
    return button;
  };
  const whole = (): void => {
    for (const { stage, element } of sides) if (element.clientWidth > 0) fit(stage);
  };
  bar.append(
    h("div", { class: "choices", role: "group", "aria-label": t("Which diagram") }, ...buttons.map(({ button }) => button)),
    h("div", { class: "choices", role: "group", "aria-label": t("Zoom") }, tool(t("Larger"), "+", () => zoom(1.25)), tool(t("Smaller"), "−", () => zoom(0.8)), tool(t("Show the whole diagram"), "⤢", whole)),
  );

  function look(view: View): void {
    pair.className = `diff-pair is-${view}`;
    for (const one of buttons) one.button.setAttribute("aria-pressed", String(one.view === view));
    for (const { stage } of sides) stage.get<Canvas>("canvas").resized();
    again();
  }

  const again = together(sides, whole);
  look(window.matchMedia(NARROW).matches ? "after" : "both");
  // Of a large diagram the whole is too small to read: begin where the first difference is.
  const main = after.drawn ?? before.drawn;
  const first = Object.keys(after.drawn ? both.after.marks : both.before.marks)[0];
  if (main && first && main.element.clientWidth > 0 && main.stage.get<Canvas>("canvas").zoom() < READABLE) reveal(main.stage, first);
  listen(island, { before: before.drawn, after: after.drawn }, () => pair.className, look);
  island.dataset["ready"] = "yes";
}

/** What is moved or enlarged on one side is on the other, too; gives back how a side that was hidden catches up. */
function together(sides: Drawn[], whole: () => void): () => void {
  let moving = false;
  let last: { x: number; y: number; scale: number } | null = null;
  const follow = (except?: Stage): void => {
    for (const { stage, element } of sides) {
      if (stage === except || !last || element.clientWidth === 0) continue;
      const canvas = stage.get<Canvas>("canvas");
      const { outer } = canvas.viewbox();
      canvas.viewbox({ x: last.x, y: last.y, width: outer.width / last.scale, height: outer.height / last.scale });
    }
  };
  const still = (act: () => void): void => {
    moving = true;
    act();
    moving = false;
  };
  for (const { stage, element } of sides) {
    stage.get<Events>("eventBus").on("canvas.viewbox.changed", () => {
      if (moving || element.clientWidth === 0) return;
      const { x, y, scale } = stage.get<Canvas>("canvas").viewbox();
      last = { x, y, scale };
      still(() => follow(stage));
    });
  }
  return () => {
    if (last) still(() => follow());
    else whole();
  };
}

/** The lines of the list show their element. */
function listen(island: HTMLElement, drawn: Record<Which, Drawn | null>, now: () => string, look: (view: View) => void): void {
  const fold = island.closest("details");
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-element]")) {
    const id = button.dataset["element"] ?? "";
    const ids: Record<Which, string> = { before: button.dataset["was"] ?? id, after: id };
    const there = (which: Which): boolean => drawn[which]?.stage.get<Registry>("elementRegistry").get(ids[which]) !== undefined;
    if (!there("before") && !there("after")) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      if (fold) fold.open = true;
      if (now().endsWith("is-after") && !there("after")) look("before");
      if (now().endsWith("is-before") && !there("before")) look("after");
      show(drawn, ids, there);
      (fold ?? island).scrollIntoView({ block: "start" });
      const side = there("after") && !now().endsWith("is-before") ? drawn.after : drawn.before;
      side?.element.focus({ preventScroll: true });
    });
  }
}

let looked: { canvas: Canvas; id: string }[] = [];

function show(drawn: Record<Which, Drawn | null>, ids: Record<Which, string>, there: (which: Which) => boolean): void {
  for (const { canvas, id } of looked) canvas.removeMarker(id, "is-looked-at");
  looked = [];
  for (const which of ["before", "after"] as const) {
    const side = drawn[which];
    if (!side || !there(which)) continue;
    const canvas = side.stage.get<Canvas>("canvas");
    if (side.element.clientWidth > 0) reveal(side.stage, ids[which]);
    canvas.addMarker(ids[which], "is-looked-at");
    looked.push({ canvas, id: ids[which] });
  }
}

function begin(island: HTMLElement): void {
  island.dataset["started"] = "yes";
  const fold = island.closest("details");
  const start = (): void =>
    void mount(island).catch((error: unknown) => {
      console.error(error);
      island.append(h("p", { class: "empty" }, t("The diagrams cannot be shown in this browser. The list says the same.")));
    });
  if (!fold) return start();
  // On a phone the list comes first; where there is room, the diagrams are seen at once.
  fold.addEventListener("toggle", start, { once: true });
  if (!window.matchMedia(NARROW).matches) fold.open = true;
}

for (const island of document.querySelectorAll<HTMLElement>('[data-island="differences"]:not([data-started])')) begin(island);
