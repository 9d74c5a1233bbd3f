import "./studio/words";

import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "@bpmn-io/properties-panel/dist/assets/properties-panel.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";
import "./css/modeler.css";

import { h, readJson } from "./lib/dom";
import { t } from "./lib/i18n";
import { openDiagram } from "./studio/diagram/page";
import type { DiagramIsland } from "./studio/diagram/given";

/** Starts the islands that have not been started. */
export function start(): void {
  for (const island of document.querySelectorAll<HTMLElement>('[data-island="modeler"]:not([data-started])')) {
    island.dataset["started"] = "yes";
    openDiagram(island, readJson<DiagramIsland>(island)).catch((error: unknown) => {
      console.error(error);
      island.append(h("div", { class: "notice notice-danger", role: "alert" }, t("The diagram cannot be opened: {why}", { why: error instanceof Error ? error.message : String(error) })));
      island.dataset["ready"] = "failed";
    });
  }
}

start();
