/** Ticking several lines of a list: how many, and all of them. The form works without this. */
export function batches(): void {
  const bar = (): HTMLFormElement | null => document.querySelector<HTMLFormElement>("form[data-behaviour=batch]");
  const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>("input[form=batch][name=item]")];

  const say = (): void => {
    const form = bar();
    if (!form) return;
    const all = boxes();
    const ticked = all.filter((box) => box.checked).length;
    const words = form.querySelector<HTMLElement>("[data-picked]");
    if (words) {
      words.dataset["none"] ??= words.textContent ?? "";
      words.textContent = ticked ? (words.dataset["picked"] ?? "").replace("%(num)s", String(ticked)) : words.dataset["none"];
    }
    form.classList.toggle("has-ticks", ticked > 0);
    for (const button of form.querySelectorAll("button")) button.disabled = ticked === 0;
    const every = form.querySelector<HTMLInputElement>("[data-pick-all]");
    if (every) {
      every.checked = ticked > 0 && ticked === all.length;
      every.indeterminate = ticked > 0 && ticked < all.length;
    }
  };

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    if (box.matches("[data-pick-all]")) for (const one of boxes()) one.checked = box.checked;
    if (box.matches("[data-pick-all], input[form=batch]")) say();
  });
  // Lines come and go: more of the list, what a search finds, a page from the history.
  document.body.addEventListener("htmx:afterSettle", say);
  window.addEventListener("pageshow", say);
  say();
}
