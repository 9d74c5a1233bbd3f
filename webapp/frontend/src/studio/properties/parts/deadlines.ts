/** Until when, and what happens by itself before and after. */
import { t } from "../../../lib/i18n";
import type { Moddle } from "../../diagram/types";
import { outcomesOf } from "../../package-words";
import { candidatesWidget } from "../candidates";
import type { Field, Part } from "../fields";
import { copy, extensionOf, setEntries } from "../model";
import { type About, loopNames } from "../panel";
import { due } from "./people";

const LADDER = "gongban:Ladder";
const RUNG = "gongban:Rung";

export function deadlines(about: About): Part[] {
  const { panel, element, object } = about;
  const rungs = (): Moddle[] => (extensionOf(object, LADDER)?.get("rungs") as Moddle[] | undefined) ?? [];
  const change = (index: number, attributes: Record<string, unknown>): void =>
    setEntries(panel, element, LADDER, "rungs", rungs().map((rung, at) => (at === index ? copy(panel, rung, RUNG, attributes) : rung)));
  const said = (index: number, name: string): string => String(rungs()[index]?.get(name) ?? "");
  const acts = (): { value: string; label: string }[] => [
    { value: "remind", label: t("remind") },
    { value: "escalate", label: t("tell somebody higher") },
    { value: "hand_over", label: t("hand it over") },
    { value: "decide", label: t("decide by itself") },
  ];
  return [
    { id: "due-section", label: t("Time limit"), fields: [due(about)] },
    {
      id: "ladder",
      label: t("What happens by itself"),
      items: rungs().map((rung, index) => {
        const act = String(rung.get("do") ?? "remind");
        const fields: Field[] = [
          { id: `rung-${index}-do`, label: t("What is done"), kind: "select", options: acts(), get: () => said(index, "do"), set: (value) => change(index, { do: value }) },
          { id: `rung-${index}-at`, label: t("When"), kind: "feel", get: () => said(index, "at"), set: (value) => change(index, { at: value }), extra: [{ name: "due", type: "date and time", from: t("the time limit") }, { name: "opened", type: "date and time", from: t("when the step began") }, ...loopNames(object)], placeholder: "add working days(due, -1)" },
        ];
        if (act === "escalate" || act === "hand_over" || said(index, "to")) {
          fields.push({ id: `rung-${index}-to`, label: t("Who gets it"), kind: "widget", widget: () => candidatesWidget({ label: t("Who gets it"), get: () => said(index, "to"), set: (value) => change(index, { to: value }), words: panel.words, readOnly: panel.readOnly }) });
        }
        if (act === "decide" || said(index, "outcome")) {
          fields.push({ id: `rung-${index}-outcome`, label: t("Outcome"), kind: "select", options: [{ value: "", label: t("Choose …") }, ...ownOutcomes(about)], get: () => said(index, "outcome"), set: (value) => change(index, { outcome: value }) });
        }
        return {
          id: `rung-${index}`,
          label: `${acts().find(({ value }) => value === act)?.label ?? act} · ${said(index, "at") || "?"}`,
          fields,
          remove: () => setEntries(panel, element, LADDER, "rungs", rungs().filter((_, at) => at !== index)),
        };
      }),
      add: () => setEntries(panel, element, LADDER, "rungs", [...rungs(), panel.moddle.create(RUNG, { at: "due", do: "remind" })]),
    },
  ];
}

/** The outcomes of the step itself, as they are drawn now. */
export function ownOutcomes(about: About): { value: string; label: string }[] {
  const drawn = (extensionOf(about.object, "gongban:Outcomes")?.get("outcomes") as Moddle[] | undefined) ?? [];
  if (drawn.length > 0) return drawn.map((one) => ({ value: String(one.get("id") ?? ""), label: String(one.get("label") ?? one.get("id") ?? "") }));
  return outcomesOf(about.panel.words(), about.object.id ?? "").map(({ id, label }) => ({ value: id, label }));
}
