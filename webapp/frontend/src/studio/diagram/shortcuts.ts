/** What the keyboard can do in the editor, told in a dialog. */
import { h } from "../../lib/dom";
import { t } from "../../lib/i18n";

const CONTROL = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";

export function showShortcuts(): void {
  const keys: [keys: string, text: string][] = [
    [`${CONTROL} Z`, t("Undo")],
    [`${CONTROL} Y`, t("Redo")],
    [`${CONTROL} C · ${CONTROL} V`, t("Copy and paste")],
    [`${CONTROL} X`, t("Cut")],
    [`${CONTROL} A`, t("Select everything")],
    [`${CONTROL} F`, t("Find in the diagram")],
    [`${CONTROL} S`, t("Save now")],
    ["Delete", t("Delete what is selected")],
    ["E", t("Edit the name")],
    ["R", t("Change the type")],
    ["C", t("Connect")],
    ["H", t("Move the drawing")],
    ["L", t("Select with a frame")],
    ["S", t("Make room")],
    ["← ↑ → ↓", t("Move what is selected, or the drawing with {key}", { key: CONTROL })],
    [`${CONTROL} + · ${CONTROL} − · ${CONTROL} 0`, t("Larger, smaller, as drawn")],
    ["Esc", t("Stop what was begun")],
  ];
  const close = h("button", { type: "submit", class: "btn btn-primary" }, t("Close"));
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": "shortcuts-title" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { class: "dialog-title", id: "shortcuts-title" }, t("Keys in the diagram")),
      h("p", {}, t("Click into the drawing first.")),
      h("table", { class: "shortcut-table" }, h("tbody", {}, ...keys.map(([key, text]) => h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, key)), h("td", {}, text))))),
      h("div", { class: "dialog-actions" }, close),
    ),
  );
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}
