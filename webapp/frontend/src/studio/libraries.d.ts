/** What of libraries without types the table editor uses. */
declare module "dmn-js/lib/Modeler" {
  export interface DmnElement {
    $type: string;
    id: string;
    name?: string;
    description?: string;
    decisionLogic?: DmnElement;
    input?: DmnElement[];
    output?: DmnElement[];
    rule?: DmnElement[];
    get(name: string): unknown;
    set(name: string, value: unknown): void;
  }
  export interface View {
    id: string;
    name?: string;
    type: "drd" | "decisionTable" | "literalExpression" | "boxedExpression";
    element: DmnElement;
  }
  export interface Viewer {
    get<T>(name: string, strict?: boolean): T;
    on(event: string, act: (event: { trigger?: string }) => void): void;
  }
  export default class DmnModeler {
    constructor(options: Record<string, unknown>);
    importXML(xml: string, options?: { open: boolean }): Promise<{ warnings: { message: string }[] }>;
    saveXML(options?: { format: boolean }): Promise<{ xml: string }>;
    getViews(): View[];
    getActiveView(): View | null;
    getActiveViewer(): Viewer | null;
    open(view: View): Promise<unknown>;
    on(event: string, act: (event: { viewer: Viewer; views: View[] }) => void): void;
    destroy(): void;
  }
}
