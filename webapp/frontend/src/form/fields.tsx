import { Description, Errors, ExpressionField, Label } from "@bpmn-io/form-js-viewer";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce, newKey } from "../lib/dom";
import { t } from "../lib/i18n";
import { faultOf, sendFile, sizeText, UploadFault } from "../lib/upload";
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
  file: File;
  share: number;
  stop: AbortController;
  note?: string;
  problem?: string;
  again?: boolean;
}

export const uploadsRunning = { count: 0 };

function attachmentsField(island: FormIsland): FieldComponent<string[]> {
  const known = new Map<string, StoredFile>((island.files ?? []).map((file) => [file.id, file]));
  const whole = island.max_bytes ?? 20 * 1024 * 1024;

  function acceptOf(field: Field): string {
    const kinds = (field.properties?.["kinds"] ?? "").split(",").map((kind) => kind.trim()).filter(Boolean);
    return kinds.map((kind) => island.kinds?.[kind] ?? (kind.includes("/") || kind.startsWith(".") ? kind : `.${kind}`)).join(",");
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
    const limit = Math.min(whole, (Number(field.properties?.["max_mb"]) || Infinity) * 1024 * 1024);
    const most = Number(field.validate?.["maxItems"] ?? 0);

    const update = (key: string, part: Partial<Upload>): void => setUploads((all) => all.map((one) => (one.key === key ? { ...one, ...part } : one)));
    const drop = (key: string): void => setUploads((all) => all.filter((one) => one.key !== key));

    const add = (files: FileList | null): void => {
      let room = most > 0 ? most - latest.current.length - uploads.filter(({ problem }) => !problem).length : Infinity;
      for (const file of files ?? []) {
        const upload: Upload = { key: newKey(), file, share: 0, stop: new AbortController() };
        setUploads((all) => [...all, upload]);
        if (room <= 0) fail(upload, t("Only {most} files fit here.", { most }));
        else {
          room -= 1;
          void send(upload);
        }
      }
    };

    const fail = (upload: Upload, problem: string, again = false): void => {
      update(upload.key, { problem, again, note: "" });
      announce(`${upload.file.name}: ${problem}`);
    };

    const send = async (upload: Upload): Promise<void> => {
      const { file, key, stop } = upload;
      update(key, { problem: "", again: false });
      uploadsRunning.count += 1;
      try {
        const fault = await faultOf(file, { max_bytes: limit, accept });
        if (fault) return fail(upload, fault);
        // While a form is tried out nothing is kept.
        const sent = island.pretend ? { id: `tried-${key}`, name: file.name, size: file.size } : await sendFile(file, island.upload_url ?? "", (share, note) => update(key, { share, note: note ?? "" }), stop.signal);
        known.set(sent.id, sent);
        drop(key);
        latest.current = [...latest.current, sent.id];
        change.current({ value: latest.current });
        announce(t("{name} was uploaded.", { name: file.name }));
      } catch (error) {
        if (stop.signal.aborted) return;
        if (error instanceof UploadFault) fail(upload, error.message, error.again);
        else fail(upload, t("The upload did not work. Remove it and try again."), true);
      } finally {
        uploadsRunning.count -= 1;
      }
    };

    const cancel = (upload: Upload): void => {
      upload.stop.abort();
      drop(upload.key);
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
            <span class="gb-file-name">{upload.file.name}</span>
            {upload.problem ? (
              <span class="gb-file-problem" role="alert">{upload.problem}</span>
            ) : (
              <>
                <progress max={1} value={upload.share} aria-label={t("Uploading {name}", { name: upload.file.name })} />
                <span class="gb-file-size">{upload.note || t("{percent} % of {size}", { percent: Math.floor(upload.share * 100), size: sizeText(upload.file.size) })}</span>
              </>
            )}
            {upload.again ? (
              <button type="button" class="gb-link" onClick={() => void send(upload)}>
                {t("Go on")}
              </button>
            ) : null}
            <button type="button" class="gb-link" aria-label={upload.problem ? t("Remove {name}", { name: upload.file.name }) : t("Cancel {name}", { name: upload.file.name })} onClick={() => cancel(upload)}>
              {upload.problem ? t("Remove") : t("Cancel")}
            </button>
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

/** `drawn`: in an editor, which draws computed values in its own way. */
export function fieldsModule(island: FormIsland, drawn = false): Record<string, unknown> {
  class OwnFields {
    static $inject = ["formFields"];
    constructor(formFields: Registry) {
      if (!drawn) formFields.register("expression", ComputedField);
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
