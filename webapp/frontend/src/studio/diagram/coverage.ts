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

  /** Saves, plays, draws; false where that did not work. */
  async show(): Promise<boolean> {
    this.clear();
    if (!(await this.save())) return false;
    const answer = await fetch(this.url, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken(), "Idempotency-Key": newKey() }, body: "{}" }).catch(() => null);
    if (!answer?.ok) {
      const told = (await answer?.json().catch(() => null)) as { title?: string } | null;
      toast(told?.title ?? t("The scenarios could not be played just now."), "error");
      return false;
    }
    this.draw((await answer.json()) as CoverageAnswer);
    return true;
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
