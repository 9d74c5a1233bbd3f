import { announce, h } from "../lib/dom";
import { t } from "../lib/i18n";

/**
 * Links with data-preview="address" open the file's pictures in the page; without scripts, or with a
 * modifier key, they save the file itself. Pictures are drawn by the server: the browser never opens
 * what somebody uploaded.
 */
export function previews(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest<HTMLAnchorElement>("a[data-preview]");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  // Small pictures are drawn a few at a time: who comes too early asks again.
  document.addEventListener("error", (event) => again(event.target), true);
  // Those that failed before this script was there.
  const look = (): void => {
    for (const image of document.querySelectorAll<HTMLImageElement>("img[data-thumb]")) if (image.complete && !image.naturalWidth && image.currentSrc) again(image);
  };
  window.addEventListener("load", look);
  document.body.addEventListener("htmx:afterSettle", look);
}

const MOST_TRIES = 6;

function again(image: EventTarget | null): void {
  if (!(image instanceof HTMLImageElement) || !image.dataset["thumb"]) return;
  const tried = Number(image.dataset["tried"] ?? 0);
  if (tried >= MOST_TRIES) {
    image.replaceWith(image.dataset["thumb"]);
    return;
  }
  image.dataset["tried"] = String(tried + 1);
  window.setTimeout(() => (image.src = image.src), 700 * (tried + 1));
}

function open(link: HTMLAnchorElement): void {
  const address = link.dataset["preview"] ?? "";
  const name = link.dataset["name"] ?? link.textContent?.trim() ?? "";
  let page = 1;
  let pages = 1;
  let asked = 0;
  let shown = "";

  const image = h("img", { alt: "", hidden: true });
  const words = h("p", { class: "preview-words", role: "status" });
  const stage = h("div", { class: "preview-stage", tabindex: "0" }, image, words);
  const count = h("span", { class: "preview-count" });
  const button = (label: string, sign: string): HTMLButtonElement => h("button", { type: "button", class: "btn btn-outline btn-sm", "aria-label": label, title: label }, sign);
  const back = button(t("Previous page"), "‹");
  const next = button(t("Next page"), "›");
  const zoom = button(t("Larger"), "+");
  zoom.setAttribute("aria-pressed", "false");
  const close = button(t("Close"), "×");
  const turning = h("span", { class: "preview-turning", hidden: true }, back, count, next);
  const dialog = h(
    "dialog",
    { class: "preview", "aria-label": name },
    h("div", { class: "preview-head" }, h("span", { class: "preview-name" }, name), turning, zoom, h("a", { class: "btn btn-outline btn-sm", href: link.href, download: name }, t("Download")), close),
    stage,
  );

  const show = async (wanted: number): Promise<void> => {
    const turn = ++asked;
    page = Math.min(Math.max(1, wanted), pages);
    words.textContent = t("Drawing …");
    for (let tried = 0; turn === asked; tried += 1) {
      const answer = await fetch(`${address}?page=${page}`, { credentials: "same-origin" }).catch(() => null);
      if (turn !== asked) return;
      if (answer?.ok) {
        const picture = URL.createObjectURL(await answer.blob());
        if (turn !== asked) return URL.revokeObjectURL(picture);
        pages = Number(answer.headers.get("Gongban-Pages")) || 1;
        if (shown) URL.revokeObjectURL(shown);
        shown = picture;
        image.src = picture;
        image.alt = pages > 1 ? t("{name}, page {page} of {pages}", { name, page, pages }) : name;
        image.hidden = false;
        words.textContent = "";
        turning.hidden = pages === 1;
        count.textContent = `${page} / ${pages}`;
        back.disabled = page === 1;
        next.disabled = page === pages;
        stage.scrollTo(0, 0);
        if (pages > 1) announce(image.alt);
        return;
      }
      if ((answer && answer.status !== 503) || tried >= MOST_TRIES) {
        image.hidden = true;
        words.textContent = t("This file cannot be shown here. Save it and open it on your device.");
        return;
      }
      await new Promise((done) => window.setTimeout(done, 800 * (tried + 1)));
    }
  };

  const enlarge = (): void => {
    const large = stage.classList.toggle("is-large");
    zoom.setAttribute("aria-pressed", String(large));
    zoom.textContent = large ? "−" : "+";
  };

  back.addEventListener("click", () => void show(page - 1));
  next.addEventListener("click", () => void show(page + 1));
  zoom.addEventListener("click", enlarge);
  image.addEventListener("click", enlarge);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 }[event.key];
    if (!by || (stage.classList.contains("is-large") && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    if (page + by >= 1 && page + by <= pages) void show(page + by);
  });
  let from: number | null = null;
  stage.addEventListener("touchstart", (event) => (from = event.touches.length === 1 ? (event.touches[0]?.clientX ?? null) : null), { passive: true });
  stage.addEventListener("touchend", (event) => {
    const way = from === null ? 0 : (event.changedTouches[0]?.clientX ?? from) - from;
    if (stage.classList.contains("is-large") || Math.abs(way) < 60) return;
    const to = page + (way < 0 ? 1 : -1);
    if (to >= 1 && to <= pages) void show(to);
  });
  dialog.addEventListener("close", () => {
    asked += 1;
    if (shown) URL.revokeObjectURL(shown);
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  stage.focus();
  void show(1);
}
