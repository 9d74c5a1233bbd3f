/** Light, dark or as the device says: applied at once, remembered by the form's own POST. */
export function theme(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset["behaviour"] !== "theme") return;
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement) || button.name !== "theme") return;
    event.preventDefault();
    document.documentElement.dataset["bsTheme"] = button.value;
    for (const other of form.querySelectorAll<HTMLButtonElement>("button[name=theme]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    const data = new FormData(form);
    data.set("theme", button.value);
    void fetch(form.action, { method: "POST", body: data, credentials: "same-origin", redirect: "manual" });
  });
}
