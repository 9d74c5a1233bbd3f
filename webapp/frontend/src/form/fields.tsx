import { Description, Errors, ExpressionField, Label } from "@bpmn-io/form-js-viewer";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce, csrfToken, newKey } from "../lib/dom";
import { t } from "../lib/i18n";
import { signedIn } from "../lib/session";
import { capitals, fromFen, toFen } from "./money";
import type { Field, FieldComponent, FieldProps, FormIsland, Person, StoredFile } from "./types";

// form-js ships these components without precise types.
const FieldLabel = Label as (props: Record<string, unknown>) => preact.JSX.Element;
const FieldHint = Description as (props: Record<string, unknown>) => preact.JSX.Element;
const FieldErrors = Errors as (props: Record<string, unknown>) => preact.JSX.Element;

function shell(props: FieldProps<unknown>, inner: preact.ComponentChildren, group = false): preact.JSX.Element {
  const { field, domId, errors, disabled, readonly } = props;
  const state = [errors.length > 0 && "fjs-has-errors", disabled && "fjs-disabled", readonly && "fjs-readonly"].filter(Boolean).join(" ");
  return (
    <div
      class={`fjs-form-field fjs-form-field-${field.type} ${state}`}
      role={group ? "group" : undefined}
      aria-labelledby={group ? `${domId}-label` : undefined}
    >
      <FieldLabel id={`${domId}-label`} htmlFor={group ? undefined : domId} label={field.label} required={field.validate?.required ?? false} />
      {inner}
      <FieldHint id={`${domId}-description`} description={field.description} />
      <FieldErrors id={`${domId}-error-message`} errors={errors} />
    </div>
  );
}

const described = (domId: string): string => `${domId}-description ${domId}-error-message`;

function config(type: string, emptyValue: unknown, sanitize: (value: unknown) => unknown): Record<string, unknown> {
  return {
    type,
    keyed: true,
    name: type,
    group: "basic-input",
    emptyValue,
    sanitizeValue: ({ value }: { value: unknown }) => sanitize(value),
    create: (options: object = {}) => ({ ...options }),
  };
}

// ---- money --------------------------------------------------------------------------------------

/** What cannot be read as an amount stays in the box; the check says so. */
export type Money = number | null | { unreadable: string };

function MoneyField(props: FieldProps<Money>): preact.JSX.Element {
  const { value, domId, disabled, readonly, errors } = props;
  const written = typeof value === "number" ? fromFen(value) : value ? value.unreadable : "";
  const [text, setText] = useState(written);
  const typing = useRef(false);
  useEffect(() => {
    if (!typing.current) setText(written);
  }, [written]);

  const read = (input: string): void => {
    setText(input);
    const fen = toFen(input);
    props.onChange({ value: fen === undefined ? { unreadable: input } : fen });
  };
  return shell(
    props as FieldProps<unknown>,
    <>
      <div class={`fjs-input-group ${disabled ? "fjs-disabled" : ""} ${readonly ? "fjs-readonly" : ""} ${errors.length > 0 ? "fjs-has-errors" : ""}`}>
        <input
          class="fjs-input gb-money"
          id={domId}
          type="text"
          inputMode="decimal"
          autocomplete="off"
          value={text}
          disabled={disabled}
          readOnly={readonly}
          aria-invalid={errors.length > 0}
          aria-describedby={described(domId)}
          onFocus={() => {
            typing.current = true;
            props.onFocus();
          }}
          onInput={(event) => read(event.currentTarget.value)}
          onBlur={() => {
            typing.current = false;
            setText(written);
            props.onBlur();
          }}
        />
        <span class="fjs-input-adornment border-left border-radius-right">
          <span class="fjs-input-adornment-text">{t("yuan")}</span>
        </span>
      </div>
      {typeof value === "number" && value > 0 ? <p class="gb-capitals">{t("In capitals: {text}", { text: capitals(value) })}</p> : null}
    </>,
  );
}
MoneyField.config = config("money", null, (value) => (typeof value === "number" && Number.isSafeInteger(value) ? value : null));

// ---- one line with a check ----------------------------------------------------------------------

interface Line {
  type: "idcard" | "bankaccount" | "mobile";
  mode: "numeric" | "text" | "tel";
  length: number;
  tidy(text: string): string;
  /** the value in groups, easier to compare with a card */
  groups?(text: string): string;
}

function line({ type, mode, length, tidy, groups }: Line): FieldComponent<string> {
  function LineField(props: FieldProps<string>): preact.JSX.Element {
    const { domId, disabled, readonly, errors } = props;
    const value = props.value ?? "";
    return shell(
      props as FieldProps<unknown>,
      <>
      <div class={`fjs-input-group ${disabled ? "fjs-disabled" : ""} ${readonly ? "fjs-readonly" : ""} ${errors.length > 0 ? "fjs-has-errors" : ""}`}>
        <input
          class="fjs-input gb-figures"
          id={domId}
          type="text"
          inputMode={mode}
          autocomplete="off"
          spellcheck={false}
          maxLength={length}
          value={value}
          disabled={disabled}
          readOnly={readonly}
          aria-invalid={errors.length > 0}
          aria-describedby={described(domId)}
          onFocus={() => props.onFocus()}
          onInput={(event) => props.onChange({ value: tidy(event.currentTarget.value) })}
          onBlur={() => props.onBlur()}
        />
      </div>
      {groups && value ? <p class="gb-capitals">{groups(value)}</p> : null}
      </>,
    );
  }
  LineField.config = config(type, "", (value) => (typeof value === "string" ? value : ""));
  return LineField;
}

const compact = (text: string): string => text.normalize("NFKC").replace(/[\s-]/g, "");
const IdCardField = line({ type: "idcard", mode: "text", length: 22, tidy: (text) => compact(text).toUpperCase() });
const BankAccountField = line({
  type: "bankaccount",
  mode: "numeric",
  length: 26,
  tidy: compact,
  groups: (text) => text.replace(/(\d{4})(?=\d)/g, "$1 "),
});
const MobileField = line({ type: "mobile", mode: "tel", length: 16, tidy: compact });

// ---- people -------------------------------------------------------------------------------------

function personsField(island: FormIsland): FieldComponent<string[]> {
  function PersonsField(props: FieldProps<string[]>): preact.JSX.Element {
    const { field, domId, disabled, readonly } = props;
    const value = props.value ?? [];
    const people: Person[] = island.persons?.[field.key ?? ""] ?? [];
    const byId = new Map(people.map((person) => [person.id, person]));
    const [wanted, setWanted] = useState("");
    const sought = wanted.trim().toLowerCase();
    const shown = people.filter(({ name, unit, role }) => `${name} ${unit ?? ""} ${role ?? ""}`.toLowerCase().includes(sought));
    const least = Number(field.validate?.["minItems"] ?? 0);
    const most = Number(field.validate?.["maxItems"] ?? 0);
    const toggle = (id: string): void => {
      const chosen = value.includes(id) ? value.filter((other) => other !== id) : [...value, id];
      props.onChange({ value: chosen });
      announce(t("{count} chosen", { count: chosen.length }));
    };
    const rule = least > 0 && most > 0 ? t("{least} to {most} people", { least, most }) : least > 0 ? t("at least {least} people", { least }) : "";

    if (readonly || disabled) {
      return shell(props as FieldProps<unknown>, <p class="gb-plain">{value.map((id) => byId.get(id)?.name ?? id).join("、") || "—"}</p>, true);
    }
    return shell(
      props as FieldProps<unknown>,
      <div class="gb-people" onFocusCapture={() => props.onFocus()} onBlurCapture={() => props.onBlur()}>
        <div class="gb-people-head">
          {people.length > 6 ? (
            <input
              type="search"
              class="fjs-input"
              aria-label={t("Find a person by name or unit")}
              placeholder={t("Find a person by name or unit")}
              value={wanted}
              onInput={(event) => setWanted(event.currentTarget.value)}
              onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
            />
          ) : null}
          <span class="gb-people-count">
            {t("{count} chosen", { count: value.length })}
            {rule ? ` · ${rule}` : ""}
          </span>
        </div>
        {value.length > 0 ? (
          <ul class="gb-chips">
            {value.map((id) => (
              <li key={id}>
                {byId.get(id)?.name ?? id}
                <button type="button" aria-label={t("Remove {name}", { name: byId.get(id)?.name ?? id })} onClick={() => toggle(id)}>
                  ×
                </button>
              </li>
            ))}
          </ul>
        ) : null}
        <ul class="gb-people-list" tabIndex={-1} id={domId}>
          {shown.map((person) => (
            <li key={person.id}>
              <label>
                <input type="checkbox" checked={value.includes(person.id)} onChange={() => toggle(person.id)} />
                <span class="gb-person-name">{person.name}</span>
                <span class="gb-person-unit">{[person.role, person.unit].filter(Boolean).join(" · ")}</span>
              </label>
            </li>
          ))}
          {shown.length === 0 ? <li class="gb-none">{people.length > 0 ? t("Nobody of that name.") : t("There is nobody to choose.")}</li> : null}
        </ul>
      </div>,
      true,
    );
  }
  PersonsField.config = config("persons", [], (value) => (Array.isArray(value) ? value.filter((id) => typeof id === "string") : []));
  return PersonsField;
}

// ---- attachments --------------------------------------------------------------------------------

interface Upload {
  key: string;
  name: string;
  size: number;
  share: number;
  problem?: string;
}

export const uploadsRunning = { count: 0 };

function attachmentsField(island: FormIsland): FieldComponent<string[]> {
  const known = new Map<string, StoredFile>((island.files ?? []).map((file) => [file.id, file]));
  const limit = island.max_bytes ?? 20 * 1024 * 1024;

  function acceptOf(field: Field): string {
    const kinds = (field.properties?.["kinds"] ?? "").split(",").map((kind) => kind.trim()).filter(Boolean);
    return kinds.map((kind) => island.kinds?.[kind] ?? (kind.includes("/") || kind.startsWith(".") ? kind : `.${kind}`)).join(",");
  }

  function accepted(file: File, accept: string): boolean {
    if (!accept) return true;
    const name = file.name.toLowerCase();
    return accept.split(",").some((rule) => {
      const wanted = rule.trim().toLowerCase();
      if (wanted.startsWith(".")) return name.endsWith(wanted);
      if (wanted.endsWith("/*")) return file.type.startsWith(wanted.slice(0, -1));
      return file.type === wanted;
    });
  }

  function AttachmentsField(props: FieldProps<string[]>): preact.JSX.Element {
    const { field, domId, disabled, readonly } = props;
    const value = props.value ?? [];
    const [uploads, setUploads] = useState<Upload[]>([]);
    const [over, setOver] = useState(false);
    const latest = useRef(value);
    latest.current = value;
    const change = useRef(props.onChange);
    change.current = props.onChange;
    const accept = acceptOf(field);
    const most = Number(field.validate?.["maxItems"] ?? 0);

    const update = (key: string, part: Partial<Upload>): void => setUploads((all) => all.map((one) => (one.key === key ? { ...one, ...part } : one)));
    const drop = (key: string): void => setUploads((all) => all.filter((one) => one.key !== key));

    const add = (files: FileList | null): void => {
      let room = most > 0 ? most - latest.current.length - uploads.filter(({ problem }) => !problem).length : Infinity;
      for (const file of files ?? []) {
        const upload: Upload = { key: newKey(), name: file.name, size: file.size, share: 0 };
        if (room <= 0) upload.problem = t("Only {most} files fit here.", { most });
        else if (file.size > limit) upload.problem = t("Larger than {size}. Save it smaller and try again.", { size: sizeText(limit) });
        else if (file.size === 0) upload.problem = t("The file is empty.");
        else if (!accepted(file, accept)) upload.problem = t("This kind of file is not taken here ({kinds}).", { kinds: accept });
        setUploads((all) => [...all, upload]);
        if (upload.problem) {
          announce(`${file.name}: ${upload.problem}`);
          continue;
        }
        room -= 1;
        send(file, upload.key);
      }
    };

    const send = (file: File, key: string): void => {
      const body = new FormData();
      body.append("file", file);
      body.append("field", field.key ?? "");
      const request = new XMLHttpRequest();
      request.open("POST", island.upload_url ?? "");
      request.setRequestHeader("X-CSRFToken", csrfToken());
      request.setRequestHeader("Idempotency-Key", newKey());
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => event.lengthComputable && update(key, { share: event.loaded / event.total }));
      uploadsRunning.count += 1;
      request.addEventListener("loadend", () => {
        uploadsRunning.count -= 1;
        if (request.status === 401) {
          // The same file once more, for whoever is signed in again.
          void signedIn().then((yes) => (yes ? send(file, key) : update(key, { problem: t("The upload did not work. Remove it and try again.") })));
          return;
        }
        let answer: (Partial<StoredFile> & { detail?: string; title?: string }) | null = null;
        try {
          answer = JSON.parse(request.responseText) as Partial<StoredFile>;
        } catch {
          // a proxy may answer with a page
        }
        if (request.status >= 200 && request.status < 300 && answer?.id) {
          known.set(answer.id, { ...answer, id: answer.id, name: answer.name ?? file.name, size: answer.size ?? file.size });
          drop(key);
          change.current({ value: [...latest.current, answer.id] });
          latest.current = [...latest.current, answer.id];
          announce(t("{name} was uploaded.", { name: file.name }));
        } else {
          update(key, { problem: answer?.detail ?? answer?.title ?? t("The upload did not work. Remove it and try again.") });
        }
      });
      request.send(body);
    };

    const remove = (id: string): void => {
      latest.current = latest.current.filter((other) => other !== id);
      props.onChange({ value: latest.current });
    };

    const list = (
      <ul class="gb-files">
        {value.map((id) => {
          const file = known.get(id);
          const name = file?.name ?? id;
          return (
            <li key={id}>
              <span class="gb-file-name">{file?.url ? <a href={file.url} target="_blank" rel="noopener">{name}</a> : name}</span>
              <span class="gb-file-size">{file ? sizeText(file.size) : ""}</span>
              {readonly || disabled ? null : (
                <button type="button" class="gb-link" aria-label={t("Remove {name}", { name })} onClick={() => remove(id)}>
                  {t("Remove")}
                </button>
              )}
            </li>
          );
        })}
        {uploads.map((upload) => (
          <li key={upload.key} class={upload.problem ? "gb-file-failed" : "gb-file-running"}>
            <span class="gb-file-name">{upload.name}</span>
            {upload.problem ? (
              <span class="gb-file-problem" role="alert">{upload.problem}</span>
            ) : (
              <progress max={1} value={upload.share} aria-label={t("Uploading {name}", { name: upload.name })} />
            )}
            {upload.problem ? (
              <button type="button" class="gb-link" aria-label={t("Remove {name}", { name: upload.name })} onClick={() => drop(upload.key)}>
                {t("Remove")}
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    );
    if (readonly || disabled) return shell(props as FieldProps<unknown>, value.length > 0 ? list : <p class="gb-plain">—</p>, true);
    return shell(
      props as FieldProps<unknown>,
      <>
        {list}
        <div
          class={`gb-drop ${over ? "is-over" : ""}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            add(event.dataTransfer?.files ?? null);
          }}
        >
          <label class="gb-drop-button" for={domId}>
            {t("Choose files")}
          </label>
          <input
            type="file"
            id={domId}
            class="visually-hidden"
            multiple={most !== 1}
            accept={accept || undefined}
            aria-describedby={described(domId)}
            onFocus={() => props.onFocus()}
            onBlur={() => props.onBlur()}
            onChange={(event) => {
              add(event.currentTarget.files);
              event.currentTarget.value = "";
            }}
          />
          <span class="gb-drop-hint">
            {t("or drop them here; up to {size} each", { size: sizeText(limit) })}
            {accept ? ` · ${accept.split(",").map((rule) => rule.replace(/^\./, "").toUpperCase()).join(" ")}` : ""}
          </span>
        </div>
      </>,
      true,
    );
  }
  AttachmentsField.config = config("attachments", [], (value) => (Array.isArray(value) ? value.filter((id) => typeof id === "string") : []));
  return AttachmentsField;
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0).replace(/\.0$/, "")} MB`;
}

// ---- computed values ----------------------------------------------------------------------------

const Compute = ExpressionField as unknown as FieldComponent<unknown>;

/** form-js computes without showing and leaves the column to the field; a computed field with a label is also read by the person. */
function ComputedField(props: FieldProps<unknown>): preact.JSX.Element {
  const { field, value } = props;
  const compute = <Compute {...props} />;
  const columns = field.layout?.columns;
  if (!field.label) return compute;
  const money = field.key?.endsWith("_fen") && typeof value === "number";
  const text = money ? `¥ ${value < 0 ? "−" : ""}${fromFen(Math.abs(value))}` : value === null || value === undefined ? "—" : String(value);
  return (
    <>
      {compute}
      <div class={`fjs-layout-column cds--col${columns ? `-lg-${columns}` : ""} cds--col-sm-16 cds--col-md-16`}>
        <div class="fjs-element">{shell(props, <output class="gb-computed" id={props.domId}>{text}</output>)}</div>
      </div>
    </>
  );
}
ComputedField.config = (ExpressionField as unknown as FieldComponent<unknown>).config;

// ---- registration -------------------------------------------------------------------------------

interface Registry {
  register(type: string, component: unknown): void;
}

export function fieldsModule(island: FormIsland): Record<string, unknown> {
  class OwnFields {
    static $inject = ["formFields"];
    constructor(formFields: Registry) {
      formFields.register("expression", ComputedField);
      formFields.register("money", MoneyField);
      formFields.register("idcard", IdCardField);
      formFields.register("bankaccount", BankAccountField);
      formFields.register("mobile", MobileField);
      formFields.register("persons", personsField(island));
      formFields.register("attachments", attachmentsField(island));
    }
  }
  return { __init__: ["ownFields"], ownFields: ["type", OwnFields] };
}
