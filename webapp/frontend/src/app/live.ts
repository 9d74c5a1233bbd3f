import { h } from "../lib/dom";
import { t } from "../lib/i18n";

type Counts = Record<string, string>;

/** How often a page that is looked at asks, and how rarely it asks at most while the server does not answer. */
const EVERY = 45_000;
const SELDOM = 600_000;

/**
 * The counts in the header and the tabs follow what happens elsewhere. Only a page that is in view
 * asks, and the pages of one browser tell each other: whichever hears an answer need not ask.
 * Nothing in a list moves by itself; a line above it says what has come.
 */
export function live(): void {
  const address = document.querySelector<HTMLMetaElement>("meta[name=live]")?.content;
  if (!address) return;
  const others = "BroadcastChannel" in window ? new BroadcastChannel("gongban-live") : null;
  const person = document.querySelector<HTMLMetaElement>("meta[name=signed-in]")?.content ?? "";
  const before = shown();
  let tag = "";
  let heard = Date.now();
  let wait = EVERY;
  let timer = 0;
  let ended = false;

  const plan = (): void => {
    window.clearTimeout(timer);
    if (ended || document.hidden) return;
    timer = window.setTimeout(() => void ask(), Math.max(0, heard + wait - Date.now()) + Math.random() * 3000);
  };

  const hear = (counts: Counts): void => {
    heard = Date.now();
    wait = EVERY;
    show(counts, before);
    plan();
  };

  const ask = async (): Promise<void> => {
    // Somebody else has asked meanwhile, or nobody looks any more.
    if (document.hidden || Date.now() - heard < wait - 1000) return plan();
    heard = Date.now();
    try {
      const answer = await fetch(address, { credentials: "same-origin", redirect: "manual", headers: tag ? { "If-None-Match": tag } : {} });
      // Signed out: the next click says so, in its own words.
      if (answer.type === "opaqueredirect" || answer.status === 401) return void (ended = true);
      if (answer.status === 304) return hear(shown());
      if (!answer.ok) throw new Error(String(answer.status));
      tag = answer.headers.get("ETag") ?? "";
      const counts = (await answer.json()) as Counts;
      others?.postMessage({ person, counts });
      hear(counts);
    } catch {
      wait = Math.min(SELDOM, wait * 2);
      plan();
    }
  };

  others?.addEventListener("message", (event: MessageEvent<{ person: string; counts: Counts }>) => {
    if (event.data.person === person) hear(event.data.counts);
  });
  document.addEventListener("visibilitychange", plan);
  window.addEventListener("online", () => {
    wait = EVERY;
    plan();
  });
  plan();
}

/** What stands on the page. */
function shown(): Counts {
  return Object.fromEntries([...document.querySelectorAll<HTMLElement>("[data-live]")].map((one) => [one.dataset["live"] ?? "", one.textContent?.trim() ?? ""]));
}

function show(counts: Counts, before: Counts): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-live]")) {
    const now = counts[place.dataset["live"] ?? ""];
    if (now === undefined || now === place.textContent) continue;
    place.textContent = now;
    place.classList.toggle("count-zero", !now);
  }
  const news = document.querySelector<HTMLElement>("[data-live-news]");
  const box = news?.dataset["liveNews"] ?? "";
  if (!news || counts[box] === undefined) return;
  const more = Number.parseInt(counts[box] || "0", 10) - Number.parseInt(before[box] || "0", 10);
  const text = more > 0 ? t("{number} new: show", { number: more }) : "";
  if (news.textContent === text) return;
  news.replaceChildren(...(text ? [h("p", { class: "live-news" }, h("a", { href: window.location.href }, text))] : []));
}
