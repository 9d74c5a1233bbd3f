/** A file as text: numbered lines, saved as one types. Without this script the form around it saves. */
import "./words";

import { h, toast } from "../lib/dom";
import { t } from "../lib/i18n";
import { Saving } from "./saving";

export function startTextForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-source]:not([data-started])")) start(form);
}

function start(form: HTMLFormElement): void {
  const area = form.querySelector<HTMLTextAreaElement>("textarea[name=text]");
  const version = form.querySelector<HTMLInputElement>("input[name=version]");
  if (!area || !version) return;
  form.dataset["started"] = "yes";
  const lines = h("pre", { class: "text-lines", "aria-hidden": "true" });
  const box = h("div", { class: "text-box" }, lines);
  area.before(box);
  box.append(area);
  const status = h("p", { class: "saving-line", role: "status" });
  form.querySelector(".bar-buttons")?.append(status);
  const count = (): void => {
    const wanted = area.value.split("\n").length;
    if (lines.childElementCount !== wanted) lines.replaceChildren(...Array.from({ length: wanted }, (_, n) => h("span", {}, `${n + 1}\n`)));
    lines.scrollTop = area.scrollTop;
  };
  area.addEventListener("scroll", () => (lines.scrollTop = area.scrollTop));
  const saving = new Saving({
    draft: form.dataset["draft"] ?? "",
    path: form.dataset["path"] ?? "",
    url: form.dataset["source"] ?? "",
    text: area.value,
    version: Number(version.value),
    status,
    current: () => area.value,
    replace: (text) => {
      area.value = text;
      count();
    },
    saved: (now) => (version.value = String(now)),
  });
  area.addEventListener("input", () => {
    count();
    saving.changed();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    saving.changed();
    void saving.now().then((done) => {
      if (!done) return;
      // A letter's picture is drawn from what is saved.
      if (form.dataset["reload"] !== undefined) window.location.reload();
      else toast(t("Saved"));
    });
  });
  count();
  goTo(area, lines);
  void saving.recover();
}

/** `#L12` is the twelfth line. */
function goTo(area: HTMLTextAreaElement, lines: HTMLElement): void {
  const wanted = Number(/^#L(\d{1,6})$/.exec(window.location.hash)?.[1] ?? 0);
  if (!wanted) return;
  const before = area.value.split("\n").slice(0, wanted - 1).join("\n").length + (wanted > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(before, before + (area.value.split("\n")[wanted - 1]?.length ?? 0));
  area.scrollTop = Math.max(0, (wanted - 5) * 19.5);
  lines.scrollTop = area.scrollTop;
}
