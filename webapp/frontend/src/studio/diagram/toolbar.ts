/** The line above the drawing: undo, zoom, find, play; and how saving stands. */
import { h } from "../../lib/dom";
import { t } from "../../lib/i18n";
import { type Canvas, fit, type Stage } from "../stage";
import { showShortcuts } from "./shortcuts";
import type { CommandStack, EventBus } from "./types";

export interface Toolbar {
  element: HTMLElement;
  status: HTMLElement;
  add(button: HTMLElement): void;
}

export function tool(label: string, sign: string, act: (button: HTMLButtonElement) => void, wide = false): HTMLButtonElement {
  const button = h("button", { type: "button", class: `tool${wide ? " tool-wide" : ""}`, title: label, ...(wide ? {} : { "aria-label": label }) }, wide ? `${sign} ${label}`.trim() : sign);
  button.addEventListener("click", () => act(button));
  return button;
}

export function toolbar(stage: Stage, editing: boolean): Toolbar {
  const canvas = (): Canvas => stage.get<Canvas>("canvas");
  const status = h("p", { class: "saving-line", role: "status" });
  const tools = h("div", { class: "tools", role: "toolbar", "aria-label": t("Tools of the diagram") });
  if (editing) {
    const stack = stage.get<CommandStack>("commandStack");
    const undo = tool(t("Undo"), "↶", () => stack.undo());
    const redo = tool(t("Redo"), "↷", () => stack.redo());
    const update = (): void => {
      undo.disabled = !stack.canUndo();
      redo.disabled = !stack.canRedo();
    };
    stage.get<EventBus>("eventBus").on("commandStack.changed", update);
    stage.get<EventBus>("eventBus").on("import.done", update);
    update();
    tools.append(undo, redo, h("span", { class: "tool-gap" }));
  }
  tools.append(
    tool(t("Larger"), "+", () => canvas().zoom(Math.min(4, canvas().zoom() * 1.25))),
    tool(t("Smaller"), "−", () => canvas().zoom(Math.max(0.2, canvas().zoom() / 1.25))),
    tool(t("Show the whole diagram"), "⤢", () => fit(stage)),
  );
  if (editing) {
    tools.append(
      tool(t("Find in the diagram"), "⌕", () => stage.get<{ trigger(action: string): void }>("editorActions").trigger("find")),
      tool(t("Keys in the diagram"), "⌨", showShortcuts),
      h("span", { class: "tool-gap" }),
    );
  }
  return { element: h("div", { class: "modeler-bar" }, tools, status), status, add: (button) => tools.append(button) };
}
