/** What the editor's palette offers: the fields the server takes, by the names people use, ours among them. */
import { kinds } from "./catalogue";

interface Config {
  type: string;
  name?: string;
  label?: string | null;
  group?: string | null;
  icon?: unknown;
  create(options?: Record<string, unknown>, isNew?: boolean): Record<string, unknown>;
}

interface Registry {
  _formFields: Record<string, { config: Config } & ((props: unknown) => unknown)>;
}

function icon(sign: string): () => preact.JSX.Element {
  return function Icon() {
    return (
      <svg class="fjs-palette-field-icon" width="36" height="36" viewBox="0 0 54 54" aria-hidden="true">
        <rect x="8" y="14" width="38" height="26" rx="3" fill="none" stroke="currentColor" stroke-width="1.5" />
        <text x="27" y="33" text-anchor="middle" font-size="16" fill="currentColor">
          {sign}
        </text>
      </svg>
    );
  };
}

/** A money field's name ends in _fen, so that nobody takes it for yuan. */
const random = (): string => Math.random().toString(36).slice(2, 8);

class Offered {
  static $inject = ["formFields"];
  constructor(formFields: Registry) {
    const known = formFields._formFields;
    const offered = kinds();
    for (const type of Object.keys(known)) {
      if (type !== "default" && !offered.some((kind) => kind.type === type)) delete known[type];
    }
    // The palette shows them in this order.
    for (const kind of offered) {
      const field = known[kind.type];
      if (!field) continue;
      delete known[kind.type];
      known[kind.type] = field;
      const { config } = field;
      const original = config.create.bind(config);
      field.config = {
        ...config,
        name: kind.name,
        group: kind.group,
        ...(kind.sign ? { icon: icon(kind.sign) } : {}),
        create: (options = {}, isNew) => {
          if (!isNew) return original(options, isNew);
          const key = kind.type === "money" && !options["key"] ? { key: `money_${random()}_fen` } : {};
          const named = kind.settings.includes("label") && kind.type !== "expression" ? { label: kind.name } : kind.settings.includes("dateLabel") ? { dateLabel: kind.name } : {};
          const fresh = original({ ...named, ...structuredClone(kind.fresh), ...key, ...options }, isNew);
          return fresh;
        },
      };
    }
  }
}

export const offeredModule = { __init__: ["offered"], offered: ["type", Offered] };
/** The panel is ours: the editor's own is left out. */
export const withoutPanel = { propertiesPanel: ["value", { attachTo: () => undefined, detach: () => undefined }] };
