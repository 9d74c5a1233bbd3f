import htmx from "htmx.org";
import { csrfToken, newKey, toast } from "../lib/dom";
import { t } from "../lib/i18n";

/** htmx, held to what a strict content security policy allows. */
export function partials(): void {
  htmx.config.allowEval = false;
  htmx.config.allowScriptTags = false;
  htmx.config.includeIndicatorStyles = false;
  htmx.config.selfRequestsOnly = true;
  htmx.config.historyCacheSize = 0;
  htmx.config.scrollIntoViewOnBoost = false;
  htmx.config.responseHandling = [
    { code: "204", swap: false },
    { code: "286", swap: true },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ];

  document.body.addEventListener("htmx:configRequest", (event) => {
    const { headers, verb } = (event as CustomEvent<{ headers: Record<string, string>; verb: string }>).detail;
    headers["X-CSRFToken"] = csrfToken();
    if (verb !== "get") headers["Idempotency-Key"] = newKey();
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    if (xhr.status === 401) return; // the dialog of signing in says it
    toast(explain(xhr), "error");
  });
  document.body.addEventListener("htmx:sendError", () => {
    toast(t("The server cannot be reached. Nothing was lost; try again in a moment."), "error");
  });
}

function explain(xhr: XMLHttpRequest): string {
  const type = xhr.getResponseHeader("Content-Type") ?? "";
  if (type.includes("json")) {
    try {
      const problem = JSON.parse(xhr.responseText) as { detail?: string; title?: string };
      if (problem.detail ?? problem.title) return String(problem.detail ?? problem.title);
    } catch {
      // fall through to the general sentence
    }
  }
  if (xhr.status === 403) return t("You may not do this.");
  if (xhr.status === 409) return t("Someone else was faster. Reload the page to see the present state.");
  return t("That did not work. Nothing was lost; try again in a moment.");
}
