/** What a table says and where its numbers come from: the checker wants a year and a source named. */
import { h } from "../../lib/dom";
import { t } from "../../lib/i18n";

/** The same words that engine/catalog/checks/decisions.py looks for. */
const YEAR = /年度|(?<!\d)(?:19|20)\d\d(?!\d)|\byear\b/i;
const SOURCE = /来源|依据|《|\bsource\b/i;
const PLACE = /辖区|适用|\bjurisdiction\b|\bapplies\b/i;

export function documentation(text: string, write: (text: string) => void): HTMLElement {
  const area = h("textarea", { class: "form-control", rows: "6", id: "documentation" });
  area.value = text;
  const said = h("ul", { class: "bench-marks" });
  const judge = (): void => {
    const mark = (holds: boolean, yes: string, no: string): HTMLElement => h("li", { class: holds ? "is-good" : "is-open" }, holds ? `✓ ${yes}` : `○ ${no}`);
    said.replaceChildren(
      mark(YEAR.test(area.value), t("names a year"), t("no year yet")),
      mark(PLACE.test(area.value), t("says where it applies"), t("does not say where it applies")),
      mark(SOURCE.test(area.value), t("names its source"), t("no source yet")),
    );
  };
  area.addEventListener("input", () => {
    judge();
    write(area.value);
  });
  judge();
  return h("div", { class: "stack-tight" }, h("label", { class: "form-label", for: "documentation" }, t("What it decides, for which year and where it applies, and where its numbers come from")), area, said);
}
