// A form marked data-autosave="/drafts/7" is kept as it is typed: its fields are posted there a second after the last key.
// The form needs an element with data-saved and role="status", whose attributes data-saving, data-saved-at and data-failed
// hold the words. Without this script the form's own button saves the draft.

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-saved]");
  let timer;
  let running = false;
  let again = false;

  const say = (word, time) => {
    if (status) status.textContent = word + (time ? " " + time : "");
  };

  // Files and passwords are not drafts.
  const fields = () => {
    const kept = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") kept.append(name, value);
    for (const secret of form.querySelectorAll('input[type="password"]')) kept.delete(secret.name);
    return kept;
  };

  const save = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (running) {
      again = true;
      return;
    }
    running = true;
    say(status?.dataset.saving ?? "");
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: fields(), redirect: "manual", keepalive: true });
      if (!answer.ok) throw new Error(String(answer.status));
      const said = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
      say(status?.dataset.savedAt ?? "", said.at ?? new Date().toTimeString().slice(0, 5));
      // What the server makes of it stands beside the form at once.
      for (const [name, text] of Object.entries(said.live ?? {})) {
        for (const place of document.querySelectorAll(`[data-live="${name}"]`)) place.textContent = text;
      }
    } catch {
      // Nothing typed is lost: it is still in the fields, and goes with the next attempt.
      say(status?.dataset.failed ?? "");
      timer = setTimeout(save, 15_000);
    }
    running = false;
    if (again) {
      again = false;
      save();
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 1_000);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) save();
  });
}
