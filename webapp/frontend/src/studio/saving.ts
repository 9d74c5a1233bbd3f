/**
 * Saves as one goes: what is changed goes to the server a moment later, with the version it was read
 * at; a copy lies in the browser until it has arrived, and comes back after a crash. Whoever saved
 * meanwhile is named, and one chooses whose text stands.
 */
import { csrfToken, h, newKey, toast } from "../lib/dom";
import { t } from "../lib/i18n";
import { heard, lost, signedIn, standing } from "../lib/session";

export interface SavingOptions {
  draft: string;
  path: string;
  /** of the file: `GET|PUT` */
  url: string;
  text: string;
  version: number;
  readOnly?: boolean;
  /** the line that says how things stand */
  status: HTMLElement;
  /** the text as it is now */
  current(): string | Promise<string>;
  /** puts another text into the editor: theirs, or what was recovered */
  replace(text: string): void | Promise<void>;
  /** called after every save */
  saved?(version: number): void;
}

interface Copy {
  text: string;
  version: number;
  at: string;
}

interface Theirs {
  text: string;
  version: number;
  by?: string;
  at?: string;
}

const DELAY = 700;
const COPY_DELAY = 200;
const AGAIN = 10_000;

/** `09:12`, or with the day where it was not today. */
export function clock(at: string | Date): string {
  const time = at instanceof Date ? at : new Date(at);
  if (Number.isNaN(time.getTime())) return String(at);
  const two = (number: number): string => String(number).padStart(2, "0");
  const hour = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return time.toDateString() === new Date().toDateString() ? hour : `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${hour}`;
}

export class Saving {
  private version: number;
  /** what the server has, as far as we know */
  private known: string;
  private dirty = false;
  private running: Promise<boolean> | null = null;
  private asking = false;
  private timer = 0;
  private copying = 0;
  private readonly gone = new AbortController();

  constructor(private readonly given: SavingOptions) {
    this.version = given.version;
    this.known = given.text;
    if (given.readOnly) {
      this.say(t("Only to look at"));
      return;
    }
    this.say(t("Nothing changed yet"));
    const { signal } = this.gone;
    window.addEventListener("online", () => this.dirty && this.later(0), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.dirty && this.later(0), { signal });
    window.addEventListener("beforeunload", (event) => {
      if (!this.dirty) return;
      void this.now();
      event.preventDefault();
      event.returnValue = ""; // Chromium before 119 asks only for this
    }, { signal });
  }

  /** What a crash left behind, if the server does not have it: put it into the editor once that stands. */
  async recover(): Promise<boolean> {
    const copy = this.given.readOnly ? null : this.copy();
    if (!copy || copy.text === this.known) {
      this.forget();
      return false;
    }
    if (copy.version !== this.version) {
      await this.given.replace(copy.text);
      this.dirty = true;
      await this.conflict({ text: this.known, version: this.version });
      return true;
    }
    const saved = this.known;
    await this.given.replace(copy.text);
    const notice = h("div", { class: "notice notice-info saving-recovered", role: "status" }, h("span", {}, t("What was not saved at {time} is here again.", { time: clock(copy.at) })));
    const undo = h("button", { type: "button", class: "btn btn-outline btn-sm" }, t("Back to what was saved"));
    const close = h("button", { type: "button", class: "btn-link-plain", "aria-label": t("Close") }, "✕");
    undo.addEventListener("click", () => {
      notice.remove();
      void Promise.resolve(this.given.replace(saved)).then(() => this.changed());
    });
    close.addEventListener("click", () => notice.remove());
    notice.append(undo, close);
    this.given.status.before(notice);
    this.changed();
    return true;
  }

  /** Something was changed: it will be saved. */
  changed(): void {
    if (this.given.readOnly) return;
    this.dirty = true;
    this.say(t("Not saved yet"));
    window.clearTimeout(this.copying);
    this.copying = window.setTimeout(() => void this.keepCopy(), COPY_DELAY);
    this.later(DELAY);
  }

  /** Saves what is not saved; true where the server has everything. */
  async now(): Promise<boolean> {
    window.clearTimeout(this.timer);
    if (!this.dirty) return true;
    if (this.asking) return false;
    this.running ??= this.send().finally(() => (this.running = null));
    const done = await this.running;
    return done && this.dirty ? this.now() : done;
  }

  get unsaved(): boolean {
    return this.dirty;
  }

  /** Ends listening; what was typed has been kept. */
  dispose(): void {
    window.clearTimeout(this.timer);
    window.clearTimeout(this.copying);
    this.gone.abort();
  }

  private later(delay: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.now(), delay);
  }

  private async send(): Promise<boolean> {
    this.dirty = false;
    const text = await this.given.current();
    if (text === this.known) {
      this.forget();
      this.say(t("Saved {time}", { time: clock(new Date()) }));
      return true;
    }
    this.say(t("Saving …"));
    const answer = await this.put(text, this.version).catch(() => null);
    if (answer === null || answer.status >= 500 || answer.status === 429) {
      this.dirty = true;
      this.say(t("Not saved: the server cannot be reached. A copy is kept in this browser; it is tried again."));
      this.later(AGAIN);
      return false;
    }
    if (answer.status === 401 || answer.status === 403) return this.signedOut(answer.status);
    if (answer.status === 409) {
      this.dirty = true;
      return this.conflict((await answer.json()) as Theirs);
    }
    if (!answer.ok) {
      this.dirty = true;
      const told = (await answer.json().catch(() => ({}))) as { title?: string; errors?: { message: string }[] };
      const why = [told.title, ...(told.errors ?? []).map(({ message }) => message)].filter(Boolean).join(" ");
      this.say(t("Not saved: {why}", { why: why || String(answer.status) }), true);
      return false;
    }
    heard();
    const { version, saved_at: at } = (await answer.json()) as { version: number; saved_at: string };
    this.version = version;
    this.known = text;
    if (!this.dirty) {
      this.forget();
      this.say(t("Saved {time}", { time: clock(at) }));
    }
    this.given.saved?.(version);
    return true;
  }

  private put(text: string, version: number): Promise<Response> {
    return fetch(this.given.url, {
      method: "PUT",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken(), "Idempotency-Key": newKey() },
      body: JSON.stringify({ text, version }),
    });
  }

  private async signedOut(status: number): Promise<boolean> {
    this.dirty = true;
    // Perhaps the same person has signed in anew in another tab: the page only needs the new token.
    if ((await standing()).standing === "same") {
      if (status === 401) return this.send();
      this.say(t("Not saved: this draft may not be changed by you any more."), true);
      return false;
    }
    lost();
    this.say(t("You were signed out. What you changed is still on this page."), true);
    const button = h("button", { type: "button", class: "btn btn-outline btn-sm" }, t("Sign in again"));
    button.addEventListener("click", () => void signedIn().then((yes) => (yes ? this.now() : undefined)));
    this.given.status.append(" ", button);
    return false;
  }

  /** Somebody else saved meanwhile: whose text stands? Nothing is lost whichever is chosen. */
  private async conflict(theirs: Theirs): Promise<boolean> {
    this.asking = true;
    const mine = await this.given.current();
    const choice = await ask(theirs, mine, this.given.path).finally(() => (this.asking = false));
    if (choice === "later") {
      this.say(t("Not saved: {by} has changed the same file.", { by: theirs.by ?? t("somebody") }), true);
      const button = h("button", { type: "button", class: "btn btn-outline btn-sm" }, t("Choose whose stands"));
      button.addEventListener("click", () => void this.conflict(theirs));
      this.given.status.append(" ", button);
      return false;
    }
    this.version = theirs.version;
    this.known = theirs.text;
    if (choice === "mine") {
      this.dirty = true;
      return this.send();
    }
    await this.given.replace(theirs.text);
    this.dirty = false;
    window.clearTimeout(this.timer);
    this.forget();
    this.say(t("Saved {time}", { time: clock(theirs.at ?? new Date()) }));
    this.given.saved?.(theirs.version);
    return true;
  }

  /** A copy is of a person, so that nobody else at this computer gets it. */
  private get key(): string {
    const who = document.querySelector<HTMLMetaElement>('meta[name="signed-in"]')?.content ?? "";
    return `gongban:draft:${who}:${this.given.draft}:${this.given.path}`;
  }

  private copy(): Copy | null {
    try {
      return JSON.parse(window.localStorage.getItem(this.key) ?? "null") as Copy | null;
    } catch {
      return null;
    }
  }

  private async keepCopy(): Promise<void> {
    const text = await this.given.current();
    if (!this.dirty && this.running === null) return;
    try {
      window.localStorage.setItem(this.key, JSON.stringify({ text, version: this.version, at: new Date().toISOString() } satisfies Copy));
    } catch {
      // Full, or switched off: the server gets it in a moment.
    }
  }

  private forget(): void {
    window.clearTimeout(this.copying);
    try {
      window.localStorage.removeItem(this.key);
    } catch {
      // switched off
    }
  }

  private say(text: string, loud = false): void {
    this.given.status.textContent = text;
    this.given.status.classList.toggle("is-unsaved", loud);
    if (loud) toast(text, "error");
  }
}

function ask(theirs: Theirs, mine: string, path: string): Promise<"mine" | "theirs" | "later"> {
  const by = theirs.by ?? t("Somebody");
  const download = h("a", { class: "btn btn-outline", download: path.split("/").pop() ?? "text" }, t("Keep mine as a file"));
  const address = URL.createObjectURL(new Blob([mine], { type: "text/plain" }));
  download.href = address;
  const button = (value: string, text: string, look: string): HTMLButtonElement => h("button", { type: "submit", value, class: `btn ${look}` }, text);
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": "conflict-title" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { class: "dialog-title", id: "conflict-title" }, t("{by} has changed the same file", { by })),
      h("p", {}, theirs.at ? t("It was saved at {time} while you were working on it. Choose whose text stands; the other is not kept in the draft.", { time: clock(theirs.at) }) : t("It was saved while you were working on it. Choose whose text stands; the other is not kept in the draft.")),
      h("div", { class: "dialog-actions" }, button("later", t("Decide later"), "btn-outline"), download, button("theirs", t("Take theirs"), "btn-outline"), button("mine", t("Keep mine"), "btn-primary")),
    ),
  );
  document.body.append(dialog);
  return new Promise((answer) => {
    dialog.addEventListener("close", () => {
      URL.revokeObjectURL(address);
      dialog.remove();
      answer(dialog.returnValue === "mine" || dialog.returnValue === "theirs" ? dialog.returnValue : "later");
    });
    dialog.showModal();
  });
}
