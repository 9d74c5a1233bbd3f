/** The text of the file a diagram was read from, with what has been changed in it. */
import { Faithful } from "../xml/faithful";
import type { FlowOrder } from "./order";
import type { Drawn, Moddle } from "./types";

export interface Writer {
  get<T>(service: string): T;
  importXML(xml: string): Promise<{ warnings: unknown[] }>;
  saveXML(options: { format: boolean }): Promise<{ xml?: string }>;
  getDefinitions(): unknown;
}

export class DiagramText {
  private faithful: Faithful | null = null;
  private read = "";
  /** the id each thing had when it was read */
  private ids = new WeakMap<object, string>();

  constructor(private readonly writer: Writer) {}

  /** Draws a text; from now on changes are changes of it. */
  async open(text: string): Promise<void> {
    await this.writer.importXML(text);
    this.read = text;
    this.faithful = null;
    this.ids = new WeakMap();
    this.forEach((object) => object.id && this.ids.set(object, object.id));
    try {
      this.faithful = new Faithful(text, await this.write());
    } catch (error) {
      // A file the library reads though it is not well-formed: it is written anew.
      console.warn(error);
    }
  }

  /** The text as it is now: the one that was read, except for what was changed. */
  async now(): Promise<string> {
    const written = await this.write();
    if (!this.faithful) return written === this.read ? this.read : written;
    return this.faithful.merged(written, this.renamed());
  }

  private async write(): Promise<string> {
    const definitions = this.writer.getDefinitions() as Moddle | undefined;
    if (definitions) this.writer.get<FlowOrder>("flowOrder").arrange(definitions);
    return (await this.writer.saveXML({ format: false })).xml ?? "";
  }

  private renamed(): Map<string, string> {
    const renamed = new Map<string, string>();
    this.forEach((object) => {
      const before = this.ids.get(object);
      if (before !== undefined && object.id !== undefined && object.id !== before) renamed.set(object.id, before);
    });
    return renamed;
  }

  private forEach(visit: (object: Moddle) => void): void {
    this.writer.get<{ forEach(visit: (element: Drawn & { di?: Moddle }) => void): void }>("elementRegistry").forEach((element) => {
      if (element.businessObject) visit(element.businessObject);
      if (element.di) visit(element.di);
    });
  }
}
