/** The tables of a file, to be read: where there is no room for the editor, and for people who listen. */
import { h } from "../../lib/dom";
import { t } from "../../lib/i18n";
import { isModel } from "./namespaces";

const children = (element: Element, name: string): Element[] => Array.from(element.children).filter((kid) => kid.localName === name && isModel(kid.namespaceURI));
const child = (element: Element, name: string): Element | undefined => children(element, name)[0];
const text = (element: Element | undefined): string => (element ? (child(element, "text") ?? element).textContent?.trim() ?? "" : "");

export function tablesOf(xml: string): HTMLElement {
  const root = new DOMParser().parseFromString(xml, "application/xml").documentElement;
  return h("div", {}, ...children(root, "decision").map(decision));
}

function decision(element: Element): HTMLElement {
  const description = child(element, "description")?.textContent?.trim();
  const table = child(element, "decisionTable");
  const literal = child(element, "literalExpression");
  return h(
    "section",
    { class: "sheet reading-part" },
    h("h2", { class: "sheet-title" }, element.getAttribute("name") ?? ""),
    description ? h("p", { class: "muted" }, description) : null,
    table ? tableOf(table) : null,
    literal ? h("pre", { class: "reading-expression" }, text(literal)) : null,
  );
}

function tableOf(element: Element): HTMLElement {
  const inputs = children(element, "input").map((input) => input.getAttribute("label") || text(child(input, "inputExpression")));
  const outputs = children(element, "output").map((output) => output.getAttribute("label") || output.getAttribute("name") || "");
  const rules = children(element, "rule");
  const head = h("tr", {}, h("th", { scope: "col" }, t("Rule")), ...[...inputs, ...outputs].map((label) => h("th", { scope: "col" }, label)));
  const rows = rules.map((rule, index) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, String(index + 1)),
      ...children(rule, "inputEntry").map((entry) => h("td", {}, text(entry) || "-")),
      ...children(rule, "outputEntry").map((entry) => h("td", { class: "reading-output" }, text(entry))),
    ),
  );
  return h("div", { class: "reading-table", tabindex: "0", role: "region", "aria-label": t("Decision table") }, h("table", { class: "reading" }, h("thead", {}, head), h("tbody", {}, ...rows)));
}
