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
