/**
 * Plays a counterexample step by step on a diagram: where the tokens are after each step, and the
 * sentence that tells it. Works on a viewer and on the modeler.
 */
import "../css/studio-marks.css";
import { h } from "../lib/dom";
import { t } from "../lib/i18n";
import { boxOf, type Canvas, middleOf, nameOf, type Overlays, type Registry, reveal, type Stage } from "./stage";

export interface Step {
  /** what acted */
  element: string;
  /** the flows that were passed */
  flows: string[];
  /** elements and flows that hold a token afterwards; twice for two */
  tokens: string[];
  text: string;
}

export interface Playing {
  /** shows the step of this number, from 0 */
  show(number: number): void;
  close(): void;
}

const PACE = 1600;
const OVERLAY = "played-token";

/** Puts the player into `host` and begins before the first step; `closed` is called when it goes. */
export function play(stage: Stage, steps: Step[], host: HTMLElement, title: string, closed: () => void = () => undefined): Playing {
  let at = 0;
  let timer = 0;
  const registry = stage.get<Registry>("elementRegistry");
  const canvas = stage.get<Canvas>("canvas");
  const overlays = stage.get<Overlays>("overlays");
  const marked: [id: string, marker: string][] = [];

  const button = (label: string, sign: string, act: () => void): HTMLButtonElement => {
    const made = h("button", { type: "button", class: "play-button", "aria-label": label, title: label }, sign);
    made.addEventListener("click", act);
    return made;
  };
  const back = button(t("One step back"), "◀", () => show(at - 1));
  const next = button(t("One step on"), "▶", () => show(at + 1));
  const run = h("button", { type: "button", class: "btn btn-outline btn-sm play-run" }, t("Play"));
  const close = button(t("Close"), "✕", () => end());
  const count = h("span", { class: "play-count" });
  const list = h(
    "ol",
    { class: "play-steps" },
    ...steps.map((step, index) => {
      const line = h("button", { type: "button", class: "play-step" }, step.text || nameOf(stage, step.element));
      line.addEventListener("click", () => show(index));
      return h("li", {}, line);
    }),
  );
  const told = h("p", { class: "play-told", role: "status", "aria-live": "polite" });
  const player = h(
    "section",
    { class: "player", "aria-label": title, tabindex: "-1" },
    h("div", { class: "player-head" }, h("strong", {}, title), close),
    h("div", { class: "player-tools" }, back, run, next, count),
    told,
    list,
  );

  const clear = (): void => {
    overlays.remove({ type: OVERLAY });
    for (const [id, marker] of marked.splice(0)) if (registry.get(id)) canvas.removeMarker(id, marker);
  };
  const mark = (id: string, marker: string): void => {
    if (!registry.get(id)) return;
    canvas.addMarker(id, marker);
    marked.push([id, marker]);
  };
  const draw = (): void => {
    clear();
    for (const step of steps.slice(0, at + 1)) {
      mark(step.element, "played");
      for (const flow of step.flows) mark(flow, "played");
    }
    const step = steps[at];
    if (!step) return;
    mark(step.element, "playing");
    const counts = new Map<string, number>();
    for (const id of step.tokens) counts.set(id, (counts.get(id) ?? 0) + 1);
    for (const [id, number] of counts) {
      const element = registry.get(id);
      if (!element) continue;
      const [box, middle] = [boxOf(element), middleOf(element)];
      const position = element.waypoints ? { left: middle.x - box.x - 11, top: middle.y - box.y - 11 } : { right: 11, bottom: 11 };
      overlays.add(id, OVERLAY, { position, html: h("div", { class: "token-dot", title: t("The case is here") }, number > 1 ? String(number) : "●") });
    }
    reveal(stage, registry.get(step.element) ? step.element : (step.tokens[0] ?? ""));
  };
  const show = (number: number): void => {
    at = Math.max(0, Math.min(steps.length - 1, number));
    draw();
    told.textContent = steps[at]?.text ?? "";
    count.textContent = t("Step {number} of {all}", { number: at + 1, all: steps.length });
    back.disabled = at === 0;
    next.disabled = at === steps.length - 1;
    for (const [index, line] of [...list.children].entries()) {
      line.classList.toggle("is-now", index === at);
      if (index === at) line.setAttribute("aria-current", "step");
      else line.removeAttribute("aria-current");
    }
    const line = list.children[at];
    if (line instanceof HTMLElement) list.scrollTop = line.offsetTop - list.clientHeight / 2;
    if (at === steps.length - 1) stop();
  };
  const stop = (): void => {
    window.clearInterval(timer);
    timer = 0;
    run.textContent = at === steps.length - 1 ? t("Play again") : t("Play");
  };
  const start = (): void => {
    if (at === steps.length - 1) show(0);
    window.clearInterval(timer);
    timer = window.setInterval(() => show(at + 1), PACE);
    run.textContent = t("Pause");
  };
  run.addEventListener("click", () => (timer ? stop() : start()));
  const end = (): void => {
    stop();
    clear();
    player.remove();
    closed();
  };
  player.addEventListener("keydown", (event) => {
    const acts: Record<string, () => void> = {
      ArrowRight: () => show(at + 1),
      ArrowLeft: () => show(at - 1),
      Home: () => show(0),
      End: () => show(steps.length - 1),
      Escape: end,
    };
    const act = acts[event.key];
    event.stopPropagation();
    if (!act) return;
    event.preventDefault();
    act();
  });

  host.append(player);
  show(0);
  player.focus({ preventScroll: true });
  return { show, close: end };
}
