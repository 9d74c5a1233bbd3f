/** A file as text: numbered lines, and remarks at the lines they are about. */
import { h } from "../lib/dom";

export interface Remark {
  line: number;
  text: string;
  severity?: "error" | "warning";
}

const INDENT = "  ";

export class Source {
  readonly element: HTMLElement;
  private readonly area: HTMLTextAreaElement;
  private readonly gutter: HTMLElement;
  private readonly remarks: HTMLElement;
  private said: Remark[] = [];

  constructor(options: { text: string; label: string; readOnly?: boolean; onInput(): void }) {
    this.area = h("textarea", { class: "source-text", spellcheck: "false", wrap: "off", autocomplete: "off", autocapitalize: "off", "aria-label": options.label, readonly: options.readOnly ?? false });
    this.gutter = h("div", { class: "source-lines", "aria-hidden": "true" });
    this.remarks = h("ul", { class: "source-remarks" });
    this.element = h("div", { class: "source" }, h("div", { class: "source-box" }, this.gutter, this.area), this.remarks);
    this.area.addEventListener("input", () => {
      this.number();
      options.onInput();
    });
    this.area.addEventListener("scroll", () => (this.gutter.scrollTop = this.area.scrollTop));
    this.area.addEventListener("keydown", (event) => this.indent(event));
    this.text = options.text;
  }

  get text(): string {
    return this.area.value;
  }

  set text(text: string) {
    this.area.value = text;
    this.number();
  }

  /** Where somebody left off stays in view. */
  replace(text: string): void {
    const { scrollTop, selectionStart } = this.area;
    this.text = text;
    this.area.setSelectionRange(selectionStart, selectionStart);
    this.area.scrollTop = scrollTop;
  }

  say(remarks: Remark[]): void {
    this.said = remarks;
    this.number();
    this.remarks.replaceChildren(
      ...remarks.map(({ line, text, severity }) => {
        const button = h("button", { type: "button", class: "source-remark" }, h("span", { class: "source-remark-line" }, String(line)), text);
        button.addEventListener("click", () => this.show(line));
        return h("li", { class: severity === "warning" ? "is-warning" : "is-error" }, button);
      }),
    );
  }

  show(line: number): void {
    const lines = this.area.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    this.area.focus();
    this.area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    const height = parseFloat(getComputedStyle(this.area).lineHeight) || 20;
    this.area.scrollTop = Math.max(0, (line - 4) * height);
  }

  private number(): void {
    const count = this.area.value.split("\n").length;
    const bad = new Map(this.said.map(({ line, severity }) => [line, severity ?? "error"]));
    this.gutter.replaceChildren(
      ...Array.from({ length: count }, (_, index) => h("span", { class: bad.has(index + 1) ? `is-${bad.get(index + 1)}` : "" }, String(index + 1))),
    );
    this.gutter.scrollTop = this.area.scrollTop;
  }

  /** Enter keeps the indentation. The tab key goes to the next field, as everywhere. */
  private indent(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || this.area.readOnly) return;
    const { selectionStart: at, value } = this.area;
    const line = value.slice(value.lastIndexOf("\n", at - 1) + 1, at);
    const lead = /^ */.exec(line)?.[0] ?? "";
    const deeper = /:\s*$/.test(line) ? INDENT : "";
    if (!lead && !deeper) return;
    event.preventDefault();
    document.execCommand("insertText", false, `\n${lead}${deeper}`);
  }
}
