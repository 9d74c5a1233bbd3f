import type { ComponentChildren } from "preact";

export interface Person {
  id: string;
  name: string;
  unit?: string;
  role?: string;
}

export interface StoredFile {
  id: string;
  name: string;
  size: number;
  type?: string;
  url?: string;
}

export interface ServerError {
  /** "a.b", "/a/0/b" or ["a", 0, "b"]; empty for the form as a whole */
  path: string | (string | number)[];
  message: string;
}

/** The JSON block of a form island. */
export interface FormIsland {
  schema: Record<string, unknown>;
  data?: Record<string, unknown>;
  /** further fields of the case document that conditions and expressions read */
  context?: Record<string, unknown>;
  readonly?: boolean;
  /** field key → people who may be chosen */
  persons?: Record<string, Person[]>;
  /** files already named in data */
  files?: StoredFile[];
  upload_url?: string;
  max_bytes?: number;
  /** kind → what the file dialog and the first check accept, e.g. {"image": ".jpg,.jpeg,.png"} */
  kinds?: Record<string, string>;
  draft_url?: string;
  errors?: ServerError[];
  /** the form is only tried out: files go nowhere */
  pretend?: boolean;
}

export interface Field {
  id: string;
  key?: string;
  type: string;
  label?: string;
  description?: string;
  disabled?: boolean;
  readonly?: boolean | string;
  validate?: Record<string, unknown> & { required?: boolean };
  properties?: Record<string, string>;
  appearance?: Record<string, string>;
  layout?: { columns?: number | null };
  components?: Field[];
}

export interface FieldInstance {
  id: string;
  valuePath: (string | number)[];
  indexes?: Record<string, number>;
  expressionContextInfo: unknown;
}

export interface FieldProps<V> {
  field: Field;
  value: V;
  errors: string[];
  domId: string;
  disabled: boolean;
  readonly: boolean;
  onChange(update: { value: V }): void;
  onBlur(): void;
  onFocus(): void;
}

export interface FieldComponent<V> {
  (props: FieldProps<V>): ComponentChildren;
  config: Record<string, unknown>;
}
