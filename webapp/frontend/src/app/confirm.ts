import { h } from "../lib/dom";
import { t } from "../lib/i18n";
import { mayDecide } from "./decision";

/**
 * A button or form with data-confirm="question" asks first; data-confirm-detail spells out the
 * consequence, data-confirm-ok names the button. Without JavaScript the server's own page decides.
 */
export function confirmations(): void {
  const agreed = new WeakSet<Element>();
  document.addEventListener(
    "click",
    (event) => {
      const source = (event.target as Element | null)?.closest<HTMLElement>("[data-confirm]");
      if (!source || agreed.has(source)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      // What is missing is said before anybody is asked to be sure.
      if (source instanceof HTMLButtonElement && source.form?.dataset["behaviour"] === "decision" && !mayDecide(source.form, source)) return;
      void ask(source).then((yes) => {
        if (!yes) return;
        const confirmed = source instanceof HTMLButtonElement ? source.form?.elements.namedItem("confirm") : null;
        if (confirmed instanceof HTMLInputElement) confirmed.value = "yes";
        agreed.add(source);
        source.click();
        agreed.delete(source);
      });
    },
    true,
  );

  document.addEventListener("click", (event) => {
    const target = event.target as Element | null;
    const opener = target?.closest<HTMLElement>("[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset["opens"] ?? "");
      if (dialog instanceof HTMLDialogElement) {
        event.preventDefault();
        opener.closest<HTMLDetailsElement>("details.menu")?.removeAttribute("open");
        dialog.showModal();
        dialog.querySelector<HTMLElement>("textarea, select, input:not([type=hidden])")?.focus();
      }
      return;
    }
    const closer = target?.closest<HTMLElement>("[data-closes]");
    if (closer) closer.closest("dialog")?.close();
  });
}

function ask(source: HTMLElement): Promise<boolean> {
  const danger = source.dataset["confirmKind"] === "danger" || source.classList.contains("btn-danger");
  return new Promise((answer) => {
    const ok = h("button", { type: "submit", value: "yes", class: danger ? "btn btn-danger" : "btn btn-primary" }, source.dataset["confirmOk"] ?? source.textContent?.trim() ?? t("Yes"));
    const dialog = h(
      "dialog",
      { class: "dialog", "aria-labelledby": "confirm-title" },
      h(
        "form",
        { method: "dialog" },
        h("h2", { id: "confirm-title", class: "dialog-title" }, source.dataset["confirm"]),
        source.dataset["confirmDetail"] ? h("p", {}, source.dataset["confirmDetail"]) : null,
        h("div", { class: "dialog-actions" }, h("button", { type: "submit", value: "", class: "btn btn-outline" }, t("Cancel")), ok),
      ),
    );
    dialog.addEventListener("close", () => {
      const yes = dialog.returnValue === "yes";
      dialog.remove();
      source.focus();
      answer(yes);
    });
    document.body.append(dialog);
    dialog.showModal();
    ok.focus();
  });
}
