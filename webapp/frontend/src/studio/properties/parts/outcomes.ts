/** The ways a step can end, each with its button, what it means and what it asks for. */
import { t } from "../../../lib/i18n";
import type { Moddle } from "../../diagram/types";
import type { Listed } from "../fields";
import { copy, extensionOf, setEntries } from "../model";
import type { About } from "../panel";

const LIST = "gongban:Outcomes";
const ONE = "gongban:Outcome";

export function outcomes(about: About): Listed {
  const { panel, element, object } = about;
  const all = (): Moddle[] => (extensionOf(object, LIST)?.get("outcomes") as Moddle[] | undefined) ?? [];
  const store = (entries: Moddle[]): void => setEntries(panel, element, LIST, "outcomes", entries);
  const change = (index: number, attributes: Record<string, unknown>): void => store(all().map((one, at) => (at === index ? copy(panel, one, ONE, attributes) : one)));
  const said = (index: number, name: string): string => String(all()[index]?.get(name) ?? "");
  const kinds = [
    { value: "positive", label: t("in favour") },
    { value: "negative", label: t("against") },
    { value: "abstain", label: t("abstention") },
    { value: "neutral", label: t("neither") },
  ];
  return {
    id: "outcomes",
    label: t("Outcomes"),
    items: all().map((one, index) => ({
      id: `outcome-${index}`,
      label: String(one.get("label") ?? one.get("id") ?? ""),
      fields: [
        { id: `outcome-${index}-label`, label: t("What the button says"), kind: "text", get: () => said(index, "label"), set: (value) => change(index, { label: value }) },
        {
          id: `outcome-${index}-id`,
          label: t("Id"),
          hint: t("Conditions call it so: outcomes.{step} = \"{id}\"", { step: object.id ?? "", id: said(index, "id") }),
          kind: "text",
          get: () => said(index, "id"),
          set: (value) => change(index, { id: value }),
          validate: (value) => (!/^[A-Za-z_]\w*$/.test(value ?? "") ? t("An id begins with a letter and has only letters, digits and “_”.") : all().some((other, at) => at !== index && other.get("id") === value) ? t("There is one of this name already.") : undefined),
        },
        { id: `outcome-${index}-kind`, label: t("Means"), kind: "select", options: kinds, get: () => said(index, "kind"), set: (value) => change(index, { kind: value }) },
        { id: `outcome-${index}-opinion`, label: t("An opinion is"), kind: "select", options: [{ value: "optional", label: t("welcome") }, { value: "required", label: t("asked for") }], get: () => said(index, "opinion"), set: (value) => change(index, { opinion: value }) },
        { id: `outcome-${index}-form`, label: t("The form"), kind: "select", options: [{ value: "validated", label: t("must be complete") }, { value: "not_validated", label: t("is kept as far as it is filled in") }], get: () => said(index, "form"), set: (value) => change(index, { form: value }) },
      ],
      remove: () => store(all().filter((_, at) => at !== index)),
    })),
    add: () => {
      const taken = new Set(all().map((one) => one.get("id")));
      const usual: [string, string, string][] = [["agree", t("Agree"), "positive"], ["refuse", t("Refuse"), "negative"]];
      const [id, label, kind] = usual.find(([one]) => !taken.has(one)) ?? [free(taken), t("A further outcome"), "neutral"];
      store([...all(), panel.moddle.create(ONE, { id, label, kind, ...(kind === "negative" ? { opinion: "required" } : {}) })]);
    },
  };
}

function free(taken: Set<unknown>): string {
  let number = 1;
  while (taken.has(`outcome_${number}`)) number += 1;
  return `outcome_${number}`;
}
