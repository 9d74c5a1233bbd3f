/** What the page gives the diagram's editor. */
import type { FindingWord } from "../findings";
import type { Links } from "../properties/panel";

export interface DiagramIsland {
  draft: string;
  path: string;
  text: string;
  version: number;
  read_only?: boolean;
  urls: {
    file: string;
    check?: string;
    words?: string;
    /** plays the scenarios and says what they pass */
    coverage?: string;
  } & Links;
  /** findings that are known when the page is made */
  findings?: FindingWord[];
}
