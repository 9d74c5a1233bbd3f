/** A file in the editor and out of it again, without loss. */
import type DmnModeler from "dmn-js/lib/Modeler";
import { merged, unseen } from "./merge";
import { forEditor } from "./namespaces";

export class Lossless {
  private constructor(
    private readonly modeler: DmnModeler,
    private readonly file: string,
    private readonly before: string,
    /** elements that the editor would not show; while there are any, the file is edited as text */
    readonly unseen: string[],
  ) {}

  /** Reads the file into the editor; nothing is shown yet. */
  static async read(modeler: DmnModeler, file: string): Promise<Lossless> {
    await modeler.importXML(forEditor(file.replace(/^\uFEFF/, "")), { open: false });
    const { xml } = await modeler.saveXML({ format: true });
    return new Lossless(modeler, file, xml, unseen(file.replace(/^\uFEFF/, ""), xml));
  }

  /** The file as it is now: what was changed, in the file as it was read. */
  async text(): Promise<string> {
    const { xml } = await this.modeler.saveXML({ format: true });
    const mark = this.file.startsWith("\uFEFF") ? "\uFEFF" : "";
    return mark + merged(this.file.slice(mark.length), this.before, xml);
  }
}
