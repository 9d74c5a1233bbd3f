import { h } from "../lib/dom";
import { t } from "../lib/i18n";
import { closePane, currentRow, isBusy, isOpen, openBeside, rows, work } from "./pane";

/** Key → what it does, in the order in which they are told. */
function table(): [string, string][] {
  return [
    ["j", t("Next line")],
    ["k", t("Line before")],
    ["o", t("Open")],
    ["x", t("Tick the line")],
    ["a", t("Agree")],
    ["r", t("Refuse")],
    ["b", t("Send back")],
    ["n", t("On to the next, without deciding")],
    ["u", t("Take the last decision back")],
    ["/", t("Search")],
    ["Esc", t("Close")],
    ["?", t("Show these keys")],
  ];
}

const ACTS: Record<string, () => boolean> = {
  j: () => step(1),
  k: () => step(-1),
  n: () => next(),
  o: () => open(),
  x: () => tick(),
  a: () => press('button[form=task-form][data-kind="positive"]'),
  r: () => press('button[form=task-form][data-kind="negative"]'),
  b: () => press('[data-opens="verb-send_back"]'),
  u: () => press("#held form[data-counts-in] button"),
  "/": () => search(),
  "?": () => help(),
  Escape: () => leave(),
};

/**
 * Single keys for whoever clears a queue. Only where the person has not turned them off, never while
 * something is being typed, and never while a dialog asks something.
 */
export function keys(): void {
  if (document.body.dataset["keys"] !== "on") return;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.repeat && !["j", "k"].includes(event.key)) return;
    if (types(event.target) || document.querySelector("dialog[open]")) return;
    const act = ACTS[event.key];
    if (act?.()) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if ((event.target as Element | null)?.closest("[data-keys-help]")) help();
  });
  hints();
  document.body.addEventListener("htmx:afterSettle", hints);
}

/** The key of a button stands in its tooltip. */
function hints(): void {
  for (const one of document.querySelectorAll<HTMLElement>("[aria-keyshortcuts]:not([title])")) {
    one.title = t("Key: {key}", { key: (one.getAttribute("aria-keyshortcuts") ?? "").toUpperCase() });
  }
}

function types(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type);
}

function visible(element: HTMLElement): boolean {
  return element.getClientRects().length > 0;
}

function press(selector: string): boolean {
  if (isBusy()) return true;
  const found = [...document.querySelectorAll<HTMLElement>(selector)].find(visible);
  found?.click();
  return found !== undefined;
}

function step(by: number): boolean {
  const all = rows();
  if (!all.length) return false;
  const here = currentRow();
  const place = here ? all.indexOf(here) + by : by > 0 ? 0 : all.length - 1;
  const row = all[place];
  if (!row) return true;
  row.querySelector<HTMLElement>("a.what")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if (isOpen() && row.dataset["beside"]) void openBeside(row);
  return true;
}

function next(): boolean {
  if (work()) return step(1);
  return press("a[data-next]");
}

function open(): boolean {
  const link = currentRow()?.querySelector<HTMLElement>("a.what");
  link?.click();
  return link !== null && link !== undefined;
}

function tick(): boolean {
  const box = currentRow()?.querySelector<HTMLInputElement>("input[name=item]");
  box?.click();
  return box !== null && box !== undefined;
}

function search(): boolean {
  const box = document.querySelector<HTMLInputElement>("input[type=search]");
  box?.focus();
  box?.select();
  return box !== null;
}

function leave(): boolean {
  if (!isOpen()) return false;
  closePane();
  return true;
}

function help(): boolean {
  const close = h("button", { type: "submit", class: "btn btn-primary" }, t("Close"));
  const lines = table().map(([key, text]) => h("div", { class: "keys-line" }, h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)));
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": "keys-title" },
    h("form", { method: "dialog" }, h("h2", { id: "keys-title", class: "dialog-title" }, t("Keys")), h("dl", { class: "keys-list" }, ...lines), h("p", { class: "muted small" }, t("Your details is where they can be turned off.")), h("div", { class: "dialog-actions" }, close)),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
  return true;
}
