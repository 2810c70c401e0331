// Draws a chart from data in the page. The table with the same numbers stands
// beside it.
//
//   <div data-island="chart" data-island-when="visible" class="otk-chart">
//     <script type="application/json">
//       {"kind": "line", "title": "Обращения по неделям", "labels": ["1", "2"],
//        "series": [{"name": "Поступило", "values": [10, 12]}], "unit": ""}
//     </script>
//   </div>
//
// kind is line, bar, stacked or rows (bars lying down, for long names). A
// value may be null. A bar opens its url where "urls" gives one a label.

import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

type Chart = {
  kind: "line" | "bar" | "stacked" | "rows";
  title: string;
  labels: string[];
  series: { name: string; values: (number | null)[] }[];
  unit?: string;
  urls?: string[];
};

// One accent first, then what can be told apart from it in grey print too. A
// style sheet may say otherwise: --otk-chart-1, --otk-chart-2…
const colours = ["#0b5c68", "#c27a00", "#7fb3b8", "#51606a", "#b42318", "#4c3d7a"];

// Lines differ in more than colour.
const symbols = ["circle", "rect", "triangle", "diamond"];

export function start(root: HTMLElement): void {
  const data: Chart = JSON.parse(root.querySelector("script")?.textContent ?? "null");
  if (!data) return;
  root.classList.add("otk-chart--ready");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const lying = data.kind === "rows";
  const names = { type: "category" as const, data: data.labels, inverse: lying, axisTick: { show: false } };
  const values = { type: "value" as const, name: data.unit, splitLine: { lineStyle: { color: "#e9e5da" } } };
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const look = getComputedStyle(root);
  const chart = init(root);
  chart.setOption({
    aria: { enabled: true, label: { description: describe(data, number) } },
    animation: !still,
    color: colours.map((colour, i) => look.getPropertyValue(`--otk-chart-${i + 1}`).trim() || colour),
    textStyle: { fontFamily: look.fontFamily, color: "#1c2529" },
    // richText draws the tooltip on the canvas: HTML tooltips need style
    // attributes, which CSP forbids.
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      valueFormatter: (value: unknown) => (typeof value === "number" ? number.format(value) : "—"),
    },
    legend: { show: data.series.length > 1, bottom: 0 },
    grid: { left: 12, right: 20, top: 24, bottom: data.series.length > 1 ? 40 : 12, containLabel: true },
    xAxis: lying ? values : names,
    yAxis: lying ? names : values,
    series: data.series.map((one, i) => ({
      name: one.name,
      data: one.values,
      ...(data.kind === "line"
        ? {
            type: "line" as const,
            symbol: symbols[i % symbols.length],
            symbolSize: 7,
            lineStyle: { width: 2.5, type: i === 0 ? ("solid" as const) : ("dashed" as const) },
          }
        : { type: "bar" as const, barMaxWidth: 28, stack: data.kind === "stacked" ? "all" : undefined }),
    })),
  });
  chart.on("click", ({ dataIndex }) => {
    const url = data.urls?.[dataIndex as number];
    if (url) location.assign(url);
  });
  new ResizeObserver(() => chart.resize()).observe(root);
  addEventListener("beforeprint", () => chart.resize());
}

// describe is what a screen reader hears instead of ECharts' own sentences,
// which exist in English and Chinese only.
function describe(data: Chart, number: Intl.NumberFormat): string {
  const series = data.series.map((one) => {
    const points = one.values.map((value, i) => `${data.labels[i]} — ${value === null ? "—" : number.format(value)}`);
    return `${one.name}: ${points.slice(0, 12).join(", ")}`;
  });
  return [data.title, ...series].join(". ");
}
