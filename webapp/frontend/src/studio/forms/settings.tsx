/** The entries of the panel: each shows one setting of a field and hands back what it becomes. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../lib/i18n";
import { feelEditor, type FeelHandle } from "../feel";
import type { Words } from "../package-words";

const PAUSE = 250;

interface TextProps {
  id: string;
  label: string;
  value: string;
  hint?: string;
  long?: boolean;
  mode?: "text" | "numeric" | "decimal";
  bad?: string;
  set(text: string): void;
}

/** A text that is handed on a moment after the last key, and at once when one leaves. */
export function TextSetting({ id, label, value, hint, long, mode, bad, set }: TextProps): preact.JSX.Element {
  const [text, setText] = useState(value);
  const timer = useRef(0);
  const latest = useRef({ text, set });
  latest.current = { text, set };
  useEffect(() => setText(value), [value]);
  useEffect(() => () => hand(), []);
  const hand = (): void => {
    if (timer.current === 0) return;
    window.clearTimeout(timer.current);
    timer.current = 0;
    latest.current.set(latest.current.text);
  };
  const typed = (now: string): void => {
    setText(now);
    latest.current.text = now;
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(hand, PAUSE);
  };
  const shared = { id, value: text, "aria-describedby": hint || bad ? `${id}-hint` : undefined, "aria-invalid": bad ? true : undefined, onBlur: hand };
  return (
    <div class="setting">
      <label class="form-label" for={id}>{label}</label>
      {long ? (
        <textarea class="form-control form-control-sm" rows={4} {...shared} onInput={(event) => typed(event.currentTarget.value)} />
      ) : (
        <input class="form-control form-control-sm" type="text" inputMode={mode ?? "text"} autocomplete="off" {...shared} onInput={(event) => typed(event.currentTarget.value)} />
      )}
      {bad || hint ? <p class={bad ? "setting-bad" : "setting-hint"} id={`${id}-hint`}>{bad || hint}</p> : null}
    </div>
  );
}

export function TickSetting({ id, label, value, hint, set }: { id: string; label: string; value: boolean; hint?: string; set(on: boolean): void }): preact.JSX.Element {
  return (
    <div class="setting">
      <div class="form-check">
        <input class="form-check-input" type="checkbox" id={id} checked={value} aria-describedby={hint ? `${id}-hint` : undefined} onChange={(event) => set(event.currentTarget.checked)} />
        <label class="form-check-label" for={id}>{label}</label>
      </div>
      {hint ? <p class="setting-hint" id={`${id}-hint`}>{hint}</p> : null}
    </div>
  );
}

export function ChoiceSetting({ id, label, value, options, hint, set }: { id: string; label: string; value: string; options: [id: string, name: string][]; hint?: string; set(value: string): void }): preact.JSX.Element {
  return (
    <div class="setting">
      <label class="form-label" for={id}>{label}</label>
      <select class="form-select form-select-sm" id={id} value={value} onChange={(event) => set(event.currentTarget.value)}>
        {options.map(([option, name]) => <option key={option} value={option} selected={option === value}>{name}</option>)}
      </select>
      {hint ? <p class="setting-hint">{hint}</p> : null}
    </div>
  );
}

interface FeelProps {
  label: string;
  value: string;
  words: Words;
  hint?: string;
  placeholder?: string;
  set(text: string): void;
}

/** FEEL without its leading "=": the file has it, the field shows what is meant. */
export function FeelSetting({ label, value, words, hint, placeholder, set }: FeelProps): preact.JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const handle = useRef<FeelHandle | null>(null);
  const latest = useRef(set);
  latest.current = set;
  const timer = useRef(0);
  const bare = value.replace(/^=\s*/, "");
  useEffect(() => {
    const made = feelEditor({
      value: bare,
      words,
      label,
      placeholder: placeholder ?? "",
      onChange: (text) => {
        window.clearTimeout(timer.current);
        timer.current = window.setTimeout(() => latest.current(text.trim() ? `=${text.trim()}` : ""), PAUSE);
      },
    });
    handle.current = made;
    place.current?.append(made.element);
    return () => {
      // What was typed last has been handed on, or is now.
      window.clearTimeout(timer.current);
      const text = made.value().trim();
      if (text !== bare && timer.current) latest.current(text ? `=${text}` : "");
      made.destroy();
      made.element.remove();
    };
  }, []);
  useEffect(() => {
    if (!place.current?.contains(document.activeElement)) handle.current?.set(bare);
  }, [bare]);
  return (
    <div class="setting">
      <span class="form-label" aria-hidden="true">{label}</span>
      <div ref={place} />
      {hint ? <p class="setting-hint">{hint}</p> : null}
    </div>
  );
}

export interface Option {
  label: string;
  value: string | number | boolean;
}

/** The choices of a field: what people read, and what the case remembers. */
export function OptionsSetting({ id, options, set }: { id: string; options: Option[]; set(options: Option[]): void }): preact.JSX.Element {
  const change = (index: number, part: Partial<Option>): void => set(options.map((one, place) => (place === index ? { ...one, ...part } : one)));
  const move = (index: number, by: number): void => {
    const next = [...options];
    const [one] = next.splice(index, 1);
    if (one) next.splice(index + by, 0, one);
    set(next);
  };
  const add = (): void => {
    let number = options.length + 1;
    while (options.some(({ value }) => value === `choice_${number}`)) number += 1;
    set([...options, { label: t("New choice"), value: `choice_${number}` }]);
  };
  return (
    <fieldset class="setting">
      <legend class="form-label">{t("Choices")}</legend>
      <ul class="setting-options">
        {options.map((option, index) => (
          <li key={index}>
            <TextSetting id={`${id}-${index}-label`} label={t("Reads")} value={option.label} set={(label) => change(index, { label })} />
            <TextSetting id={`${id}-${index}-value`} label={t("Is kept as")} value={String(option.value)} set={(value) => change(index, { value: typeof option.value === "number" && /^-?\d+$/.test(value) ? Number(value) : value })} />
            <div class="setting-option-tools">
              <button type="button" class="btn-link-plain" disabled={index === 0} aria-label={t("Move {name} up", { name: option.label })} onClick={() => move(index, -1)}>↑</button>
              <button type="button" class="btn-link-plain" disabled={index === options.length - 1} aria-label={t("Move {name} down", { name: option.label })} onClick={() => move(index, 1)}>↓</button>
              <button type="button" class="btn-link-plain" disabled={options.length === 1} aria-label={t("Remove {name}", { name: option.label })} onClick={() => set(options.filter((_one, place) => place !== index))}>×</button>
            </div>
          </li>
        ))}
      </ul>
      <button type="button" class="btn btn-outline btn-sm" onClick={add}>{t("Add a choice")}</button>
    </fieldset>
  );
}
