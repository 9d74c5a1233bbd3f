/** What the system does by itself: abilities with their arguments, decision tables. */
import { t } from "../../../lib/i18n";
import { type AbilityWord, titled } from "../../package-words";
import type { Field, Part } from "../fields";
import { propertiesOf, propertyOf, setProperty } from "../model";
import { type About, choice, loopNames, property } from "../panel";
import { linked } from "./people";

export const SERVICE_PROPERTIES = ["ability", "into"];
export const RULE_PROPERTIES = ["decision", "into"];

export function service(about: About): Part[] {
  const { panel, element, object } = about;
  const abilities = panel.words().abilities;
  const known = (): AbilityWord | undefined => abilities.map((one): AbilityWord => (typeof one === "string" ? { id: one } : one)).find(({ id }) => id === propertyOf(object, "ability"));
  const expected = [...(known()?.needs ?? []).map((name) => ({ name, required: true })), ...(known()?.may ?? []).map((name) => ({ name, required: false }))];
  const written = propertiesOf(object).filter(([name]) => name.startsWith("with.")).map(([name]) => name.slice(5));
  const names = [...new Set([...expected.map(({ name }) => name), ...written])];
  const says = known()?.says;
  return [
    {
      id: "ability",
      label: t("What the system does"),
      fields: [
        property(about, "ability", "select", t("Ability"), { options: [{ value: "", label: t("Choose …") }, ...choice(abilities)], ...(says ? { hint: says } : {}) }),
        property(about, "into", "text", t("Put the result into the field")),
      ],
    },
    {
      id: "arguments",
      label: t("What it is given"),
      items: names.map((name) => {
        const contract = expected.find((one) => one.name === name);
        const field: Field = property(about, `with.${name}`, "feel", name, { extra: loopNames(object) });
        const missing = contract?.required && !propertyOf(object, `with.${name}`);
        return { id: `with-${name}`, label: missing ? `${name} · ${t("is missing")}` : name, fields: written.includes(name) && !contract ? [renaming(about, name), field] : [field], remove: () => setProperty(panel, element, `with.${name}`, undefined) };
      }),
      add: () => {
        const name = expected.find((one) => !written.includes(one.name))?.name ?? free(written);
        setProperty(panel, element, `with.${name}`, "null");
      },
    },
  ];
}

function renaming(about: About, name: string): Field {
  const { panel, element, object } = about;
  return { id: `with-${name}-name`, label: t("What it is called"), kind: "text", get: () => name, set: (value) => value && value !== name && setProperty(panel, element, `with.${name}`, propertyOf(object, `with.${name}`), `with.${value}`), validate: (value) => (!value ? t("It needs a name.") : value !== name && propertyOf(object, `with.${value}`) ? t("There is one of this name already.") : undefined) };
}

function free(taken: string[]): string {
  let number = 1;
  while (taken.includes(`argument_${number}`)) number += 1;
  return `argument_${number}`;
}

export function decision(about: About): Part {
  const { panel, object } = about;
  const link = panel.links.table;
  const fields: Field[] = [
    property(about, "decision", "select", t("Decision"), { options: [{ value: "", label: t("Choose …") }, ...choice(panel.words().decisions)] }),
    property(about, "into", "text", t("Put the result into the field")),
  ];
  if (link) fields.splice(1, 0, { id: "decision-link", label: "", kind: "widget", widget: () => linked(() => link.replace("{name}", encodeURIComponent(fileOf(about) || propertyOf(object, "decision"))), t("Open the table")) });
  return { id: "decision", label: t("Decision table"), fields };
}

/** A decision's file, where the package's words say so. */
function fileOf(about: About): string | undefined {
  const name = propertyOf(about.object, "decision");
  const word = (about.panel.words().decisions ?? []).find((one) => titled(one).id === name);
  return typeof word === "object" ? word.file : undefined;
}
