/** Islands in content that came later than the page: their entry is loaded when the first one is there. */
export function islands(): void {
  document.body.addEventListener("htmx:afterSettle", () => void startIslands());
}

async function startIslands(): Promise<void> {
  const waiting = (name: string): boolean => document.querySelector(`[data-island="${name}"]:not([data-started])`) !== null;
  // An entry that the page has loaded already is the same module: it only starts what is new.
  if (waiting("form")) (await import("../form")).start();
  if (waiting("viewer")) (await import("../viewer")).start();
}
