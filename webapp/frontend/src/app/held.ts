import { announce } from "../lib/dom";
import { t } from "../lib/i18n";

/**
 * Decisions that can be taken back: each counts down from what the server said is left, and says when
 * it counts. The clock of this computer plays no part, and without scripts the button works as well.
 */
export function heldBar(): void {
  const ends = new WeakMap<HTMLElement, number>();
  let timer = 0;

  const look = (): void => {
    const lines = [...document.querySelectorAll<HTMLElement>("[data-counts-in]")];
    for (const line of lines) {
      if (!ends.has(line)) ends.set(line, performance.now() + Number(line.dataset["countsIn"]) * 1000);
      const left = Math.ceil(((ends.get(line) ?? 0) - performance.now()) / 1000);
      const shown = line.querySelector<HTMLElement>("[data-left]");
      if (left > 0 && shown) shown.textContent = `(${left})`;
      if (left <= 0) counts(line);
    }
    window.clearTimeout(timer);
    if (lines.length) timer = window.setTimeout(look, 250);
  };

  document.body.addEventListener("htmx:afterSettle", look);
  window.addEventListener("pageshow", look);
  look();
}

/** Its seconds are over: there is nothing to press any more. */
function counts(line: HTMLElement): void {
  delete line.dataset["countsIn"];
  line.querySelector("button")?.remove();
  line.append(t("It counts now."));
  announce(t("It counts now."));
  window.setTimeout(() => line.remove(), 3000);
}
