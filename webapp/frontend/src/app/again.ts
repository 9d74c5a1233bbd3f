import htmx from "htmx.org";
import { inDoubt, heard, lost, signedIn } from "../lib/session";
import { unlock } from "./decision";

interface Failed {
  xhr: XMLHttpRequest;
  elt: Element;
  target: Element;
  requestConfig: { verb: string; path: string; parameters: Record<string, unknown>; triggeringEvent?: Event };
}

/** Before a form leaves that may find nobody signed in, and after a request that found nobody. */
export function again(): void {
  // On window: whoever may stop the submission at its place has spoken.
  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || !inDoubt()) return;
    if (form.method !== "post" || form.matches("[hx-post], [data-hx-post]") || form.getAttribute("action")?.endsWith("/logout")) return;
    event.preventDefault();
    const pressed = event.submitter instanceof HTMLElement ? event.submitter : null;
    void signedIn().then((yes) => {
      unlock(form);
      if (!yes) return;
      // Nobody has to be asked a second time on the way.
      heard();
      form.requestSubmit(pressed);
    });
  });

  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { xhr } = (event as CustomEvent<Failed>).detail;
    if (xhr.status >= 200 && xhr.status < 300) heard();
  });

  document.body.addEventListener("htmx:responseError", (event) => {
    const { xhr, elt, target, requestConfig } = (event as CustomEvent<Failed>).detail;
    if (xhr.status !== 401) return;
    lost();
    // What asks by itself every few seconds interrupts nobody.
    if (elt.getAttribute("hx-trigger")?.startsWith("every")) return;
    void signedIn().then((yes) => {
      const { verb, path, parameters } = requestConfig;
      const values = Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== "csrf_token"));
      if (yes) void htmx.ajax(verb as "post", path, { source: elt, target, values });
    });
  });
}
