import { toast } from "../lib/dom";
import { t } from "../lib/i18n";

/** Small comforts; every page works without them. */
export function behaviours(): void {
  // The list of steps has its own scrolling beside the decision: begin at the present one.
  const box = document.querySelector<HTMLElement>(".side-scroll");
  const now = box?.querySelector<HTMLElement>(".step-now");
  if (box && now) box.scrollTop += now.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;

  // A narrow screen shows some of the tabs: the present one among them.
  const tab = document.querySelector<HTMLElement>(".tabs [aria-current]");
  const tabs = tab?.closest<HTMLElement>(".tabs");
  if (tab && tabs) tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;

  document.addEventListener("click", (event) => {
    const target = event.target as Element | null;

    const copier = target?.closest<HTMLElement>("[data-copy]");
    if (copier) void copy(copier.dataset["copy"] ?? "");

    if (target?.closest("[data-print]")) window.print();

    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      if (!menu.contains(target)) menu.open = false;
    }

    // A row opens its first link; links, buttons and selected text inside keep their own meaning.
    const row = target?.closest<HTMLElement>("[data-row]");
    if (row && !target?.closest("a, button, input, label, select, summary") && !window.getSelection()?.toString()) {
      row.querySelector<HTMLAnchorElement>("a[href]")?.click();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });

  document.addEventListener("change", (event) => {
    const control = event.target;
    if (control instanceof HTMLSelectElement && control.dataset["behaviour"] === "submit") control.form?.requestSubmit();
    if (control instanceof HTMLInputElement && control.type === "file" && control.dataset["behaviour"] === "submit") control.form?.requestSubmit();
  });
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("Copied"));
  } catch {
    toast(t("The browser did not allow copying. Select the text and copy it by hand."), "error");
  }
}
