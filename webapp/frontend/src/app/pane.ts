import htmx from "htmx.org";
import { announce, toast } from "../lib/dom";
import { t } from "../lib/i18n";
import { unlock } from "./decision";

/** From this width on a case opens beside its list; below it has a page of its own. */
const WIDE = window.matchMedia("(min-width: 1100px)");

export function work(): HTMLElement | null {
  return document.getElementById("work");
}

export function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("#inbox tr[data-row]")];
}

/** The line whose case lies open, or on which the keyboard is. */
export function currentRow(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>("#inbox tr[data-row]");
  return focused ?? document.querySelector<HTMLElement>("#inbox tr.is-here");
}

export function isOpen(): boolean {
  return WIDE.matches && (work()?.classList.contains("is-open") ?? false);
}

/** Nothing is decided while another case is on its way into the pane. */
export function isBusy(): boolean {
  return work()?.getAttribute("aria-busy") === "true";
}

let turn = 0;

/** Opens the case of a line beside the list. The address says so, for reloading, going back and sending. */
export async function openBeside(row: HTMLElement, how: "push" | "keep" = "push"): Promise<void> {
  const from = row.dataset["beside"];
  const box = document.getElementById("pane");
  const home = work();
  if (!from || !box || !home) return;
  const mine = ++turn;
  document.dispatchEvent(new CustomEvent("gongban:leaving"));
  home.classList.add("is-open");
  home.setAttribute("aria-busy", "true");
  mark(row.dataset["task"] ?? "");
  if (how === "push") history.pushState({ beside: true }, "", address(row.dataset["task"] ?? null));
  try {
    const answer = await fetch(from, { credentials: "same-origin", headers: { "HX-Request": "true" } });
    const text = await answer.text();
    if (mine !== turn) return;
    if (!answer.ok || answer.redirected) {
      window.location.reload();
      return;
    }
    put(box, [...new DOMParser().parseFromString(text, "text/html").body.childNodes]);
    box.scrollTop = 0;
    announce(box.querySelector(".case-title")?.textContent?.trim() ?? "");
  } catch {
    toast(t("The server cannot be reached. Nothing was lost; try again in a moment."), "error");
  } finally {
    if (mine === turn) home.removeAttribute("aria-busy");
  }
}

/** New content: its data blocks stay (htmx would take them for scripts), and whoever starts things hears of it. */
function put(target: HTMLElement, content: Node[]): void {
  target.replaceChildren(...content);
  settled(target);
}

function settled(target: HTMLElement): void {
  htmx.process(target);
  document.body.dispatchEvent(new CustomEvent("htmx:afterSettle"));
}

export function closePane(): void {
  const home = work();
  if (!home?.classList.contains("is-open")) return;
  turn++;
  document.dispatchEvent(new CustomEvent("gongban:leaving"));
  const row = document.querySelector<HTMLElement>("#inbox tr.is-here");
  home.classList.remove("is-open");
  home.removeAttribute("aria-busy");
  document.getElementById("pane")?.replaceChildren();
  mark("");
  history.pushState({ beside: true }, "", address(null));
  row?.querySelector<HTMLElement>("a.what")?.focus();
}

/** The list's address, with the case beside it. */
function address(task: string | null): string {
  const url = new URL(window.location.href);
  url.searchParams.delete("task");
  url.searchParams.delete("done");
  if (task) url.searchParams.set("task", task);
  return url.pathname + url.search;
}

function mark(task: string): void {
  for (const row of rows()) {
    const here = task !== "" && row.dataset["task"] === task;
    row.classList.toggle("is-here", here);
    const link = row.querySelector("a.what");
    if (here) link?.setAttribute("aria-current", "true");
    else link?.removeAttribute("aria-current");
    if (here) row.scrollIntoView({ block: "nearest" });
  }
}

export function pane(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element | null;
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const closer = target?.closest("[data-pane-close]");
    if (closer && WIDE.matches) {
      event.preventDefault();
      closePane();
      return;
    }
    const link = target?.closest<HTMLElement>("#inbox a.what");
    const row = link?.closest<HTMLElement>("tr[data-beside]");
    if (!link || !row || !WIDE.matches) return;
    event.preventDefault();
    void openBeside(row);
  });

  window.addEventListener("popstate", () => {
    if (!work()) return;
    const task = new URL(window.location.href).searchParams.get("task");
    const row = rows().find((one) => one.dataset["task"] === task);
    if (row && WIDE.matches) void openBeside(row, "keep");
    else window.location.reload();
  });

  // After the decision's own checks: the list, the next case and what can be taken back, without a new page.
  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented || !isOpen()) return;
    if (form.id !== "task-form" || !form.closest("#pane")) return;
    event.preventDefault();
    void send(form, event.submitter);
  });

  // A narrow window has no room beside the list: the address of a case beside it leads to the case.
  if (work() && !WIDE.matches) {
    const task = new URL(window.location.href).searchParams.get("task");
    const link = rows().find((row) => row.dataset["task"] === task)?.querySelector<HTMLAnchorElement>("a.what");
    if (link) window.location.replace(link.href);
  }
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const home = work();
  const data = new FormData(form);
  if (submitter instanceof HTMLButtonElement && submitter.name) data.set(submitter.name, submitter.value);
  home?.setAttribute("aria-busy", "true");
  turn++;
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("work");
    if (!fresh || !home || (!answer.ok && answer.status !== 422)) {
      // Refused: somebody was first, or the case has gone on. What was typed stays.
      toast(page.querySelector("main h1, main p")?.textContent?.trim() || t("That did not work. Nothing was lost; try again in a moment."), "error");
      unlock(form);
      return;
    }
    document.dispatchEvent(new CustomEvent("gongban:leaving"));
    const scrolled = document.querySelector(".work-scroll")?.scrollTop ?? 0;
    for (const id of ["held", "flashes"]) {
      const [now, then] = [document.getElementById(id), page.getElementById(id)];
      if (now && then) now.replaceWith(then);
    }
    const counts = page.querySelector(".mainnav a");
    const shown = document.querySelector(".mainnav a");
    if (counts && shown) shown.replaceChildren(...counts.childNodes);
    home.replaceWith(fresh);
    settled(fresh);
    if (answer.redirected) history.pushState({ beside: true }, "", new URL(answer.url).pathname + new URL(answer.url).search);
    const list = document.querySelector(".work-scroll");
    if (list) list.scrollTop = scrolled;
    const row = document.querySelector<HTMLElement>("#inbox tr.is-here");
    row?.scrollIntoView({ block: "nearest" });
    row?.querySelector<HTMLElement>("a.what")?.focus({ preventScroll: true });
    announce(document.querySelector("#pane .case-title")?.textContent?.trim() ?? document.querySelector(".flashes")?.textContent?.trim() ?? "");
  } catch {
    toast(t("The server cannot be reached. Nothing was lost; try again in a moment."), "error");
    unlock(form);
  } finally {
    work()?.removeAttribute("aria-busy");
  }
}

