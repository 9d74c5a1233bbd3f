import "./css/charts.css";

import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { allowStyles } from "./charts/policy";
import { options } from "./charts/options";
import type { Chart } from "./charts/types";
import { h, readJson } from "./lib/dom";

use([BarChart, GridComponent, AriaComponent, SVGRenderer]);
allowStyles();

/** A chart, drawn again when its width or the colours change; every bar leads to its cases. */
class Board {
  private readonly chart: EChartsType;
  private readonly given: Chart;

  constructor(private readonly host: HTMLElement) {
    this.given = readJson<Chart>(host);
    host.before(key(this.given));
    if (this.given.kind === "bars") host.style.height = `${this.given.categories.length * 44 + 40}px`;
    const stage = document.createElement("div");
    stage.style.height = "100%";
    host.append(stage);
    this.chart = init(stage, undefined, { renderer: "svg" });
    this.chart.on("click", (event) => {
      const { url } = (event.data ?? {}) as { url?: string };
      if (url) window.location.assign(url);
    });
    this.draw();
    new ResizeObserver(() => this.chart.resize()).observe(host);
  }

  draw(): void {
    this.chart.setOption(options(this.given, this.host) as EChartsCoreOption, true);
    this.host.dataset["ready"] = "yes";
  }
}

/** What the two colours mean. */
function key(chart: Chart): HTMLElement {
  const names = chart.series.map((one) => h("span", { class: one.main ? "key-main" : "key-other" }, chart.unit ? `${one.name} (${chart.unit})` : one.name));
  return h("p", { class: "chart-key", "aria-hidden": "true" }, ...names);
}

const boards = [...document.querySelectorAll<HTMLElement>("[data-chart]")].map((host) => new Board(host));
const redraw = (): void => boards.forEach((one) => one.draw());
new MutationObserver(redraw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
