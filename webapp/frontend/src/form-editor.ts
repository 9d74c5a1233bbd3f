/** The editor of forms: form-js's canvas and palette with our fields, a panel of our own, and the real form to try. */
import "./studio/words";
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor-base.css";
import "@bpmn-io/form-js-editor/dist/assets/dragula.css";
import "./css/form.css";
import "./css/bench.css";
import "./css/form-editor.css";

import { FormEditor } from "@bpmn-io/form-js-editor";
import { h as make, render } from "preact";
import { fieldsModule } from "./form/fields";
import { h, readJson, toast } from "./lib/dom";
import { t } from "./lib/i18n";
import { indentOf, type Json, merged, written } from "./studio/forms/merge";
import { offeredModule, withoutPanel } from "./studio/forms/palette";
import { type EditedField, Panel } from "./studio/forms/panel";
import { ask, type Fault, Preview, type Said } from "./studio/forms/preview";
import { loadWords, NO_WORDS, type Words } from "./studio/package-words";
import { Saving } from "./studio/saving";
import { Source } from "./studio/source";
import { type EditorIsland, toRead, wide, Workbench } from "./studio/workbench";

type View = "edit" | "preview" | "source";

interface Editor {
  get<T>(service: string): T;
  on(event: string, act: (event: { selection?: EditedField }) => void): void;
  importSchema(schema: unknown): Promise<unknown>;
  getSchema(): Json;
  _getState(): { schema: EditedField | null };
}

class Forms {
  private readonly bench: Workbench;
  private readonly canvas = h("div", { class: "form-canvas" });
  private readonly marks = h("style");
  private readonly preview = new Preview(() => void this.judge());
  private readonly context = h("textarea", { class: "form-control form-control-sm", rows: "3", id: "context", placeholder: '{"applicant": {"name": "…"}}', spellcheck: "false" });
  private readonly panel: HTMLElement;
  private readonly said: HTMLElement;
  private readonly saving: Saving;
  private readonly editor: Editor;
  private source: Source | null = null;
  private view: View = "edit";
  private words: Words = NO_WORDS;
  private file: Json = {};
  private before: Json = {};
  private text: string;
  private touched = false;
  private timer = 0;
  private asked = 0;
  private people: Said["people"] = {};

  constructor(
    private readonly island: HTMLElement,
    private readonly given: EditorIsland,
  ) {
    this.text = given.text;
    this.bench = new Workbench(island);
    this.bench.stage.append(this.canvas, this.preview.element, this.marks);
    const { draft, path, version } = given;
    this.saving = new Saving({ draft, path, version, url: given.urls.file, text: given.text, status: this.bench.status, current: () => this.current(), replace: (text) => this.load(text) });
    this.bench.tool(t("Undo"), () => this.step("undo"));
    this.bench.tool(t("Redo"), () => this.step("redo"));
    this.panel = this.bench.part(t("The chosen field"));
    this.said = this.bench.part(t("What the server says"), h("p", { class: "muted" }, t("Not checked yet")));
    this.bench.part(t("What the case holds already"), h("label", { class: "form-label", for: "context" }, t("For conditions that look at other forms (JSON)")), this.context);
    this.context.addEventListener("change", () => void this.again());
    const Edited = FormEditor as unknown as new (options: Record<string, unknown>) => Editor & { _getModules(): Record<string, unknown>[] };
    class Ours extends Edited {
      override _getModules(): Record<string, unknown>[] {
        return super._getModules().filter((module) => !("propertiesPanel" in module));
      }
    }
    this.editor = new Ours({
      container: this.canvas,
      // Somewhere else than beside the canvas: there is none.
      propertiesPanel: { parent: h("div") },
      additionalModules: [fieldsModule({ schema: {} }, true), offeredModule, withoutPanel],
    });
    this.editor.on("changed", () => this.draw());
    this.editor.on("selection.changed", () => this.draw());
    this.editor.on("commandStack.changed", () => this.changed());
  }

  async open(): Promise<void> {
    this.words = await loadWords(this.given.urls.words);
    await this.load(this.text);
    await this.saving.recover();
    this.island.dataset["ready"] = "yes";
  }

  /** The form as it is now. Without a change by hand it is what was read, to the letter. */
  current(): string {
    if (this.source) this.text = this.source.text;
    else if (this.touched) this.text = this.written();
    return this.text;
  }

  /** The form as it would be written now, changed or not. */
  written(): string {
    return this.source ? this.source.text : written(merged(this.file, this.before, this.editor.getSchema()), indentOf(this.text));
  }

  async load(text: string, view: View = this.view): Promise<void> {
    this.text = text.trim() ? text : written({ type: "default", schemaVersion: 18, id: nameOf(this.given.path), components: [] }, "  ");
    this.touched = false;
    this.leaveSource();
    try {
      this.file = JSON.parse(this.text) as Json;
      await this.editor.importSchema(this.file);
      this.before = structuredClone(this.editor.getSchema());
    } catch (error) {
      return this.openSource(t("The form cannot be drawn: {reason}. Here is its text.", { reason: reasonOf(error) }));
    }
    await this.open_(view);
    void this.judge();
  }

  private async open_(view: View): Promise<void> {
    if (view === "source") return this.openSource();
    if (this.source) return this.load(this.source.text, view);
    this.view = view;
    if (view === "preview") await this.again();
    this.arrange();
  }

  private arrange(): void {
    this.canvas.hidden = this.view !== "edit";
    this.preview.element.hidden = this.view !== "preview";
    this.bench.views(
      (["edit", "preview", "source"] as const).map((id) => ({ id, label: { edit: t("Edit"), preview: t("Preview"), source: t("Source") }[id], open: () => void this.open_(id) })),
      this.view,
    );
    this.draw();
  }

  private async again(): Promise<void> {
    if (this.view !== "preview") return;
    let context: Record<string, unknown> = {};
    try {
      context = JSON.parse(this.context.value || "{}") as Record<string, unknown>;
      this.context.classList.remove("is-invalid");
    } catch {
      this.context.classList.add("is-invalid");
    }
    await this.preview.show(JSON.parse(this.current()) as Record<string, unknown>, context, this.people).catch((error: unknown) => toast(reasonOf(error), "error"));
    void this.judge();
  }

  private changed(): void {
    this.touched = true;
    this.saving.changed();
    this.later();
  }

  private later(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.judge(), 500);
  }

  private step(what: "undo" | "redo"): void {
    if (this.source) document.execCommand(what);
    else this.editor.get<{ undo(): void; redo(): void }>("commandStack")[what]();
  }

  /** What the server's compiler says of the form, and of what was typed into the preview. */
  private async judge(): Promise<void> {
    if (!this.given.urls.try) return;
    const number = (this.asked += 1);
    const said = await ask(this.given.urls.try, this.current(), this.view === "preview" ? this.preview.values() : null, this.context.value);
    if (number !== this.asked) return;
    if (!said) {
      this.said.replaceChildren(h("p", { class: "is-bad" }, t("The server cannot be reached. Nothing was lost; try again in a moment.")));
      return;
    }
    this.people = said.people;
    this.tell(said);
    if (this.view === "preview") this.preview.say(said.errors);
  }

  private tell({ findings, errors, kept }: Said): void {
    const lines = findings.map((one) => this.line(one));
    const tried = this.view === "preview" && findings.every(({ severity }) => severity !== "error");
    this.said.replaceChildren(
      lines.length > 0 ? h("ul", { class: "bench-findings" }, ...lines) : h("p", { class: "is-good" }, t("✓ The server can use this form.")),
      ...(tried && errors.length > 0 ? [h("p", { class: "is-open" }, t("{count} entries would be refused.", { count: errors.length })), h("ul", { class: "bench-findings" }, ...errors.map(({ path, message }) => h("li", {}, h("b", {}, `${path} `), message)))] : []),
      ...(tried && errors.length === 0 ? [h("p", { class: "is-good" }, t("✓ What was typed would be taken.")), h("dl", { class: "preview-kept" }, ...kept.flatMap(({ name, value }) => [h("dt", {}, name), h("dd", {}, value)]))] : []),
    );
    this.marks.textContent = findings
      .map(({ element, severity }) => ({ field: this.fieldOf(element), severity }))
      .filter(({ field }) => field)
      .map(({ field, severity }) => `.fjs-element[data-id="${CSS.escape(field?.id ?? "")}"]{box-shadow:inset 0 0 0 2px ${severity === "error" ? "#b42318" : "#c98a00"}}`)
      .join("\n");
  }

  private line({ element, severity, message }: Fault): HTMLElement {
    const field = this.fieldOf(element);
    const name = String(field?.["label"] ?? field?.["dateLabel"] ?? element);
    const button = h("button", { type: "button", class: "btn-link-plain" }, name || t("The form"));
    button.addEventListener("click", () => {
      if (field) void this.open_("edit").then(() => this.editor.get<{ set(field: EditedField): void }>("selection").set(field));
    });
    return h("li", { class: severity === "error" ? "is-bad" : "is-open" }, field ? button : h("b", {}, name), ` ${message}`);
  }

  private all(): EditedField[] {
    const inside = (field: EditedField): EditedField[] => [field, ...(field.components ?? []).flatMap(inside)];
    return (this.editor._getState().schema?.components ?? []).flatMap(inside);
  }

  private fieldOf(element: string): EditedField | undefined {
    return element ? this.all().find((field) => [field["key"], field["path"], field.id].includes(element)) : undefined;
  }

  private draw(): void {
    const chosen = this.editor.get<{ get(): EditedField | null }>("selection").get();
    const field = this.view === "edit" && chosen && chosen.type !== "default" ? chosen : null;
    if (!field) {
      render(make("p", { class: "muted" }, this.view === "edit" ? t("Choose a field to say more about it; drag it to move it.") : t("Fields are changed in the view “Edit”.")), this.panel);
      return;
    }
    const taken = new Set(this.all().filter((other) => other !== field && other["_parent"] === field["_parent"]).map((other) => String(other["key"] ?? other["path"] ?? "")));
    render(
      make(Panel, {
        key: field.id,
        field,
        words: this.words,
        taken,
        edit: (changes) => this.editor.get<{ editFormField(field: EditedField, changes: Record<string, unknown>): void }>("modeling").editFormField(field, changes),
      }),
      this.panel,
    );
  }

  private openSource(why = ""): void {
    const text = this.current();
    this.leaveSource();
    this.view = "source";
    this.source = new Source({
      text,
      label: t("Text of {path}", { path: this.given.path }),
      onInput: () => {
        this.saving.changed();
        this.later();
      },
    });
    this.bench.stage.append(this.source.element);
    if (why) this.source.element.prepend(h("p", { class: "notice" }, why));
    this.arrange();
    this.later();
  }

  private leaveSource(): void {
    this.source?.element.remove();
    this.source = null;
    if (this.view === "source") this.view = "edit";
  }
}

const nameOf = (path: string): string => (path.split("/").pop() ?? "").replace(/\.json$/, "");
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function start(): void {
  for (const island of document.querySelectorAll<HTMLElement>('[data-island="form-editor"]:not([data-started])')) {
    island.dataset["started"] = "yes";
    const given = readJson<EditorIsland>(island);
    if (!wide() || given.read_only) {
      const preview = new Preview();
      toRead(island, preview.element, !given.read_only);
      void preview.show(JSON.parse(given.text) as Record<string, unknown>, {}, {}).catch(() => preview.element.append(h("pre", {}, given.text))).then(() => (island.dataset["ready"] = "yes"));
      continue;
    }
    const forms = new Forms(island, given);
    Object.assign(island, { editor: forms });
    forms.open().catch((error: unknown) => {
      console.error(error);
      toast(t("The editor cannot be shown in this browser. Please use a current browser; nothing was lost."), "error");
    });
  }
}

start();
