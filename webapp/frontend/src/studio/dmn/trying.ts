/** "Try it": inputs are typed, the server decides with the engine, and the rules that were met are shown in the table. */
import { csrfToken, h } from "../../lib/dom";
import { t } from "../../lib/i18n";

interface Answer {
  inputs: { name: string; type: string; hint: string }[];
  value: string;
  tables: { id: string; table: string; matched: { id: string; rule: number; outputs: { name: string; value: string }[] }[]; inputs: { text: string; value: string }[] }[];
  problems: string[];
  fault: string;
}

export class Trying {
  readonly element = h("div", { class: "stack-tight" });
  private readonly fields = h("div", { class: "trying-fields" });
  private readonly result = h("div", { class: "trying-result", role: "status", "aria-live": "polite" });
  private values: Record<string, string> = {};
  private decision = "";
  private asked = 0;
  private timer = 0;

  constructor(
    private readonly options: { url: string; text(): Promise<string>; hit(rules: string[]): void },
  ) {
    const button = h("button", { type: "button", class: "btn btn-outline btn-sm" }, t("Decide"));
    button.addEventListener("click", () => void this.ask());
    this.element.append(this.fields, button, this.result);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target instanceof HTMLInputElement && !event.isComposing) void this.ask();
    });
  }

  /** Another decision is looked at: its inputs are asked for. */
  of(decision: string): void {
    if (decision === this.decision) return;
    this.decision = decision;
    this.options.hit([]);
    this.result.replaceChildren();
    void this.ask(true);
  }

  /** The table has changed: what was decided may be decided otherwise. */
  changed(): void {
    if (this.result.childElementCount === 0) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), 600);
  }

  private async ask(onlyInputs = false): Promise<void> {
    const number = (this.asked += 1);
    let answer: Answer;
    try {
      const reply = await fetch(this.options.url, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
        body: JSON.stringify({ text: await this.options.text(), decision: this.decision, inputs: this.values }),
      });
      if (!reply.ok) throw new Error(String(reply.status));
      answer = (await reply.json()) as Answer;
    } catch {
      if (number === this.asked && !onlyInputs) this.result.replaceChildren(h("p", { class: "is-bad" }, t("The server cannot be reached. Nothing was lost; try again in a moment.")));
      return;
    }
    if (number !== this.asked) return;
    this.show(answer.inputs);
    if (!onlyInputs) this.tell(answer);
  }

  private show(inputs: Answer["inputs"]): void {
    const shown = Array.from(this.fields.querySelectorAll("input"), ({ name }) => name).join();
    if (shown === inputs.map(({ name }) => name).join() && this.fields.childElementCount > 0) return;
    this.fields.replaceChildren(
      ...inputs.map(({ name, hint }) => {
        const id = `try-${name}`;
        const input = h("input", { type: "text", class: "form-control form-control-sm", id, name, placeholder: hint, autocomplete: "off" });
        input.value = this.values[name] ?? "";
        input.addEventListener("input", () => (this.values[name] = input.value));
        return h("div", {}, h("label", { class: "form-label", for: id }, name), input);
      }),
      inputs.length === 0 ? h("p", { class: "muted" }, t("This decision asks for nothing.")) : "",
    );
  }

  private tell(answer: Answer): void {
    const met = answer.tables.flatMap(({ matched }) => matched);
    this.options.hit(met.map(({ id }) => id));
    this.result.replaceChildren(
      answer.fault ? h("p", { class: "is-bad" }, answer.fault) : h("p", { class: "trying-value" }, `= ${answer.value}`),
      ...answer.tables.map(({ table, matched }) =>
        h(
          "p",
          {},
          h("b", {}, table),
          " ",
          matched.length === 0 ? t("no rule fits") : t("rule {number}", { number: matched.map(({ rule }) => rule).join("、") }),
          ...matched.flatMap(({ outputs }) => outputs.map(({ name, value }) => h("span", { class: "trying-output" }, `${name} = ${value}`))),
        ),
      ),
      ...answer.problems.map((text) => h("p", { class: "muted" }, text)),
    );
  }
}
