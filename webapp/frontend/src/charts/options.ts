import type { Chart } from "./types";

/** A chart in the page's colours: one that stands out, the rest grey; every bar says its number. */
export function options(chart: Chart, host: HTMLElement): object {
  const style = window.getComputedStyle(host);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const font = { color: colour("--muted"), fontFamily: style.fontFamily, fontSize: 13 };
  const across = chart.kind === "bars";
  const narrow = host.clientWidth < 480;
  const categories = {
    type: "category",
    data: chart.categories,
    inverse: across,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colour("--line-strong") } },
    axisLabel: across ? { ...font, width: narrow ? 110 : 190, overflow: "truncate" } : { ...font, hideOverlap: true },
  };
  const values = { type: "value", show: false, minInterval: chart.unit ? undefined : 1 };
  return {
    animation: false,
    aria: { enabled: true, label: { description: description(chart) } },
    textStyle: { fontFamily: style.fontFamily },
    grid: { left: 8, right: across ? 44 : 8, top: 28, bottom: 4, containLabel: true },
    xAxis: across ? values : categories,
    yAxis: across ? categories : values,
    series: chart.series.map((one) => ({
      type: "bar",
      name: one.name,
      data: one.data,
      cursor: "pointer",
      barMaxWidth: across ? 14 : 22,
      barGap: "10%",
      itemStyle: { color: colour(one.main ? "--blue-fill" : "--line-strong"), borderRadius: across ? [0, 2, 2, 0] : [2, 2, 0, 0] },
      emphasis: { itemStyle: { color: colour(one.main ? "--blue-strong" : "--muted") } },
      label: {
        ...font,
        show: !narrow || across || one.main,
        color: one.main ? colour("--text") : colour("--muted"),
        position: across ? "right" : "top",
        formatter: ({ value }: { value: number }) => (value === 0 ? "" : String(value)),
      },
    })),
  };
}

function description(chart: Chart): string {
  const series = chart.series.map((one) => `${one.name}: ${one.data.map((each, n) => `${chart.categories[n] ?? ""} ${each.value}`).join(", ")}`);
  return [chart.says, ...series].filter(Boolean).join(" ");
}
