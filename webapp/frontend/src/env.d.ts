declare module "virtual:messages" {
  const table: Record<string, string>;
  export default table;
}

declare module "virtual:studio-messages" {
  const table: Record<string, string>;
  export default table;
}

declare module "@bpmn-io/feel-editor" {
  export interface FeelVariable {
    name: string;
    type?: "function" | "variable";
    detail?: string;
    info?: string;
    isList?: boolean | "optional";
    entries?: FeelVariable[];
    params?: { name: string; type?: string }[];
  }
  export interface FeelDiagnostic {
    from: number;
    to: number;
    message: string;
    severity: string;
  }
  interface Range {
    from: number;
    to: number;
  }
  /** What of CodeMirror's view the studio uses. */
  interface View {
    state: { doc: { toString(): string; length: number }; selection: { main: Range } };
    dispatch(change: { changes?: { from: number; to: number; insert: string }; selection?: { anchor: number } }): void;
    contentDOM: HTMLElement;
    destroy(): void;
    focus(): void;
  }
  export default class FeelEditor {
    constructor(config: {
      container: HTMLElement;
      value?: string;
      dialect?: "expression" | "unaryTests";
      readOnly?: boolean;
      placeholder?: string;
      variables?: FeelVariable[];
      builtins?: FeelVariable[];
      contentAttributes?: Record<string, string>;
      tooltipContainer?: HTMLElement;
      onChange?(value: string): void;
      onKeyDown?(event: KeyboardEvent): boolean | void;
      onLint?(found: FeelDiagnostic[]): void;
    });
    _cmEditor: View;
    focus(position?: number): void;
    setVariables(variables: FeelVariable[]): void;
  }
}

declare module "bpmn-js-i18n/translations/zn.js" {
  const table: Record<string, string>;
  export default table;
}

declare module "bpmn-js-token-simulation" {
  const module: Record<string, unknown>;
  export default module;
}

declare module "diagram-js-minimap" {
  const module: Record<string, unknown>;
  export default module;
}

declare module "bpmn-js-properties-panel" {
  export const BpmnPropertiesPanelModule: Record<string, unknown>;
}

declare module "@bpmn-io/properties-panel" {
  import type { ComponentType } from "@bpmn-io/properties-panel/preact";
  interface EntryProps {
    id: string;
    element: unknown;
    label: string;
    description?: string;
    disabled?: boolean;
    debounce(act: (...given: never[]) => void): (...given: never[]) => void;
    getValue(element: unknown): unknown;
    setValue(value: never, error?: string): void;
    validate?(value: never): string | undefined;
    translate?(text: string, values?: Record<string, string | number>): string;
    rows?: number;
    autoResize?: boolean;
    monospace?: boolean;
    getOptions?(element: unknown): { value: string; label: string }[];
  }
  export const TextFieldEntry: ComponentType<EntryProps>;
  export const TextAreaEntry: ComponentType<EntryProps>;
  export const SelectEntry: ComponentType<EntryProps>;
  export const CheckboxEntry: ComponentType<EntryProps>;
  export const Group: ComponentType<Record<string, unknown>>;
  export const ListGroup: ComponentType<Record<string, unknown>>;
}
