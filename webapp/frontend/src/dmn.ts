/** The editor of decision tables: dmn-js, with the file kept as it was written, and the engine deciding beside it. */
import "./studio/words";
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-font/css/dmn.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression-controls.css";
import "./css/bench.css";
import "./css/dmn.css";

import DmnModeler, { type DmnElement, type View, type Viewer } from "dmn-js/lib/Modeler";
import { h, readJson, toast } from "./lib/dom";
import { t } from "./lib/i18n";
import { type Finding, findingsOf } from "./studio/checking";
import { type Grid, Marks, placed } from "./studio/dmn/cells";
import { blank } from "./studio/dmn/blank";
import { documentation } from "./studio/dmn/documentation";
import { Lossless } from "./studio/dmn/lossless";
import { tablesOf } from "./studio/dmn/reading";
import { Trying } from "./studio/dmn/trying";
import { missing, translate } from "./studio/dmn/words";
import { builtins } from "./studio/feel";
import { loadWords } from "./studio/package-words";
import { Saving } from "./studio/saving";
import { Source } from "./studio/source";
import { type EditorIsland, type Tab, toRead, wide, Workbench } from "./studio/workbench";

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const SOURCE = "source";
const own = { translate: ["value", translate] };

class Tables {
  private readonly bench: Workbench;
  private readonly canvas = h("div", { class: "dmn-canvas" });
  private readonly marks: Marks;
  private readonly trying: Trying | null;
  private readonly about: HTMLElement;
  private readonly findings: HTMLElement;
  private readonly saving: Saving;
  private modeler!: DmnModeler;
  private file: Lossless | null = null;
  private source: Source | null = null;
  private touched = false;
  private text: string;
  private found: Finding[] = [];

  constructor(
    private readonly island: HTMLElement,
    private readonly given: EditorIsland,
  ) {
    this.text = given.text;
    this.bench = new Workbench(island);
    this.bench.stage.append(this.canvas);
    this.marks = new Marks(this.bench.stage);
    const { draft, path, version } = given;
    this.saving = new Saving({
      draft,
      path,
      version,
      url: given.urls.file,
      text: given.text,
      status: this.bench.status,
      current: () => this.current(),
      replace: (text) => this.load(text),
    });
    this.bench.tool(t("Undo"), () => this.step("undo"));
    this.bench.tool(t("Redo"), () => this.step("redo"));
    this.bench.tool(t("Check it"), () => void this.check());
    this.about = this.bench.part(t("Where the numbers come from"));
    this.findings = this.bench.part(t("What the check says"), h("p", { class: "muted" }, t("Not checked yet")));
    const trying = given.urls.try ? new Trying({ url: given.urls.try, text: () => this.current(), hit: (rules) => this.marks.hit(rules) }) : null;
    if (trying) this.bench.part(t("Try it"), trying.element);
    this.trying = trying;
  }

  async open(): Promise<void> {
    const words = await loadWords(this.given.urls.words);
    const view = { additionalModules: [own], drillDown: { enabled: true } };
    this.modeler = new DmnModeler({
      container: this.canvas,
      common: { feelLanguageContext: { builtins: builtins(words) } },
      drd: view,
      decisionTable: view,
      literalExpression: view,
      boxedExpression: view,
    });
    this.modeler.on("viewer.created", ({ viewer }) => this.watch(viewer));
    this.modeler.on("views.changed", () => this.draw());
    await this.load(this.text);
    await this.saving.recover();
    this.island.dataset["ready"] = "yes";
  }

  /** The file as it is now. Without a change by hand it is what was read, to the letter. */
  async current(): Promise<string> {
    if (this.source) this.text = this.source.text;
    else if (this.touched && this.file) this.text = await this.file.text();
    return this.text;
  }

  /** The file as it would be written now, changed or not. */
  async written(): Promise<string> {
    return this.file && this.file.unseen.length === 0 ? this.file.text() : this.current();
  }

  async load(text: string, view?: string): Promise<void> {
    this.text = text.trim() ? text : blank(this.given.path);
    this.touched = false;
    this.leaveSource();
    this.file = null;
    try {
      this.file = await Lossless.read(this.modeler, this.text);
    } catch {
      return this.openSource(t("The file cannot be read as tables. Here is its text."));
    }
    if (this.file.unseen.length > 0) {
      return this.openSource(t("The file holds what the table editor cannot show ({elements}). It is edited as text, so that nothing is lost.", { elements: this.file.unseen.join("、") }));
    }
    const views = this.modeler.getViews();
    const first = views.find(({ id }) => id === view) ?? views.find(({ type }) => type === "decisionTable") ?? views.find(({ type }) => type !== "drd") ?? views[0];
    if (!first) return this.openSource(t("The file holds no decision yet. Here is its text."));
    await this.modeler.open(first);
    this.settle();
    this.draw();
  }

  /** The overview begins beside the palette and below the file's name, not under them. */
  private settle(): void {
    if (this.modeler.getActiveView()?.type !== "drd") return;
    const canvas = this.modeler.getActiveViewer()?.get<{ viewbox(box?: Box): Box & { inner: Box } }>("canvas");
    if (!canvas) return;
    const { inner, width, height } = canvas.viewbox();
    canvas.viewbox({ x: inner.x - 100, y: inner.y - 120, width, height });
  }

  private watch(viewer: Viewer): void {
    viewer.on("commandStack.changed", ({ trigger }) => {
      if (trigger === undefined || trigger === "clear") return;
      this.changed();
    });
  }

  private changed(): void {
    this.touched = true;
    this.saving.changed();
    this.trying?.changed();
  }

  private step(what: "undo" | "redo"): void {
    if (this.source) document.execCommand(what);
    else this.modeler.getActiveViewer()?.get<{ undo(): void; redo(): void }>("commandStack")[what]();
  }

  private draw(): void {
    const views = this.file && this.file.unseen.length === 0 ? this.modeler.getViews() : [];
    const active = this.modeler.getActiveView();
    const tabs: Tab[] = views.map((view) => ({
      id: view.id,
      label: view.type === "drd" ? t("Overview") : (view.name ?? view.id),
      open: () => void this.show(view),
    }));
    tabs.push({ id: SOURCE, label: t("Source"), open: () => void this.current().then(() => this.openSource()) });
    this.bench.views(tabs, this.source ? SOURCE : (active?.id ?? ""));
    this.beside(this.source ? null : active);
  }

  private async show(view: View): Promise<void> {
    if (this.source) return this.load(this.source.text, view.id);
    await this.modeler.open(view);
    this.settle();
  }

  /** What stands beside a view: the decision's documentation, and a place to try it. */
  private beside(view: View | null): void {
    const decision = view && view.type !== "drd" ? view.element : null;
    this.about.replaceChildren(
      decision
        ? documentation(String(decision.get("description") ?? ""), (text) => {
            decision.set("description", text || undefined);
            this.changed();
          })
        : h("p", { class: "muted" }, t("Open a table to read and write where its numbers come from.")),
    );
    if (decision) this.trying?.of(decision.name ?? decision.id);
    this.paint();
  }

  private async check(): Promise<void> {
    await this.saving.now();
    const found = await findingsOf(this.given);
    if (found) this.tell(found);
    else toast(t("The server cannot be reached. Nothing was lost; try again in a moment."), "error");
  }

  private tell(found: Finding[]): void {
    this.found = found;
    const lines = found.map(({ severity, element, message, said, cells }) => {
      const place = (cells ?? []).map(({ row, column }) => (column === 0 ? t("rule {number}", { number: row }) : t("rule {row}, column {column}", { row, column }))).join("; ");
      return h("li", { class: severity === "error" ? "is-bad" : "is-open" }, element ? h("b", {}, `${element} `) : null, said || message, place ? h("span", { class: "muted" }, ` ${place}`) : null);
    });
    this.findings.replaceChildren(lines.length > 0 ? h("ul", { class: "bench-findings" }, ...lines) : h("p", { class: "is-good" }, t("✓ Nothing to say about this file.")));
    this.paint();
  }

  private paint(): void {
    const view = this.modeler?.getActiveView();
    const table = view?.element.decisionLogic;
    if (!view || !table || view.type !== "decisionTable") return;
    const ids = (list: DmnElement[] | undefined): string[] => (list ?? []).map(({ id }) => id);
    const grid: Grid = { columns: [...ids(table.input), ...ids(table.output)], rules: ids(table.rule) };
    const found = this.found.map((one) => placed(one, table.input?.length ?? 0));
    this.marks.findings(found.filter(({ element }) => !element || [view.id, view.name, table.id].includes(element)), grid);
  }

  private openSource(why = ""): void {
    this.leaveSource();
    this.source = new Source({ text: this.text, label: t("Text of {path}", { path: this.given.path }), onInput: () => this.saving.changed() });
    this.canvas.hidden = true;
    this.bench.stage.append(this.source.element);
    if (why) this.source.element.prepend(h("p", { class: "notice" }, why));
    this.draw();
  }

  private leaveSource(): void {
    this.source?.element.remove();
    this.source = null;
    this.canvas.hidden = false;
  }
}

function start(): void {
  for (const island of document.querySelectorAll<HTMLElement>('[data-island="dmn-editor"]:not([data-started])')) {
    island.dataset["started"] = "yes";
    const given = readJson<EditorIsland>(island);
    if (!wide() || given.read_only) {
      toRead(island, tablesOf(given.text), !given.read_only);
      island.dataset["ready"] = "yes";
      continue;
    }
    const tables = new Tables(island, given);
    Object.assign(island, { editor: tables });
    tables.open().catch((error: unknown) => {
      console.error(error);
      toast(t("The editor cannot be shown in this browser. Please use a current browser; nothing was lost."), "error");
    });
  }
}

start();
(window as unknown as Record<string, unknown>)["withoutChinese"] = missing;
