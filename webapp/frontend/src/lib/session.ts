import { csrfToken, h, toast } from "./dom";
import { t } from "./i18n";

/**
 * A sign-in that ended while somebody was typing. The page stays as it is; a dialog asks for the
 * password in place, the tokens of all forms become those of the new sign-in, and the act is done again.
 * For the person whose page it is: another one who signs in here gets nothing of it.
 */
const ended = { known: false };
let lastHeard = Date.now();

const mark = (): HTMLMetaElement | null => document.querySelector<HTMLMetaElement>('meta[name="signed-in"]');

/** The server has just answered us as somebody signed in. */
export function heard(): void {
  lastHeard = Date.now();
  ended.known = false;
}

/** The server has just said that nobody is signed in. */
export function lost(): void {
  ended.known = true;
}

/** Is it worth asking before something is sent? Within a minute of the last answer it is not. */
export function inDoubt(): boolean {
  return mark() !== null && (ended.known || Date.now() - lastHeard > 60_000);
}

export type Standing = "same" | "other" | "nobody" | "unreachable";

/** Who is signed in here now; if it is still the same person, the page's tokens are renewed. */
export async function standing(): Promise<{ standing: Standing; provider: boolean }> {
  const answer = await fetch(mark()?.dataset["url"] ?? "", { credentials: "same-origin" }).catch(() => null);
  if (!answer) return { standing: "unreachable", provider: false };
  const told = (await answer.json().catch(() => ({}))) as { username?: string; csrf?: string; provider?: boolean };
  if (!answer.ok) return { standing: "nobody", provider: told.provider === true };
  if (told.username !== mark()?.content) return { standing: "other", provider: false };
  renew(told.csrf ?? "");
  return { standing: "same", provider: false };
}

function renew(csrf: string): void {
  const before = csrfToken();
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]');
  if (meta) meta.content = csrf;
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="csrf_token"]')) {
    if (input.value === before) input.value = csrf;
  }
  heard();
}

let asking: Promise<boolean> | null = null;

/** Signed in as the person of this page, asking where that is needed; false where they would rather not. */
export async function signedIn(): Promise<boolean> {
  const now = await standing();
  if (now.standing === "same") return true;
  if (now.standing === "unreachable") {
    // Sent now, the page would give way to the browser's own and what was typed with it.
    toast(t("The server cannot be reached. Nothing was lost; try again in a moment."), "error");
    return false;
  }
  asking ??= ask(now.standing === "other", now.provider).finally(() => (asking = null));
  return asking;
}

function ask(other: boolean, provider: boolean): Promise<boolean> {
  const name = mark()?.dataset["name"] ?? "";
  const url = mark()?.dataset["url"] ?? "";
  const input = (id: string, type: string, complete: string): HTMLInputElement => h("input", { class: "form-control", id, name: id, type, autocomplete: complete, required: true }) as HTMLInputElement;
  const password = input("again-password", "password", "current-password");
  const code = input("again-code", "text", "one-time-code");
  const told = h("p", { class: "field-error", role: "alert" });
  const asked = h("div", { class: "field" }, h("label", { class: "form-label", for: "again-password" }, t("Password")), password);
  const ok = h("button", { type: "submit", class: "btn btn-primary" }, t("Sign in and go on"));
  const elsewhere = h(
    "p",
    { class: "small mt-2" },
    h("a", { href: "/login?next=/profile", target: "_blank", rel: "noopener" }, t("Open the sign-in page in another tab")),
    " · ",
    h("button", { type: "button", class: "btn-link-plain", "data-there": true }, t("I have signed in in another tab")),
  );
  elsewhere.hidden = !provider;
  const form = h(
    "form",
    { class: "again" },
    h("h2", { id: "again-title", class: "dialog-title" }, t("Sign in again, {name}", { name })),
    h("p", {}, other ? t("Somebody else is signed in in this browser now. Sign in as {name} to send this.", { name }) : t("Your sign-in has ended. What you typed is still here and goes on as soon as you are signed in.")),
    h("input", { type: "hidden", name: "username", value: mark()?.content ?? "", autocomplete: "username" }),
    asked,
    told,
    elsewhere,
    h("div", { class: "dialog-actions" }, h("button", { type: "button", class: "btn btn-outline", "data-no": true }, t("Cancel")), ok),
  );
  const dialog = h("dialog", { class: "dialog", id: "again", "aria-labelledby": "again-title" }, form);
  const before = document.activeElement;
  return new Promise((answer) => {
    let done = false;
    const close = (yes: boolean): void => {
      done = yes;
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before instanceof HTMLElement) before.focus();
      answer(done);
    });
    form.querySelector("[data-no]")?.addEventListener("click", () => close(false));
    form.querySelector("[data-there]")?.addEventListener("click", () => {
      void standing().then((now) => (now.standing === "same" ? close(true) : (told.textContent = t("You are not signed in there yet."))));
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      ok.disabled = true;
      const body = new URLSearchParams({ username: mark()?.content ?? "", password: password.value, code: code.value });
      void fetch(url, { method: "POST", body, credentials: "same-origin" })
        .then((reply) => reply.json() as Promise<{ csrf?: string; problem?: string; text?: string }>)
        .then((reply) => {
          if (reply.csrf) {
            renew(reply.csrf);
            close(true);
          } else if (reply.problem === "second_factor_required") {
            asked.replaceChildren(h("label", { class: "form-label", for: "again-code" }, t("Code on your phone, or a recovery code")), code);
            told.textContent = "";
            code.focus();
          } else {
            elsewhere.hidden = elsewhere.hidden && reply.problem !== "elsewhere";
            told.textContent = reply.text ?? "";
            (code.isConnected ? code : password).select();
          }
        })
        .catch(() => (told.textContent = t("The server cannot be reached. Nothing was lost; try again in a moment.")))
        .finally(() => (ok.disabled = false));
    });
    document.body.append(dialog);
    dialog.showModal();
    password.focus();
  });
}
