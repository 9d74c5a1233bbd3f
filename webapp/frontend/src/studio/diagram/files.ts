/** A BPMN file from elsewhere, opened in place of the diagram. */
import { h, toast } from "../../lib/dom";
import { t } from "../../lib/i18n";
import { tool } from "./toolbar";

const LARGEST = 5 * 1024 * 1024;
const DECLARED = /^\s*<\?xml[^>]*?encoding=["']([\w.-]+)["']/;

/** The text of a file in the coding it declares; from here on it is UTF-8, and says so. */
export function textOf(bytes: ArrayBuffer): string {
  const head = new TextDecoder("latin1").decode(bytes.slice(0, 200));
  const marked = new Uint8Array(bytes.slice(0, 2)).join();
  const coding = marked === "255,254" ? "utf-16le" : marked === "254,255" ? "utf-16be" : (DECLARED.exec(head.replace(/^ï»¿/, ""))?.[1] ?? "utf-8");
  let text: string;
  try {
    text = new TextDecoder(coding, { fatal: true }).decode(bytes);
  } catch {
    text = new TextDecoder("utf-8").decode(bytes);
  }
  if (/^utf-?8$/i.test(coding)) return text;
  return text.replace(/^(\s*<\?xml[^>]*?encoding=["'])[\w.-]+/, "$1UTF-8");
}

/** The button; `open` takes the text and tells why it cannot be drawn by throwing. */
export function opener(status: HTMLElement, now: () => Promise<string>, open: (text: string) => Promise<void>): HTMLElement {
  const input = h("input", { type: "file", accept: ".bpmn,.xml", class: "visually-hidden", tabindex: "-1", "aria-label": t("Open a file in its place") }) as HTMLInputElement;
  const button = tool(t("Open a file in its place"), "⇪", () => input.click());
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    input.value = "";
    if (file) void take(file);
  });

  async function take(file: File): Promise<void> {
    if (file.size > LARGEST) return toast(t("The file is larger than 5 MB."), "error");
    const before = await now();
    try {
      await open(textOf(await file.arrayBuffer()));
    } catch (error) {
      await open(before);
      toast(t("{name} cannot be drawn: {why}", { name: file.name, why: error instanceof Error ? error.message : String(error) }), "error");
      return;
    }
    const notice = h("div", { class: "notice notice-info saving-recovered", role: "status" }, h("span", {}, t("{name} stands in place of the diagram.", { name: file.name })));
    const undo = h("button", { type: "button", class: "btn btn-outline btn-sm" }, t("Back to the one before"));
    const close = h("button", { type: "button", class: "btn-link-plain", "aria-label": t("Close") }, "✕");
    undo.addEventListener("click", () => {
      notice.remove();
      void open(before);
    });
    close.addEventListener("click", () => notice.remove());
    notice.append(undo, close);
    status.parentElement?.querySelector(".saving-recovered")?.remove();
    status.before(notice);
  }

  return h("span", {}, button, input);
}
