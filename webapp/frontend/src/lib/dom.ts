export function readJson<T>(container: Element): T {
  const block = container.querySelector('script[type="application/json"]') ?? container.nextElementSibling;
  if (!(block instanceof HTMLScriptElement) || block.type !== "application/json") {
    throw new Error("an island needs a JSON block inside or right after it");
  }
  return JSON.parse(block.textContent || "null") as T;
}

type Child = Node | string | null | undefined | false;

/** A small element builder: h("p", { class: "hint" }, "text"). */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | boolean | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** Says something to people who listen instead of looking. */
export function announce(text: string): void {
  let region = document.getElementById("announcer");
  if (!region) {
    region = h("div", { id: "announcer", class: "visually-hidden", role: "status", "aria-live": "polite" });
    document.body.append(region);
  }
  region.textContent = "";
  window.setTimeout(() => {
    if (region) region.textContent = text;
  }, 50);
}

/** A short word at the foot of the window; for results that need no decision. */
export function toast(text: string, kind: "info" | "error" = "info"): void {
  document.querySelector(".toast-line")?.remove();
  const line = h("div", { class: `toast-line toast-${kind}`, role: kind === "error" ? "alert" : "status" }, text);
  document.body.append(line);
  window.setTimeout(() => line.remove(), kind === "error" ? 8000 : 3500);
}

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
