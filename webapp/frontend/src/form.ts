import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "./css/form.css";

import { Form } from "@bpmn-io/form-js-viewer";
import "./form/calendar";
import { fieldsModule, uploadsRunning } from "./form/fields";
import type { Field, FieldInstance, FormIsland, ServerError } from "./form/types";
import { demands, serverErrors, validationModule } from "./form/validation";
import { announce, csrfToken, h, newKey, readJson, toast } from "./lib/dom";
import { t } from "./lib/i18n";
import { heard as answered, lost, signedIn, standing } from "./lib/session";

interface Instances {
  getAllKeyed(): FieldInstance[];
}

interface Fields {
  get(id: string): Field | undefined;
}

type Errors = Record<string, unknown>;

class FormPage {
  private readonly form: Form;
  private readonly host: HTMLFormElement | null;
  private readonly status: HTMLElement | null;
  private touched = false;
  private dirty = false;
  private leaving = false;
  private timer = 0;
  /** Ends what listens beyond the island once it has left the page. */
  private readonly gone = new AbortController();

  constructor(
    private readonly island: HTMLElement,
    private readonly given: FormIsland,
  ) {
    const stage = h("div", { class: "form-stage" });
    island.replaceChildren(...island.querySelectorAll("script"), stage);
    this.host = (document.getElementById(island.dataset["form"] ?? "") ?? island.closest("form")) as HTMLFormElement | null;
    this.status = document.querySelector("[data-draft-status]");
    this.form = new Form({
      container: stage,
      // With the library's delay of 300 ms a redraw in between puts the old text back: typing is lost.
      debounce: false,
      additionalModules: [fieldsModule(given), validationModule()],
      properties: given.readonly ? { readOnly: true } : {},
    } as ConstructorParameters<typeof Form>[0]);
  }

  async open(): Promise<void> {
    this.rememberServerErrors(this.given.errors ?? []);
    await this.form.importSchema(this.given.schema as never, { ...this.given.context, ...this.given.data } as never);
    if ((this.given.errors ?? []).length > 0) {
      // The fields register while they are drawn; look at them once they are there.
      window.setTimeout(() => {
        demands.serverOnly = true;
        this.form.validate();
        demands.serverOnly = false;
        this.goToFirstError();
      }, 0);
    }
    this.form.on("field.updated", ((event: { fieldInstance: FieldInstance }) => this.changed(event.fieldInstance)) as never);
    // Computed fields settle by themselves; only what the person does makes the form unsaved.
    for (const kind of ["input", "click", "drop"]) this.island.addEventListener(kind, () => (this.touched = true), { capture: true });
    if (this.host && !this.given.readonly) this.guard(this.host);
    this.island.dataset["ready"] = "yes";
  }

  /** What goes to the server: visible fields that can be edited; the server computes the rest. */
  private values(): Record<string, unknown> {
    const fields = this.form.get<Fields>("formFieldRegistry");
    const data = (this.form as unknown as { _getState(): { data: unknown } })._getState().data;
    const result: Record<string, unknown> = {};
    for (const { id, valuePath } of this.form.get<Instances>("formFieldInstanceRegistry").getAllKeyed()) {
      const field = fields.get(id);
      if (!field || field.disabled || field.readonly === true || field.type === "expression") continue;
      let value = read(data, valuePath);
      if (value !== null && typeof value === "object" && "unreadable" in value) value = null;
      write(result, valuePath, value === undefined ? null : value);
    }
    return result;
  }

  private guard(host: HTMLFormElement): void {
    host.addEventListener("gongban:deciding", (event) => {
      const { button } = (event as CustomEvent<{ button: HTMLButtonElement | null }>).detail;
      if (uploadsRunning.count > 0) {
        event.preventDefault();
        toast(t("A file is still being uploaded. Wait until it is done."), "error");
        return;
      }
      // all: complete and well-formed; none: well-formed; draft: whatever there is.
      const demand = button?.dataset["validate"] ?? "all";
      demands.complete = demand === "all";
      serverErrors.clear();
      const errors = demand === "draft" ? {} : (this.form.validate() as Errors);
      if (Object.keys(errors).length > 0) {
        event.preventDefault();
        this.goToFirstError();
        demands.complete = true;
        return;
      }
      let hidden = host.querySelector<HTMLInputElement>('input[name="form_json"]');
      if (!hidden) {
        hidden = h("input", { type: "hidden", name: "form_json" });
        host.append(hidden);
      }
      hidden.value = JSON.stringify(this.values());
    });
    // On window, so that everybody who may still stop the submission has spoken.
    window.addEventListener("submit", (event) => {
      if (event.defaultPrevented || event.target !== host) return;
      window.clearTimeout(this.timer);
      this.leaving = true;
    }, { signal: this.gone.signal });
    host.querySelector<HTMLTextAreaElement>("textarea[name=opinion]")?.addEventListener("input", () => this.later());
    window.addEventListener("beforeunload", (event) => {
      if (!this.dirty || this.leaving) return;
      event.preventDefault();
      event.returnValue = ""; // Chromium before 119 asks only for this
    }, { signal: this.gone.signal });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.leaving = false;
    }, { signal: this.gone.signal });
    // Another case takes this one's place: what was typed is kept at once.
    document.addEventListener("gongban:leaving", () => {
      window.clearTimeout(this.timer);
      if (this.dirty && !this.leaving) void this.saveDraft();
      this.gone.abort();
    }, { signal: this.gone.signal });
  }

  private changed(instance: FieldInstance): void {
    serverErrors.delete(instance.valuePath.join("."));
    demands.complete = true;
    if (this.touched) this.later();
  }

  private later(): void {
    this.dirty = true;
    if (!this.given.draft_url || this.given.readonly) return;
    this.say(t("Not saved yet"));
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.saveDraft(), 2000);
  }

  private async saveDraft(): Promise<void> {
    if (this.leaving || !this.given.draft_url) return;
    const opinion = this.host?.querySelector<HTMLTextAreaElement>("textarea[name=opinion]")?.value ?? "";
    this.dirty = false;
    try {
      const body = JSON.stringify({ form: this.values(), opinion });
      let answer = await this.sendDraft(body);
      if (answer.status === 401 || answer.status === 403) {
        // Perhaps the same person has signed in anew in another tab: the page only needs the new token.
        if ((await standing()).standing === "same") answer = await this.sendDraft(body);
        else if (answer.status === 401) return this.signedOut();
      }
      if (!answer.ok) throw new Error(String(answer.status));
      answered();
      const now = new Date();
      if (!this.dirty) this.say(t("Draft saved {time}", { time: `${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}` }));
    } catch {
      this.dirty = true;
      this.say(t("The draft could not be saved; what you typed is still on this page."));
    }
  }

  private sendDraft(body: string): Promise<Response> {
    return fetch(this.given.draft_url ?? "", {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken(), "Idempotency-Key": newKey() },
      body,
    });
  }

  /** Nobody is interrupted while typing: the line says it, and sending asks for the password. */
  private signedOut(): void {
    lost();
    this.dirty = true;
    this.say(t("You were signed out. What you typed is still on this page."));
    const button = h("button", { type: "button", class: "btn btn-outline btn-sm" }, t("Sign in again"));
    button.addEventListener("click", () => void signedIn().then((yes) => (yes ? this.saveDraft() : undefined)));
    this.status?.append(" ", button);
  }

  private say(text: string): void {
    if (this.status) this.status.textContent = text;
  }

  private rememberServerErrors(errors: ServerError[]): void {
    const loose: string[] = [];
    for (const { path, message } of errors) {
      const key = pathKey(path);
      if (key) serverErrors.set(key, [...(serverErrors.get(key) ?? []), message]);
      else loose.push(message);
    }
    if (loose.length > 0) {
      this.island.prepend(h("div", { class: "notice notice-danger", role: "alert" }, ...loose.map((text) => h("p", {}, text))));
    }
  }

  private goToFirstError(): void {
    window.setTimeout(() => {
      const all = this.island.querySelectorAll<HTMLElement>(".fjs-has-errors.fjs-form-field");
      announce(t("{count} fields need another look.", { count: all.length }));
      const first = all[0];
      if (!first) return;
      first.scrollIntoView({ block: "center" });
      first.querySelector<HTMLElement>("input, textarea, select, button, [tabindex]")?.focus({ preventScroll: true });
    }, 60);
  }
}

function pathKey(path: ServerError["path"]): string {
  if (Array.isArray(path)) return path.join(".");
  if (path.startsWith("/")) return path.slice(1).split("/").join(".");
  return path.replace(/\[(\d+)\]/g, ".$1");
}

function read(data: unknown, path: (string | number)[]): unknown {
  return path.reduce<unknown>((value, step) => (value === null || value === undefined ? undefined : (value as Record<string | number, unknown>)[step]), data);
}

function write(target: Record<string, unknown>, path: (string | number)[], value: unknown): void {
  let place: Record<string | number, unknown> = target;
  path.forEach((step, index) => {
    if (index === path.length - 1) place[step] = value;
    else place = (place[step] ??= typeof path[index + 1] === "number" ? [] : {}) as Record<string | number, unknown>;
  });
}

/** Starts the islands that have not been started; content may come later than the page. */
export function start(): void {
  for (const island of document.querySelectorAll<HTMLElement>('[data-island="form"]:not([data-started])')) {
    island.dataset["started"] = "yes";
    new FormPage(island, readJson<FormIsland>(island)).open().catch((error: unknown) => {
      console.error(error);
      island.append(h("div", { class: "notice notice-danger", role: "alert" }, t("The form cannot be shown in this browser. Please use a current browser; nothing was lost.")));
    });
  }
}

start();
