import { csrfToken, newKey } from "./dom";
import { t } from "./i18n";
import { signedIn } from "./session";

/** A file that was taken; forms name it by id. */
export interface Sent {
  id: string;
  name: string;
  size: number;
  url?: string;
}

export interface UploadRules {
  max_bytes: number;
  /** what a file dialog accepts: ".pdf,.jpg"; empty for everything that is taken at all */
  accept: string;
}

/** How far it is; a note where the connection is gone. */
export type Report = (share: number, note?: string) => void;

/** Why a file was not taken; the person can do something about it, or try again. */
export class UploadFault extends Error {
  constructor(
    message: string,
    readonly again = false,
  ) {
    super(message);
  }
}

const SMALL = 2 * 1024 * 1024;
const PARTS = "/api/v1/files/parts";
/** A broken connection is tried again so often in a row, some five minutes in all. */
const TRIES = 24;
const LONGEST_WAIT = 15_000;
const KINDS: [string, number[]][] = [
  ["pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ["jpg", [0xff, 0xd8, 0xff]],
  ["png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["ofd", [0x50, 0x4b, 0x03, 0x04]],
];

/** What speaks against a file before a byte of it is sent: by its content, not by its name. */
export async function faultOf(file: File, rules: UploadRules): Promise<string | null> {
  if (file.size === 0) return t("The file is empty.");
  if (file.size > rules.max_bytes) return t("Larger than {size}. Save it smaller and try again.", { size: sizeText(rules.max_bytes) });
  const head = new Uint8Array(await file.slice(0, 8).arrayBuffer());
  const kind = KINDS.find(([, first]) => first.every((byte, place) => head[place] === byte))?.[0];
  const taken = rules.accept.split(",").map((one) => one.trim().replace(/^\./, "").replace("jpeg", "jpg")).filter(Boolean);
  if (!kind || (taken.length > 0 && !taken.includes(kind))) {
    const kinds = (taken.length > 0 ? [...new Set(taken)] : KINDS.map(([name]) => name)).join(", ").toUpperCase();
    return t("The content is not of a kind that is taken here ({kinds}).", { kinds });
  }
  return null;
}

/** Sends a file, in pieces where it is large; goes on by itself when the connection comes back. */
export async function sendFile(file: File, small: string, report: Report, stop: AbortSignal): Promise<Sent> {
  return file.size <= SMALL ? whole(file, small, report, stop) : inPieces(file, report, stop);
}

async function whole(file: File, url: string, report: Report, stop: AbortSignal): Promise<Sent> {
  const body = new FormData();
  body.append("file", file);
  return patiently(stop, report, () => 0, () => call<Sent>("POST", url, body, stop, (sent) => report(sent / file.size)));
}

async function inPieces(file: File, report: Report, stop: AbortSignal): Promise<Sent> {
  const digest = await hashOf(file);
  const announced = JSON.stringify({ name: file.name, size: file.size, digest, mark: String(file.lastModified) });
  let at = 0;
  const share = (): number => at / file.size;
  const begin = await patiently(stop, report, share, () => call<Place>("POST", PARTS, announced, stop));
  const place = `${PARTS}/${begin.id}`;
  const { piece } = begin;
  at = begin.offset;
  const forget = (): void => void call("DELETE", place, null).catch(() => undefined);
  stop.addEventListener("abort", forget, { once: true });
  const key = newKey();
  while (at < file.size) {
    const next = file.slice(at, at + piece);
    at = await patiently(stop, report, share, async () => {
      try {
        const from = at;
        return (await call<Place>("PUT", `${place}?offset=${from}`, next, stop, (sent) => report((from + sent) / file.size))).offset;
      } catch (error) {
        // What was sent may have arrived although its answer did not: the server knows how far it is.
        if (error instanceof Elsewhere) return error.offset;
        if (error instanceof Gone) at = (await call<Place>("GET", place, null, stop)).offset;
        throw error;
      }
    });
    report(share());
  }
  const sent = await patiently(stop, report, share, () => call<Sent>("POST", `${place}/finish`, "{}", stop, undefined, key));
  stop.removeEventListener("abort", forget);
  return sent;
}

interface Place {
  id: string;
  offset: number;
  piece: number;
}

/** The connection is gone, or the server has no time: to be tried again. */
class Gone extends Error {}
/** The sign-in had ended and has been renewed: to be done again at once. */
class SignedInAgain extends Gone {}
class Elsewhere extends Error {
  constructor(readonly offset: number) {
    super();
  }
}

async function patiently<T>(stop: AbortSignal, report: Report, share: () => number, act: () => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Gone) || stop.aborted) throw error;
      if (error instanceof SignedInAgain) continue;
      if (tried >= TRIES) throw new UploadFault(t("The connection did not come back. What has arrived is kept for a day."), true);
      report(share(), t("The connection is gone; trying again …"));
      await pause(Math.min(LONGEST_WAIT, 400 * 2 ** Math.min(tried, 6)), stop);
    }
  }
}

/** Waits; no longer than until the device is connected again. */
function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const go = (): void => {
      window.clearTimeout(timer);
      window.removeEventListener("online", go);
      stop.removeEventListener("abort", go);
      done();
    };
    const timer = window.setTimeout(go, milliseconds);
    window.addEventListener("online", go);
    stop.addEventListener("abort", go);
  });
}

type Content = FormData | Blob | string | null;

function call<T>(method: string, url: string, body: Content, stop?: AbortSignal, progress?: (sent: number) => void, key = newKey()): Promise<T> {
  return new Promise((done, fail) => {
    if (stop?.aborted && method !== "DELETE") return fail(new UploadFault(""));
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.timeout = 60_000;
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Idempotency-Key", key);
    request.setRequestHeader("Accept", "application/json");
    if (typeof body === "string") request.setRequestHeader("Content-Type", "application/json");
    else if (body instanceof Blob) request.setRequestHeader("Content-Type", "application/octet-stream");
    if (progress) request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("loadend", () => {
      let answer: { offset?: number; type?: string; title?: string; errors?: { message: string }[] } = {};
      try {
        answer = JSON.parse(request.responseText || "{}") as typeof answer;
      } catch {
        // a proxy may answer with a page
      }
      const { status } = request;
      if (status >= 200 && status < 300) done(answer as T);
      else if (status === 409 && typeof answer.offset === "number") fail(new Elsewhere(answer.offset));
      else if (status === 0 && stop?.aborted) fail(new UploadFault(""));
      else if (status === 401) void signedIn().then((yes) => fail(yes ? new SignedInAgain() : new UploadFault(t("You were signed out. Sign in again and choose the file again; it goes on where it was."))));
      else if (status === 0 || status === 409 || status === 429 || status >= 500) fail(new Gone());
      else fail(new UploadFault((answer.errors ?? []).map(({ message }) => message).join(" ") || answer.title || t("The upload did not work. Remove it and try again."), status === 404));
    });
    stop?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

/** SHA-256 where the browser lets us; the server computes it in any case. */
async function hashOf(file: File): Promise<string> {
  if (!window.crypto.subtle) return "";
  const sum = await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0).replace(/\.0$/, "")} MB`;
}
