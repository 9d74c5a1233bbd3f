import { h } from "../lib/dom";
import { t } from "../lib/i18n";

interface Person {
  id: string;
  name: string;
  unit: string;
  reads: boolean;
}

type Box = HTMLInputElement | HTMLTextAreaElement;

/** What is being typed: after an @ in a remark, the last word in a list of names. */
function word(box: Box): { text: string; from: number } | null {
  const upTo = box.value.slice(0, box.selectionStart ?? box.value.length);
  const found = box instanceof HTMLTextAreaElement ? /@([^\s@,，。；;:：、]{0,20})$/.exec(upTo) : /([^\s,，、;；]{1,20})$/.exec(upTo);
  return found?.[1] === undefined ? null : { text: found[1], from: upTo.length - found[1].length };
}

/**
 * A box with data-people="address" offers people by name while one types. Who is chosen is sent by
 * id in a hidden field beside the name; names that are only written the server looks up.
 */
export function people(): void {
  let list: HTMLUListElement | null = null;
  let owner: Box | null = null;
  let waiting = 0;
  let asked = 0;

  const close = (): void => {
    list?.remove();
    list = null;
    owner?.removeAttribute("aria-activedescendant");
    owner?.setAttribute("aria-expanded", "false");
    owner = null;
  };

  const choose = (box: Box, person: Person): void => {
    const typed = word(box);
    if (!typed) return close();
    const end = typed.from + typed.text.length;
    box.value = `${box.value.slice(0, typed.from)}${person.name} ${box.value.slice(end).trimStart()}`;
    const place = typed.from + person.name.length + 1;
    box.setSelectionRange(place, place);
    if (![...(box.form?.querySelectorAll<HTMLInputElement>("input[name=person]") ?? [])].some((one) => one.value === person.id)) {
      box.form?.append(h("input", { type: "hidden", name: "person", value: person.id }));
    }
    // Naming somebody who cannot see the case means sending a copy: the tick says so, and can be taken back.
    const copy = box.form?.querySelector<HTMLInputElement>("input[name=copy]");
    if (copy && !person.reads) copy.checked = true;
    close();
    box.focus();
  };

  const show = (box: Box, found: Person[]): void => {
    close();
    if (!found.length) return;
    owner = box;
    list = h("ul", { class: "people-list", role: "listbox", id: "people-list", "aria-label": t("People") });
    found.forEach((person, number) => {
      const note = person.reads ? person.unit : `${person.unit} · ${t("cannot see the case yet")}`;
      const line = h("li", { role: "option", id: `people-${number}`, "aria-selected": "false" }, h("span", {}, person.name), h("span", { class: "muted small" }, note));
      line.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(box, person);
      });
      list?.append(line);
    });
    box.insertAdjacentElement("afterend", list);
    box.setAttribute("aria-controls", "people-list");
    box.setAttribute("aria-expanded", "true");
    mark(0);
  };

  const mark = (number: number): void => {
    const lines = list ? [...list.children] : [];
    lines.forEach((line, place) => line.setAttribute("aria-selected", String(place === number)));
    lines[number]?.scrollIntoView({ block: "nearest" });
    if (lines[number]) owner?.setAttribute("aria-activedescendant", lines[number].id);
  };

  const ask = async (box: Box): Promise<void> => {
    const typed = word(box);
    const turn = ++asked;
    if (!typed) return close();
    const answer = await fetch(`${box.dataset["people"] ?? ""}?limit=8&q=${encodeURIComponent(typed.text)}`, { credentials: "same-origin" }).catch(() => null);
    // Only the answer to what stands there now counts.
    if (!answer?.ok || turn !== asked || document.activeElement !== box) return;
    const { items } = (await answer.json()) as { items: Person[] };
    if (turn === asked) show(box, items);
  };

  document.addEventListener("input", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement || box instanceof HTMLTextAreaElement) || !box.dataset["people"]) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask(box), 150);
  });

  document.addEventListener("keydown", (event) => {
    if (!list || event.target !== owner || !owner || event.isComposing) return;
    const lines = [...list.children];
    const now = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark((now + (event.key === "ArrowDown" ? 1 : lines.length - 1)) % lines.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      lines[now]?.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true }));
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  });

  document.addEventListener("focusout", (event) => {
    if (event.target === owner) close();
  });
}
