/** Which way: the condition of a flow, and in which order a gateway tries its flows. */
import { h } from "../../../lib/dom";
import { t } from "../../../lib/i18n";
import { is, type Moddle } from "../../diagram/types";
import type { Field, Section, Widget } from "../fields";
import { expression } from "../model";
import { type About, loopNames } from "../panel";

export function flow(about: About): Section | null {
  const { panel, element, object } = about;
  const source = element.source;
  if (!source) return null;
  const drawn = object.get("conditionExpression") as Moddle | undefined;
  const fromGateway = is(source, "bpmn:ExclusiveGateway", "bpmn:InclusiveGateway");
  if (!fromGateway && !drawn) return null;
  const condition: Field = {
    id: "condition",
    label: t("Taken when"),
    kind: "feel",
    hint: isDefault(source.businessObject, object) ? t("This flow is for all other cases and needs no condition.") : "",
    extra: loopNames(object),
    get: () => String(((object.get("conditionExpression") as Moddle | undefined)?.get("body") as string | undefined) ?? ""),
    set: (value) => panel.modeling.updateProperties(element, { conditionExpression: expression(panel, value, object, object.get("conditionExpression") as Moddle | undefined) }),
  };
  const otherwise: Field = {
    id: "default",
    label: t("For all other cases"),
    kind: "check",
    get: () => String(isDefault(source.businessObject, object)),
    set: (value) => panel.modeling.updateProperties(source, { default: value === "true" ? object : undefined }),
  };
  return { id: "flow", label: t("Which way"), fields: fromGateway ? [condition, otherwise] : [condition] };
}

const isDefault = (gateway: Moddle, flow_: Moddle): boolean => gateway.get("default") === flow_;

/** The flows of a gateway in the order in which they are tried. */
export function ways(about: About): Section | null {
  const { panel, element, object } = about;
  if (!is(element, "bpmn:ExclusiveGateway", "bpmn:InclusiveGateway") || (element.outgoing ?? []).length < 2) return null;
  const widget = (): Widget => {
    const list = h("ol", { class: "panel-ways" });
    const draw = (): void => {
      const flows = panel.order.sorted((object.get("outgoing") as Moddle[]) ?? []);
      list.replaceChildren(
        ...flows.map((one, index) => {
          const target = one.get("targetRef") as Moddle | undefined;
          const body = String(((one.get("conditionExpression") as Moddle | undefined)?.get("body") as string | undefined) ?? "");
          const name = one.name || target?.name || target?.id || one.id || "";
          const open = h("button", { type: "button", class: "btn-link-plain" }, name.replace(/\s+/g, " "));
          open.addEventListener("click", () => {
            const drawn = panel.registry.get(one.id ?? "");
            if (drawn) panel.select(drawn);
          });
          const move = (label: string, sign: string, by: -1 | 1, off: boolean): HTMLButtonElement => {
            const button = h("button", { type: "button", class: "panel-remove", "aria-label": label, title: label }, sign);
            button.disabled = off || panel.readOnly;
            button.addEventListener("click", () => panel.order.moveFlow(element, one, by));
            return button;
          };
          return h(
            "li",
            {},
            h("div", { class: "panel-way" }, open, h("span", { class: "panel-moves" }, move(t("Try “{name}” earlier", { name }), "↑", -1, index === 0), move(t("Try “{name}” later", { name }), "↓", 1, index === flows.length - 1))),
            isDefault(object, one) ? h("span", { class: "muted" }, t("for all other cases")) : body ? h("code", {}, body) : h("span", { class: "is-missing" }, t("no condition yet")),
          );
        }),
      );
    };
    draw();
    return { element: h("div", {}, h("p", { class: "panel-note" }, is(element, "bpmn:ExclusiveGateway") ? t("The first whose condition holds is taken.") : t("All whose conditions hold are taken.")), list), update: draw };
  };
  return { id: "ways", label: t("Which way"), fields: [{ id: "ways-list", label: "", kind: "widget", widget }] };
}
