/**
 * Findings as a list and on the elements they are about. A check is asked for a moment after the last
 * change, with what was changed saved first.
 */
import { csrfToken, h, newKey } from "../lib/dom";
import { t } from "../lib/i18n";
import { heard } from "../lib/session";
import { play, type Playing, type Step } from "./playing";
import { type Canvas, nameOf, type Overlays, type Registry, reveal, type Stage } from "./stage";

export interface FindingWord {
  rule: string;
  severity: "error" | "warning";
  element: string;
  file: string;
  message: string;
  trace?: string[];
  steps?: Step[];
  /** why a warning is accepted */
  accepted?: string;
  /** the message in the reader's language, and where it can be put right */
  said?: string;
  /** what the sentence leaves out, as the check says it */
  detail?: string;
  url?: string;
}

export interface CheckAnswer {
  findings: FindingWord[];
  took_ms?: number;
  /** false: the bound was reached before everything had been looked at */
  proved?: boolean;
}

const WAIT = 600;
const OVERLAY = "finding";

const saidOf = (finding: FindingWord): string => finding.said || finding.message;

export class FindingsPanel {
  readonly element: HTMLElement;
  private readonly list = h("ul", { class: "check-list" });
  private readonly head = h("h2", { class: "check-head" }, t("Findings"));
  private readonly told = h("p", { class: "check-told", role: "status" });
  private readonly player = h("div", { class: "check-player" });
  private readonly marked: [id: string, marker: string][] = [];
  private playing: Playing | null = null;
  private timer = 0;
  private asked: AbortController | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly path: string,
    private readonly url: string | undefined,
    /** saves what is not saved; false where that did not work */
    private readonly save: () => Promise<boolean>,
    private readonly select: (id: string) => void,
  ) {
    this.element = h("section", { class: "checks", "aria-label": t("Findings") }, this.head, this.told, this.player, this.list);
  }

  /** Something was changed; the check follows when nothing more comes. */
  changed(): void {
    if (!this.url) return;
    this.playing?.close();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), WAIT);
  }

  /** Asks now. */
  async check(): Promise<void> {
    if (!this.url) return;
    window.clearTimeout(this.timer);
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    this.told.textContent = t("Checking …");
    try {
      if (!(await this.save())) {
        this.told.textContent = t("Checked again as soon as it is saved.");
        return;
      }
      const answer = await fetch(this.url, { method: "POST", credentials: "same-origin", signal: asked.signal, headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken(), "Idempotency-Key": newKey() }, body: "{}" });
      if (!answer.ok) throw new Error(String(answer.status));
      heard();
      this.show((await answer.json()) as CheckAnswer);
    } catch (error) {
      if (asked.signal.aborted) return;
      console.warn(error);
      this.told.textContent = t("It could not be checked just now; it is tried again after the next change.");
    }
  }

  show(answer: CheckAnswer): void {
    const { findings } = answer;
    const errors = findings.filter(({ severity }) => severity === "error").length;
    const warnings = findings.length - errors;
    this.head.textContent = findings.length === 0 ? t("Findings") : t("Findings: {errors} errors, {warnings} warnings", { errors, warnings });
    this.told.textContent = this.summary(answer);
    this.list.replaceChildren(...[...findings].sort((a, b) => (a.severity === b.severity ? 0 : a.severity === "error" ? -1 : 1)).map((one) => this.line(one)));
    this.mark(findings);
  }

  private summary({ findings, took_ms: took, proved }: CheckAnswer): string {
    const said = [findings.length === 0 ? t("Nothing was found.") : ""];
    if (proved === false) said.push(t("The behaviour was not proved within the bound."));
    if (took !== undefined) said.push(t("Checked in {seconds} s.", { seconds: (took / 1000).toFixed(1) }));
    return said.filter(Boolean).join(" ");
  }

  private line(finding: FindingWord): HTMLElement {
    const here = finding.file === this.path || finding.file === "";
    const drawn = here && finding.element !== "" && this.stage.get<Registry>("elementRegistry").get(finding.element) !== undefined;
    const where = drawn ? nameOf(this.stage, finding.element) : [here ? "" : finding.file, finding.element].filter(Boolean).join(" · ");
    const link = !here && finding.url ? h("a", { class: "check-where", href: finding.url }, where) : null;
    const go = drawn ? h("button", { type: "button", class: "check-where" }, where) : (link ?? (where ? h("span", { class: "check-where" }, where) : null));
    if (drawn) go?.addEventListener("click", () => this.goTo(finding.element));
    const steps = finding.steps ?? [];
    const watch = steps.length > 0 ? h("button", { type: "button", class: "btn btn-outline btn-sm" }, t("Watch how it happens")) : null;
    watch?.addEventListener("click", () => this.watch(finding, steps));
    return h(
      "li",
      { class: `check check-${finding.severity}`, "data-rule": finding.rule, "data-element": finding.element },
      h("span", { class: `mark-flag mark-flag-${finding.severity}`, title: finding.severity === "error" ? t("Error") : t("Warning") }, h("span", { class: "visually-hidden" }, finding.severity === "error" ? t("Error") : t("Warning")), h("span", { "aria-hidden": "true" }, finding.severity === "error" ? "!" : "△")),
      h("div", { class: "check-body" }, go, h("p", {}, saidOf(finding)), finding.detail && finding.detail !== saidOf(finding) ? h("p", { class: "check-detail", lang: "en" }, finding.detail) : null, finding.accepted ? h("p", { class: "muted" }, t("Accepted: {reason}", { reason: finding.accepted })) : null, watch),
    );
  }

  private goTo(id: string): void {
    this.select(id);
    reveal(this.stage, id);
  }

  private watch(finding: FindingWord, steps: Step[]): void {
    this.playing?.close();
    this.element.classList.add("is-playing");
    this.playing = play(this.stage, steps, this.player, saidOf(finding), () => {
      this.playing = null;
      this.element.classList.remove("is-playing");
    });
  }

  private mark(findings: FindingWord[]): void {
    const registry = this.stage.get<Registry>("elementRegistry");
    const canvas = this.stage.get<Canvas>("canvas");
    const overlays = this.stage.get<Overlays>("overlays");
    overlays.remove({ type: OVERLAY });
    for (const [id, marker] of this.marked.splice(0)) if (registry.get(id)) canvas.removeMarker(id, marker);
    const byElement = new Map<string, FindingWord[]>();
    for (const one of findings) if (one.file === this.path && registry.get(one.element)) byElement.set(one.element, [...(byElement.get(one.element) ?? []), one]);
    for (const [id, list] of byElement) {
      const severity = list.some((one) => one.severity === "error") ? "error" : "warning";
      const words = list.map(saidOf).join("\n");
      const badge = h("button", { type: "button", class: `mark-flag mark-flag-${severity} check-badge`, title: words, "aria-label": words, tabindex: "-1" }, severity === "error" ? "!" : "△");
      badge.addEventListener("click", () => {
        this.select(id);
        this.element.querySelector(`.check[data-element="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" });
      });
      overlays.add(id, OVERLAY, { position: registry.get(id)?.waypoints ? { top: 4, left: 4 } : { top: -11, right: 11 }, html: badge });
      canvas.addMarker(id, `marked-${severity}`);
      this.marked.push([id, `marked-${severity}`]);
    }
  }
}
