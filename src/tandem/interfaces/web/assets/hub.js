// What pages need beyond htmx: what was typed is never lost. A form with data-draft keeps its fields in this tab
// (sessionStorage) until the hub has taken them; secrets and files are not kept, and signing out clears all.
(() => {
  const own = () => `draft:${document.body.dataset.whose ?? ""}:`;
  const kept = (form) => own() + form.dataset.draft;
  const holds = (one) => one.name && !["password", "file", "hidden", "submit"].includes(one.type);
  const values = (form) => [...form.elements].filter(holds).map((one) =>
    [one.name, one.type === "checkbox" || one.type === "radio" ? [one.value, one.checked] : one.value]);

  function restore(form) {
    const text = sessionStorage.getItem(kept(form));
    if (!text || form.dataset.filled) return;
    const places = new Map();
    for (const [name, value] of JSON.parse(text)) {
      const fields = [...form.elements].filter((one) => one.name === name && holds(one));
      const place = places.get(name) ?? 0;
      places.set(name, place + 1);
      const field = fields[place];
      if (!field) continue;
      if (Array.isArray(value)) field.checked = value[1];
      else field.value = value;
    }
  }

  function watch(root) {
    for (const form of root.querySelectorAll?.("form[data-draft]") ?? []) {
      if (form.dataset.watched) continue;
      form.dataset.watched = "1";
      restore(form);
      form.addEventListener("input", () => sessionStorage.setItem(kept(form), JSON.stringify(values(form))));
    }
    for (const done of root.querySelectorAll?.("[data-draft-done]") ?? []) {
      sessionStorage.removeItem(own() + done.dataset.draftDone);
    }
  }

  // A tab outlives a session: whoever signs in finds nothing that somebody else had typed.
  function forget() {
    if (!document.body.dataset.whose) return;
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith("draft:") && !key.startsWith(own())) sessionStorage.removeItem(key);
    }
  }

  document.addEventListener("DOMContentLoaded", () => { forget(); watch(document); });
  document.addEventListener("htmx:after:swap", () => watch(document));
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-signs-out]")) sessionStorage.clear();
    // What takes longer says so until the next page is there.
    for (const note of event.target.querySelectorAll("[data-waiting]")) note.hidden = false;
  });
  addEventListener("pageshow", () => {
    for (const note of document.querySelectorAll("[data-waiting]")) note.hidden = true;
  });
  // Where a choice in a list shall be seen at once: the form goes off by itself.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-sends]")) event.target.form.requestSubmit();
  });
})();
