import { announce } from "../lib/dom";
import { t } from "../lib/i18n";

/**
 * The decision form of a task: an outcome that demands an opinion does not leave without one, a
 * double click sends once, common phrases fill the opinion. The form island joins in through the
 * cancelable event "gongban:deciding", whose detail carries the pressed button.
 */
export function decisions(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method === "dialog" || event.defaultPrevented) return;
    if (form.dataset["sent"] === "yes") {
      event.preventDefault();
      return;
    }
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    if (form.dataset["behaviour"] === "decision" && !mayDecide(form, button)) {
      event.preventDefault();
      return;
    }
    if (form.method === "post" && !form.matches("[hx-post], [data-hx-post]")) lock(form, button);
  });

  // The page may come back from the history cache with its buttons still locked.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) unlock(form);
  });

  document.addEventListener("input", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLTextAreaElement) || !box.classList.contains("is-invalid")) return;
    box.classList.remove("is-invalid");
    const note = document.getElementById(`${box.id}-error`);
    if (note) note.textContent = "";
  });

  document.addEventListener("click", (event) => {
    const phrase = (event.target as Element | null)?.closest<HTMLElement>("[data-phrase]");
    const box = document.getElementById(phrase?.dataset["for"] ?? "");
    if (!phrase || !(box instanceof HTMLTextAreaElement)) return;
    const text = phrase.dataset["phrase"] ?? "";
    box.value = box.value.trim() ? `${box.value.trimEnd()}\n${text}` : text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });
}

/** Is there all that this button demands? If not, it has been said and shown where. */
export function mayDecide(form: HTMLFormElement, button: HTMLButtonElement | null): boolean {
  if (button?.dataset["opinion"] === "required" && !opinionGiven(form)) return false;
  return form.dispatchEvent(new CustomEvent("gongban:deciding", { cancelable: true, bubbles: true, detail: { button } }));
}

function buttonsOf(form: HTMLFormElement): HTMLButtonElement[] {
  return [...document.querySelectorAll<HTMLButtonElement>("button")].filter((button) => button.form === form);
}

function lock(form: HTMLFormElement, pressed: HTMLButtonElement | null): void {
  form.dataset["sent"] = "yes";
  // A disabled button would not be sent; wait until the browser has read the form.
  window.setTimeout(() => {
    for (const button of buttonsOf(form)) button.setAttribute("aria-disabled", "true");
    pressed?.classList.add("is-busy");
  }, 0);
  window.setTimeout(() => unlock(form), 15000);
}

export function unlock(form: HTMLFormElement): void {
  delete form.dataset["sent"];
  for (const button of buttonsOf(form)) {
    button.removeAttribute("aria-disabled");
    button.classList.remove("is-busy");
  }
}

function opinionGiven(form: HTMLFormElement): boolean {
  const box = form.elements.namedItem("opinion");
  if (!(box instanceof HTMLTextAreaElement)) return true;
  const missing = box.value.trim() === "";
  box.classList.toggle("is-invalid", missing);
  const note = document.getElementById("opinion-error");
  if (note) note.textContent = missing ? t("Write your opinion first: this decision needs a reason.") : "";
  if (missing) {
    announce(t("Write your opinion first: this decision needs a reason."));
    box.scrollIntoView({ block: "center" });
    box.focus();
  }
  return !missing;
}
