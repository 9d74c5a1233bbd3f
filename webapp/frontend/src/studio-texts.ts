/** Texts of a draft: its English beside each sentence, and its stories as text that can be played. */
import "./studio/words";
import "./css/bench.css";

import { csrfToken, h, readJson, toast } from "./lib/dom";
import { t } from "./lib/i18n";
import { Saving } from "./studio/saving";
import { type Remark, Source } from "./studio/source";
import { type EditorIsland, Workbench } from "./studio/workbench";

type Texts = Record<string, string>;

/** The English of each text; what is typed is put into the file as it stands. */
function english(island: HTMLElement): void {
  const given = readJson<EditorIsland>(island);
  const form = island.closest("form");
  const status = island.querySelector<HTMLElement>("[data-status]");
  if (!form || !status) return;
  let file = JSON.parse(given.text) as Texts;
  const areas = Array.from(form.querySelectorAll<HTMLTextAreaElement>("textarea[data-text]"));
  const current = (): string => {
    const texts: Texts = { ...file };
    for (const { dataset, value } of areas) {
      const text = dataset["text"] ?? "";
      // A space at the end is part of the text: some stand before a name.
      if (value.trim()) texts[text] = value;
      else delete texts[text];
    }
    return JSON.stringify(texts) === JSON.stringify(file) ? given.text : `${JSON.stringify(texts, null, 2)}\n`;
  };
  const replace = (text: string): void => {
    file = JSON.parse(text) as Texts;
    given.text = text;
    for (const area of areas) area.value = file[area.dataset["text"] ?? ""] ?? "";
  };
  const saving = new Saving({
    draft: given.draft,
    path: given.path,
    version: given.version,
    url: given.urls.file,
    text: given.text,
    status,
    current,
    replace,
    saved: () => {
      const text = current();
      file = JSON.parse(text) as Texts;
      given.text = text;
    },
  });
  form.addEventListener("input", () => saving.changed());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void saving.now();
  });
  void saving.recover().then(() => (island.dataset["ready"] = "yes"));
}

interface Told {
  says: string;
  lines: { at: string; who: string; what: string }[];
  fault: string;
  line?: number;
  url?: string;
}

/** A story: what is wrong stands at its line, and what happens beside it. */
function story(island: HTMLElement): void {
  const given = readJson<EditorIsland>(island);
  const bench = new Workbench(island);
  let timer = 0;
  let asked = 0;
  const source = new Source({
    text: given.text,
    label: t("Text of {path}", { path: given.path }),
    readOnly: given.read_only,
    onInput: () => {
      saving.changed();
      window.clearTimeout(timer);
      timer = window.setTimeout(() => void ask(false), 800);
    },
  });
  bench.stage.append(source.element);
  const saving = new Saving({ draft: given.draft, path: given.path, version: given.version, url: given.urls.file, text: given.text, readOnly: given.read_only, status: bench.status, current: () => source.text, replace: (text) => source.replace(text) });
  const told = bench.part(t("What happens"), h("p", { class: "muted" }, t("Play the story to see what happens, step by step.")));
  const play = bench.tool(t("Play the story"), () => void ask(true));

  const ask = async (whole: boolean): Promise<void> => {
    const number = (asked += 1);
    play.disabled = whole;
    if (whole) told.replaceChildren(h("p", { class: "muted" }, t("The story is being played …")));
    try {
      const answer = await fetch(given.urls.try ?? "", {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
        body: JSON.stringify({ text: source.text, play: whole }),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const { remarks, told: happened } = (await answer.json()) as { remarks: Remark[]; told: Told | null };
      if (number !== asked) return;
      const stopped: Remark[] = happened?.fault && happened.line ? [{ line: happened.line, text: happened.fault }] : [];
      source.say([...remarks, ...stopped]);
      if (whole) told.replaceChildren(...(happened ? tell(happened) : [h("p", { class: "is-bad" }, t("The story has mistakes: they stand at their lines."))]));
    } catch {
      if (whole) toast(t("The server cannot be reached. Nothing was lost; try again in a moment."), "error");
    } finally {
      play.disabled = false;
    }
  };
  void saving.recover().then(() => ask(false)).then(() => (island.dataset["ready"] = "yes"));
}

function tell({ says, lines, fault, url }: Told): (Node | string)[] {
  return [
    says ? h("p", {}, h("b", {}, says)) : "",
    h("ol", { class: "story-told" }, ...lines.map(({ at, who, what }) => h("li", {}, h("span", { class: "muted" }, at), " ", who ? h("b", {}, who) : null, who ? " " : null, what))),
    fault ? h("p", { class: "is-bad", role: "alert" }, fault, url ? " " : null, url ? h("a", { href: url }, t("To the draft")) : null) : h("p", { class: "is-good" }, t("✓ It comes out as written.")),
  ];
}

for (const island of document.querySelectorAll<HTMLElement>('[data-island="english"]:not([data-started])')) {
  island.dataset["started"] = "yes";
  english(island);
}
for (const island of document.querySelectorAll<HTMLElement>('[data-island="story"]:not([data-started])')) {
  island.dataset["started"] = "yes";
  story(island);
}
