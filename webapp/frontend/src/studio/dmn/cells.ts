/** Marks in a decision table, as rules of a style sheet: the editor draws its cells anew as it likes. */
import { h } from "../../lib/dom";
import type { Finding } from "../checking";

/** The columns' ids in their order, inputs first, and the rules' ids. */
export interface Grid {
  columns: string[];
  rules: string[];
}

/** A finding that says its cell in words gets it as a place, too. */
export function placed(finding: Finding, inputs: number): Finding {
  const found = /rule (\d+), (input|output) (\d+)/.exec(finding.message);
  if (!found || (finding.cells ?? []).length > 0) return finding;
  const column = Number(found[3]) + (found[2] === "output" ? inputs : 0);
  return { ...finding, element: finding.element || (/decision "([^"]+)"/.exec(finding.message)?.[1] ?? ""), cells: [{ row: Number(found[1]), column }] };
}

export class Marks {
  private readonly sheet = h("style");
  private found = "";
  private met = "";

  constructor(stage: HTMLElement) {
    stage.append(this.sheet);
  }

  findings(findings: Finding[], grid: Grid): void {
    this.found = findings
      .flatMap(({ severity, cells }) => (cells ?? []).map(({ row, column }) => ({ severity, where: cell(grid, row, column) })))
      .filter(({ where }) => where)
      .map(({ severity, where }) => `${where}{box-shadow:inset 0 0 0 2px ${severity === "error" ? "#b42318" : "#c98a00"};background:${severity === "error" ? "#fdeeec" : "#fff5e0"}}`)
      .join("\n");
    this.write();
  }

  hit(rules: string[]): void {
    this.met = rules.map((id) => `.dmn-decision-table-container td[data-row-id="${CSS.escape(id)}"]{background:#e9f6ed}`).join("\n");
    this.write();
  }

  private write(): void {
    this.sheet.textContent = `${this.met}\n${this.found}`;
  }
}

function cell(grid: Grid, row: number, column: number): string {
  const rule = grid.rules[row - 1];
  if (!rule) return "";
  const place = `.dmn-decision-table-container td[data-row-id="${CSS.escape(rule)}"]`;
  if (column === 0) return place;
  const id = grid.columns[column - 1];
  return id ? `${place}[data-col-id="${CSS.escape(id)}"]` : "";
}
