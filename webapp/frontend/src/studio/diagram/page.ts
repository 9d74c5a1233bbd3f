/** The page of a draft's diagram: the editor on a desk, a picture with its findings on a phone. */
import { BpmnPropertiesPanelModule } from "bpmn-js-properties-panel";
import simulationModule from "bpmn-js-token-simulation";
import Modeler from "bpmn-js/lib/Modeler";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import minimapModule from "diagram-js-minimap";
import gongban from "../../../../../schemas/gongban-moddle.json";
import { h } from "../../lib/dom";
import { t } from "../../lib/i18n";
import { FindingsPanel } from "../findings";
import { loadWords, NO_WORDS } from "../package-words";
import type { Links } from "../properties/panel";
import { propertiesModule } from "../properties/provider";
import { Saving } from "../saving";
import { type Canvas, fit, reveal, type Stage } from "../stage";
import { Coverage } from "./coverage";
import { opener } from "./files";
import type { DiagramIsland } from "./given";
import { offeredModule } from "./offered";
import { orderModule } from "./order";
import { referencesModule } from "./references";
import spiff from "./spiff.json";
import { DiagramText, type Writer } from "./text";
import { tool, toolbar } from "./toolbar";
import { translationModule, untranslated } from "./translation";
import type { Drawn, EventBus } from "./types";

/** Below this width nothing is edited: palette, drawing and panel have no room beside one another. */
export const NARROWEST = 900;

/** Parts of the panel that are open from the start. */
const OPEN = ["general", "who", "outcomes", "due-section", "ability", "arguments", "decision", "flow", "ways", "timer", "message", "error"];

type Library = Stage & Writer & { attachTo?(host: HTMLElement): void };

export async function openDiagram(island: HTMLElement, given: DiagramIsland): Promise<void> {
  const narrow = window.innerWidth < NARROWEST;
  const editing = !given.read_only && !narrow;
  const stage = h("div", { class: "modeler-stage" });
  const panel = h("div", { class: "modeler-panel" });
  const side = h("aside", { class: "modeler-side", "aria-label": t("Properties and findings") });
  const main = h("div", { class: "modeler-main" }, h("div", { class: "modeler-canvas", role: "region", "aria-label": t("Diagram of the process") }, stage), side);
  const links: Links = given.urls;
  const words = { current: NO_WORDS };
  const library = editing ? modeler(stage, panel, { words, readOnly: false, links }) : viewer(stage);
  const bar = toolbar(library, editing);
  island.replaceChildren(...island.querySelectorAll("script"));
  if (narrow && !given.read_only) island.append(h("p", { class: "notice notice-info" }, t("Editing needs a wider window. Here you see the diagram and its findings.")));
  island.append(bar.element, main);
  island.classList.toggle("is-narrow", narrow);
  island.closest(".page")?.classList.add("page-drawing");
  if (editing) fill(island);

  const text = new DiagramText(library);
  const selection = (): { select(element: Drawn): void } | null => (editing ? library.get("selection") : null);
  const registry = library.get<{ get(id: string): Drawn | undefined }>("elementRegistry");
  const saving = new Saving({
    draft: given.draft,
    path: given.path,
    url: given.urls.file,
    text: given.text,
    version: given.version,
    readOnly: !editing,
    status: bar.status,
    current: () => text.now(),
    replace: async (other) => {
      await text.open(other);
      fit(library);
      findings.changed();
    },
  });
  const save = (): Promise<boolean> => saving.now();
  const findings = new FindingsPanel(library, given.path, given.urls.check, save, (id) => {
    const element = registry.get(id);
    if (element) selection()?.select(element);
  });
  const covered = h("div", { class: "modeler-coverage" });
  side.append(...(editing ? [panel] : []), covered, findings.element);

  await text.open(given.text);
  fit(library);
  library.get<EventBus>("eventBus").on("commandStack.changed", () => {
    saving.changed();
    findings.changed();
  });
  bar.add(whole(library, island));
  if (editing) {
    simulation(library, island, bar.add);
    bar.add(opener(bar.status, () => text.now(), async (other) => {
      await text.open(other);
      fit(library);
      saving.changed();
      findings.changed();
      await save();
    }));
    island.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      // What is being typed is taken first.
      const at = document.activeElement;
      if (at instanceof HTMLElement) {
        at.blur();
        at.focus({ preventScroll: true });
      }
      window.setTimeout(() => void save(), 0);
    }, { capture: true });
  }
  if (given.urls.coverage) scenarios(library, given.urls.coverage, covered, save, bar.add);
  if (given.findings) findings.show({ findings: given.findings });
  const known = loadWords(given.urls.words).then((loaded) => {
    words.current = loaded;
    library.get<EventBus>("eventBus").fire("propertiesPanel.providersChanged");
  });
  if (!(await saving.recover()) && !given.findings) void findings.check();
  await known;
  Object.assign(window, { gongbanUntranslated: untranslated });
  lookAt(library, decodeURIComponent(window.location.hash.slice(1)), selection());
  island.dataset["ready"] = editing ? "editing" : "looking";
  resized(library, stage);
}

function modeler(container: HTMLElement, panel: HTMLElement, studio: Record<string, unknown>): Library {
  return new Modeler({
    container,
    propertiesPanel: { parent: panel, layout: { open: true, groups: Object.fromEntries(OPEN.map((id) => [id, { open: true }])) } },
    studio,
    moddleExtensions: { gongban, spiffworkflow: spiff },
    additionalModules: [BpmnPropertiesPanelModule, minimapModule, simulationModule, translationModule, offeredModule, orderModule, referencesModule, propertiesModule],
  } as unknown as ConstructorParameters<typeof Modeler>[0]) as unknown as Library;
}

function viewer(container: HTMLElement): Library {
  return new NavigatedViewer({ container, moddleExtensions: { gongban, spiffworkflow: spiff }, additionalModules: [translationModule, orderModule, referencesModule, { __init__: [], commandStack: ["value", { registerHandler: () => undefined }] }] } as unknown as ConstructorParameters<typeof NavigatedViewer>[0]) as unknown as Library;
}

/** The element an address names: a finding on another page leads here. */
function lookAt(library: Library, id: string, selection: { select(element: Drawn): void } | null): void {
  const element = id ? library.get<{ get(id: string): Drawn | undefined }>("elementRegistry").get(id) : undefined;
  if (!element) return;
  selection?.select(element);
  reveal(library, id);
}

/** As high as the window allows. */
function fill(island: HTMLElement): void {
  const set = (): void => {
    const top = island.getBoundingClientRect().top + window.scrollY;
    island.style.height = `${Math.max(520, window.innerHeight - top - 12)}px`;
  };
  set();
  window.addEventListener("resize", set);
}

/** The editor over the whole window, and back. */
function whole(library: Library, island: HTMLElement): HTMLElement {
  const button = tool(t("Fill the window"), "", () => set(!island.classList.contains("is-whole")), true);
  const set = (on: boolean): void => {
    island.classList.toggle("is-whole", on);
    button.setAttribute("aria-pressed", String(on));
    window.setTimeout(() => fit(library), 0);
  };
  button.setAttribute("aria-pressed", "false");
  return button;
}

function resized(library: Library, stage: HTMLElement): void {
  if ("ResizeObserver" in window) new ResizeObserver(() => library.get<Canvas>("canvas").resized()).observe(stage);
}

function simulation(library: Library, island: HTMLElement, add: (button: HTMLElement) => void): void {
  // The library's own switch speaks English and has no place in the bar.
  document.querySelector(".bts-toggle-mode")?.remove();
  const button = tool(t("Try with tokens"), "●", () => library.get<{ toggleMode(): void }>("toggleMode").toggleMode(), true);
  button.setAttribute("aria-pressed", "false");
  library.get<EventBus>("eventBus").on("tokenSimulation.toggleMode", ((event: { active: boolean }) => {
    button.setAttribute("aria-pressed", String(event.active));
    island.classList.toggle("is-simulating", event.active);
  }) as (event: never) => void);
  add(button);
}

function scenarios(library: Library, url: string, host: HTMLElement, save: () => Promise<boolean>, add: (button: HTMLElement) => void): void {
  const coverage = new Coverage(library, url, host, save);
  const button = tool(t("Play the scenarios"), "▶", () => {
    if (coverage.shown) {
      coverage.clear();
      button.setAttribute("aria-pressed", "false");
      return;
    }
    button.disabled = true;
    void coverage.show().then((done) => {
      button.disabled = false;
      button.setAttribute("aria-pressed", String(done));
    });
  }, true);
  button.setAttribute("aria-pressed", "false");
  add(button);
  library.get<EventBus>("eventBus").on("commandStack.changed", () => {
    if (!coverage.shown) return;
    coverage.clear();
    button.setAttribute("aria-pressed", "false");
  });
}
