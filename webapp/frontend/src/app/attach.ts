import { announce, h } from "../lib/dom";
import { t } from "../lib/i18n";
import { faultOf, sendFile, sizeText, UploadFault } from "../lib/upload";

/**
 * Files chosen for a remark are sent at once, in pieces and with their progress; the form then names
 * them by id. Without scripts the form sends the files themselves.
 */
export function attachments(): void {
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "file" || !box.dataset["upload"] || !box.form) return;
    const files = [...(box.files ?? [])];
    const list = box.form.querySelector<HTMLElement>("[data-uploads]");
    if (!list) return;
    // What is on its way need not be sent a second time with the form.
    box.value = "";
    for (const file of files) void send(box, list, file);
  });

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.querySelector("[data-uploads] .is-running")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      announce(t("A file is still being uploaded. Wait until it is done."));
      form.querySelector("[data-uploads]")?.scrollIntoView({ block: "center" });
    },
    true,
  );
}

async function send(box: HTMLInputElement, list: HTMLElement, file: File): Promise<void> {
  const stop = new AbortController();
  const words = h("span", { class: "muted small" });
  const bar = h("progress", { max: "1", value: "0", "aria-label": t("Uploading {name}", { name: file.name }) });
  const cancel = h("button", { type: "button", class: "link-button small", "aria-label": t("Cancel {name}", { name: file.name }) }, t("Cancel"));
  const again = h("button", { type: "button", class: "link-button small", hidden: true }, t("Go on"));
  const line = h("li", {}, h("span", { class: "upload-name" }, file.name), bar, words, again, cancel);
  list.append(line);
  cancel.addEventListener("click", () => {
    stop.abort();
    line.remove();
  });
  const fail = (text: string, more = false): void => {
    line.classList.remove("is-running");
    bar.hidden = true;
    words.className = "field-error";
    words.textContent = text;
    cancel.textContent = t("Remove");
    again.hidden = !more;
    announce(`${file.name}: ${text}`);
  };
  const go = async (): Promise<void> => {
    line.classList.add("is-running");
    bar.hidden = false;
    again.hidden = true;
    words.className = "muted small";
    try {
      const fault = await faultOf(file, { max_bytes: Number(box.dataset["most"]) || Infinity, accept: box.accept });
      if (fault) return fail(fault);
      const sent = await sendFile(file, box.dataset["upload"] ?? "", (share, note) => {
        bar.value = share;
        words.textContent = note ?? t("{percent} % of {size}", { percent: Math.floor(share * 100), size: sizeText(file.size) });
      }, stop.signal);
      line.classList.remove("is-running");
      bar.remove();
      words.textContent = sizeText(file.size);
      cancel.textContent = t("Remove");
      line.append(h("input", { type: "hidden", name: "uploaded", value: sent.id }));
      announce(t("{name} was uploaded.", { name: file.name }));
    } catch (error) {
      if (stop.signal.aborted) return;
      if (error instanceof UploadFault) fail(error.message, error.again);
      else fail(t("The upload did not work. Remove it and try again."), true);
    }
  };
  again.addEventListener("click", () => void go());
  await go();
}
