/** The frame around an editor: its views, undo and redo, the text behind it, whether it is saved, and a column beside it. */
import { h } from "../lib/dom";
import { t } from "../lib/i18n";

export interface EditorIsland {
  draft: string;
  path: string;
  text: string;
  version: number;
  read_only: boolean;
  urls: { file: string; check: string; words: string; try?: string };
}

/** Below this width a file can be read, not edited. */
const NARROWEST = 900;

export const wide = (): boolean => window.matchMedia(`(min-width: ${NARROWEST}px)`).matches;

export interface Tab {
  id: string;
  label: string;
  open(): void;
}

export class Workbench {
  readonly stage = h("div", { class: "bench-stage" });
  readonly side = h("div", { class: "bench-side stack" });
  private readonly tabs = h("div", { class: "bench-tabs", role: "group", "aria-label": t("Views of the file") });
  /** says whether everything is saved */
  readonly status = h("span", { class: "bench-status", role: "status", "aria-live": "polite" });
  private readonly tools = h("div", { class: "bench-tools" });

  constructor(island: HTMLElement) {
    island.replaceChildren(
      ...island.querySelectorAll("script"),
      h("div", { class: "bench" }, h("div", { class: "bench-bar" }, this.tabs, this.tools, this.status), h("div", { class: "bench-body" }, this.stage, this.side)),
    );
  }

  views(tabs: Tab[], active: string): void {
    this.tabs.replaceChildren(
      ...tabs.map(({ id, label, open }) => {
        const button = h("button", { type: "button", class: "bench-tab", "aria-pressed": String(id === active) }, label);
        button.addEventListener("click", open);
        return button;
      }),
    );
  }

  tool(label: string, act: () => void): HTMLButtonElement {
    const button = h("button", { type: "button", class: "btn btn-outline btn-sm" }, label);
    button.addEventListener("click", act);
    this.tools.append(button);
    return button;
  }

  /** A titled part of the column; the content may be replaced later. */
  part(title: string, ...content: (Node | string)[]): HTMLElement {
    const body = h("div", { class: "bench-part-body" }, ...content);
    this.side.append(h("section", { class: "sheet bench-part" }, h("h2", { class: "sheet-title" }, title), body));
    return body;
  }
}

/** Where a file can only be read: what it says, and on a narrow screen that editing needs a wider one. */
export function toRead(island: HTMLElement, content: Node, mayEdit: boolean): void {
  const why = mayEdit ? h("div", { class: "notice" }, h("p", {}, t("Editing needs a wider screen. Here you can read what the file says."))) : "";
  island.replaceChildren(...island.querySelectorAll("script"), why, content);
}
