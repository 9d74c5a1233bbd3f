/** The form as it will be filled in, and what the server would say to what is typed into it. */
import { Form } from "@bpmn-io/form-js-viewer";
import "../../form/calendar";
import { fieldsModule } from "../../form/fields";
import type { Field, FieldInstance, FormIsland, Person } from "../../form/types";
import { demands, serverErrors, validationModule } from "../../form/validation";
import { csrfToken, h } from "../../lib/dom";
import { t } from "../../lib/i18n";

export interface Fault {
  element: string;
  severity: "error" | "warning";
  message: string;
}

export interface Said {
  /** what keeps the form from being used */
  findings: Fault[];
  errors: { path: string; message: string }[];
  /** what would be kept, by name; as text */
  kept: { name: string; value: string }[];
  people: Record<string, Person[]>;
}

interface Instances {
  getAllKeyed(): FieldInstance[];
}

interface Fields {
  get(id: string): Field | undefined;
}

/** Asks the server about a form as text, and about values for it. */
export async function ask(url: string, text: string, values: unknown, context: string): Promise<Said | null> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify({ text, values, context }),
    });
    return answer.ok ? ((await answer.json()) as Said) : null;
  } catch {
    return null;
  }
}

export class Preview {
  readonly element = h("div", { class: "preview" });
  private readonly stage = h("div", { class: "form-stage" });
  private form: Form | null = null;
  private data: Record<string, unknown> = {};
  private timer = 0;

  /** Without `typed` the form is only to be seen. */
  constructor(private readonly typed?: () => void) {
    if (typed) this.element.append(h("p", { class: "muted preview-hint" }, t("Try it: what you type goes nowhere. What the server would say stands at the fields and beside the form.")));
    this.element.append(this.stage);
  }

  async show(schema: Record<string, unknown>, context: Record<string, unknown>, persons: Record<string, Person[]>): Promise<void> {
    if (this.form) this.data = { ...this.values() };
    this.form?.destroy();
    serverErrors.clear();
    const island: FormIsland = { schema, persons, pretend: true, readonly: !this.typed };
    this.form = new Form({ container: this.stage, debounce: false, additionalModules: [fieldsModule(island), validationModule()], properties: this.typed ? {} : { readOnly: true } } as ConstructorParameters<typeof Form>[0]);
    await this.form.importSchema(schema as never, { ...context, ...this.data } as never);
    const { typed } = this;
    if (!typed) return;
    this.form.on("field.updated", ((event: { fieldInstance: FieldInstance }) => {
      serverErrors.delete(event.fieldInstance.valuePath.join("."));
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(typed, 500);
    }) as never);
  }

  values(): Record<string, unknown> {
    if (!this.form) return {};
    const fields = this.form.get<Fields>("formFieldRegistry");
    const { data } = (this.form as unknown as { _getState(): { data: unknown } })._getState();
    const result: Record<string, unknown> = {};
    for (const { id, valuePath } of this.form.get<Instances>("formFieldInstanceRegistry").getAllKeyed()) {
      const field = fields.get(id);
      if (!field || field.disabled || field.readonly === true || field.type === "expression") continue;
      let place: Record<string | number, unknown> = result;
      valuePath.forEach((step, index) => {
        if (index === valuePath.length - 1) place[step] = plain(read(data, valuePath));
        else place = (place[step] ??= typeof valuePath[index + 1] === "number" ? [] : {}) as Record<string | number, unknown>;
      });
    }
    return result;
  }

  /** The server's words at their fields. */
  say(errors: Said["errors"]): void {
    serverErrors.clear();
    for (const { path, message } of errors) {
      const key = path.replace(/\[(\d+)\]/g, ".$1");
      serverErrors.set(key, [...(serverErrors.get(key) ?? []), message]);
    }
    demands.serverOnly = true;
    this.form?.validate();
    demands.serverOnly = false;
  }
}

const plain = (value: unknown): unknown => (value === undefined || (typeof value === "object" && value !== null && "unreadable" in value) ? null : value);

function read(data: unknown, path: (string | number)[]): unknown {
  return path.reduce<unknown>((value, step) => (value === null || value === undefined ? undefined : (value as Record<string | number, unknown>)[step]), data);
}
