import { runExpressionEvaluation } from "@bpmn-io/form-js-viewer";
import { t } from "../lib/i18n";
import { bankAccountHolds, idCardHolds, mobileHolds } from "./checks";
import { fromFen } from "./money";
import type { Field, FieldInstance } from "./types";

/**
 * complete: while an outcome "keeps what is well-formed", nothing is required.
 * serverOnly: a page that comes back from the server shows what the server said, no more.
 */
export const demands = { complete: true, serverOnly: false };

/** Messages of the server, by value path; a message goes when its field changes. */
export const serverErrors = new Map<string, string[]>();

interface Validator {
  validateFieldInstance(instance: FieldInstance, value: unknown): string[];
}

interface Registry {
  get(id: string): Field | undefined;
}

const OWN = new Set(["money", "idcard", "bankaccount", "mobile", "persons", "attachments"]);
const REQUIRED = "Field is required.";

const SENTENCES: [RegExp, (found: RegExpExecArray, field: Field) => string][] = [
  [/^Field is required\.$/, (_found, field) => requiredText(field)],
  [/^Field must match pattern/, () => t("This does not have the expected form.")],
  [/^Field must have minimum value of (.*)\.$/, (found) => t("Must be at least {limit}.", { limit: found[1] ?? "" })],
  [/^Field must have maximum value of (.*)\.$/, (found) => t("Must be at most {limit}.", { limit: found[1] ?? "" })],
  [/^Field must have minimum length of (.*)\.$/, (found) => t("Write at least {limit} characters.", { limit: found[1] ?? "" })],
  [/^Field must have maximum length of (.*)\.$/, (found) => t("Write at most {limit} characters.", { limit: found[1] ?? "" })],
  [/^Field must be a valid email\.$/, () => t("This is not an e-mail address.")],
  [/^Field must be a valid\s+international phone/, () => t("This is not a telephone number.")],
  [/^Value is not a number\.$/, () => t("Enter a number.")],
  [/^Value is expected to be an integer\.$/, () => t("Enter a whole number.")],
  [/^Value is expected to have at most (\d+) decimal/, (found) => t("At most {limit} digits after the point.", { limit: found[1] ?? "" })],
  [/two nearest valid values are (.*) and (.*)\.$/, (found) => t("The nearest values that fit are {low} and {high}.", { low: found[1] ?? "", high: found[2] ?? "" })],
];

function requiredText(field: Field): string {
  if (["select", "radio", "checklist", "taglist", "persons"].includes(field.type)) return t("Choose here.");
  if (field.type === "checkbox") return t("Tick this to go on.");
  if (field.type === "attachments") return t("Add a file.");
  return t("Fill this in.");
}

const empty = (value: unknown): boolean => value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

function ownErrors(field: Field, value: unknown, limit: (name: string) => number | undefined): string[] {
  if (empty(value)) return field.validate?.required || (limit("minItems") ?? 0) > 0 ? [REQUIRED] : [];
  if (field.type === "money") {
    if (typeof value !== "number") return [t("Enter an amount such as 12000 or 12,000.50.")];
    const [least, most] = [limit("min"), limit("max")];
    if (least !== undefined && value < least) return [t("At least {amount} yuan.", { amount: fromFen(least) })];
    if (most !== undefined && value > most) return [t("At most {amount} yuan.", { amount: fromFen(most) })];
    return [];
  }
  if (field.type === "idcard") return idCardHolds(String(value)) ? [] : [t("This identity number is not right: check its 18 characters.")];
  if (field.type === "bankaccount") return bankAccountHolds(String(value)) ? [] : [t("This bank card number is not right: check its digits.")];
  if (field.type === "mobile") return mobileHolds(String(value)) ? [] : [t("A mobile number has 11 digits and begins with 1.")];
  const count = (value as unknown[]).length;
  const [least, most] = [limit("minItems"), limit("maxItems")];
  if (demands.complete && least !== undefined && count < least) {
    return [field.type === "persons" ? t("Choose at least {limit} people.", { limit: least }) : t("Add at least {limit} files.", { limit: least })];
  }
  if (most !== undefined && count > most) {
    return [field.type === "persons" ? t("Choose at most {limit} people.", { limit: most }) : t("Keep at most {limit} files.", { limit: most })];
  }
  return [];
}

interface Expressions {
  evaluate(text: string, data: Record<string, unknown>): unknown;
}

/**
 * A condition is met when its value is true, as on the server. The library asks a unary test
 * instead, for which null counts as met: a field would hide here and be required there.
 */
class OwnConditions {
  static $inject = ["conditionChecker", "expressionLanguage"];
  constructor(checker: { check(text: string, data?: Record<string, unknown>): boolean | null }, expressions: Expressions) {
    checker.check = (text, data = {}) => expressions.evaluate(text, data) === true;
  }
}

export function validationModule(): Record<string, unknown> {
  class OwnValidation {
    static $inject = ["validator", "formFieldRegistry", "expressionLanguage"];
    constructor(validator: Validator, registry: Registry, expressions: unknown) {
      const original = validator.validateFieldInstance.bind(validator);
      validator.validateFieldInstance = (instance, value) => {
        const field = registry.get(instance.id);
        if (!field) return [];
        const refused = serverErrors.get(instance.valuePath.join("."));
        if (refused || demands.serverOnly) return refused ?? [];
        const limit = (name: string): number | undefined => {
          const given = field.validate?.[name];
          const found: unknown = typeof given === "string" ? runExpressionEvaluation(expressions as never, given, instance.expressionContextInfo as never) : given;
          return found === null || found === undefined || found === "" ? undefined : Number(found);
        };
        const found = OWN.has(field.type) ? ownErrors(field, value, limit) : original(instance, value);
        const said = found.filter((message) => demands.complete || message !== REQUIRED).map((message) => sentence(message, field));
        if (said.length === 0 && demands.complete && !empty(value) && checkFails(field, expressions, instance)) {
          said.push(field.properties?.["checkMessage"] ?? t("This does not fit with the other values."));
        }
        return said;
      };
    }
  }
  return { __init__: ["ownValidation", "ownConditions"], ownValidation: ["type", OwnValidation], ownConditions: ["type", OwnConditions] };
}

/**
 * Dates are text in the browser and dates on the server, and "today" is the organisation's (a
 * demonstration's clock may be moved), not this machine's: such checks are the server's alone.
 */
function judgeable(check: string): boolean {
  return !/\b(today|now)\(|\.year\b|\.month\b|\.day\b|duration\(/.test(check);
}

/** properties.check: FEEL over the form; only a clear "false" speaks here, the server has the last word. */
function checkFails(field: Field, expressions: unknown, instance: FieldInstance): boolean {
  const check = field.properties?.["check"];
  if (!check || !judgeable(check)) return false;
  return runExpressionEvaluation(expressions as never, `=${check.replace(/^=/, "")}`, instance.expressionContextInfo as never) === false;
}

function sentence(message: string, field: Field): string {
  for (const [pattern, say] of SENTENCES) {
    const found = pattern.exec(message);
    if (found) return say(found, field);
  }
  return message;
}
