/** Which elements and flows the package's scenarios pass, drawn on the diagram. */
import { csrfToken, h, newKey, toast } from "../../lib/dom";
import { t } from "../../lib/i18n";
import { mark, type Mark, type Marks } from "../marks";
import type { Registry, Stage } from "../stage";

export interface CoverageAnswer {
  /** how often each element and each flow was passed */
  elements: Record<string, number>;
  flows: Record<string, number>;
  scenarios: number;
  /** scenarios that did not come out as written, with the reason */
  failed?: { name: string; says?: string; reason: string }[];
}

/** What is answered as long as they are being played. */
interface CoverageWait {
  done: number;
  total: number;
}

export class Coverage {
  private marks: Marks | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly url: string,
    private readonly host: HTMLElement,
    private readonly save: () => Promise<boolean>,
  ) {}

  get shown(): boolean {
    return this.marks !== null;
  }

  clear(): void {
    this.marks?.clear();
    this.marks = null;
    this.host.replaceChildren();
  }

  /** Saves, has them played, says how far that is, draws; false where that did not work. */
  async show(): Promise<boolean> {
    this.clear();
    if (!(await this.save())) return false;
    for (;;) {
      const told = await this.ask();
      if (told === null) {
        this.host.replaceChildren();
        return false;
      }
      if ("elements" in told) {
        this.draw(told);
        return true;
      }
      this.wait(told);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      // The diagram's page may have been left meanwhile.
      if (!this.host.isConnected) return false;
    }
  }

  private async ask(): Promise<CoverageAnswer | CoverageWait | null> {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken(), "Idempotency-Key": newKey() };
    const answer = await fetch(this.url, { method: "POST", credentials: "same-origin", headers, body: "{}" }).catch(() => null);
    if (answer?.ok) return (await answer.json()) as CoverageAnswer | CoverageWait;
    const told = (await answer?.json().catch(() => null)) as { title?: string } | null;
    toast(told?.title ?? t("The scenarios could not be played just now."), "error");
    return null;
  }

  private wait({ done, total }: CoverageWait): void {
    const text = t("The stories are being played: {done} of {total}.", { done, total });
    this.host.replaceChildren(h("p", { role: "status" }, text), h("progress", { class: "told", max: String(total || 1), value: String(done), "aria-label": text }));
  }

  private draw({ elements, flows, scenarios, failed = [] }: CoverageAnswer): void {
    const counts = { ...elements, ...flows };
    const marks: Record<string, Mark> = {};
    this.stage.get<Registry>("elementRegistry").forEach(({ id, type = "", businessObject }) => {
      if (type === "label" || !businessObject || businessObject.id !== id) return;
      const plays = /^bpmn:(?:.*Task|.*Event|.*Gateway|SubProcess|SequenceFlow)$/.test(type);
      if (!plays) return;
      const count = counts[id] ?? 0;
      marks[id] = count > 0 ? { kind: "covered", label: `✓ ${count}`, text: t("passed {count} times", { count }) } : { kind: "uncovered" };
    });
    const all = Object.values(marks);
    const passed = all.filter(({ kind }) => kind === "covered").length;
    this.host.replaceChildren(
      h("h2", { class: "check-head" }, t("What the scenarios pass")),
      h("p", {}, scenarios === 0 ? t("The package has no scenarios yet.") : t("{scenarios} scenarios pass {passed} of {all} elements and flows.", { scenarios, passed, all: all.length })),
      failed.length > 0 ? h("ul", { class: "check-list" }, ...failed.map(({ name, says, reason }) => h("li", { class: "check check-error" }, h("div", { class: "check-body" }, h("b", {}, says || name), h("p", {}, reason))))) : "",
    );
    this.marks = mark(this.stage, marks, this.host);
  }
}
