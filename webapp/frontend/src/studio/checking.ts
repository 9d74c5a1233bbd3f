/** What the server's check says about one file of a draft. */
import { csrfToken } from "../lib/dom";
import type { EditorIsland } from "./workbench";

export interface Finding {
  rule: string;
  severity: "error" | "warning";
  element: string;
  file: string;
  message: string;
  /** the same in the reader's language */
  said?: string;
  cells?: { row: number; column: number }[];
}

export async function findingsOf({ path, urls }: EditorIsland): Promise<Finding[] | null> {
  try {
    const answer = await fetch(urls.check, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: "{}",
    });
    if (!answer.ok) return null;
    const { findings } = (await answer.json()) as { findings: Finding[] };
    return findings.filter(({ file }) => file === path);
  } catch {
    return null;
  }
}
