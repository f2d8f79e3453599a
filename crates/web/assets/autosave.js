// A form marked data-autosave="/drafts/7" is posted there a second after the last key: without this its button saves.
// Its role="status" with data-saved holds the words.

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-saved]");
  const words = status?.dataset ?? {};
  let timer, running, again, send, over;

  const say = (word, time) => {
    if (status) status.textContent = (word ?? "") + (time ? " " + time : "");
  };

  // Files and passwords are not drafts.
  const isKept = ([name, value]) => typeof value === "string" && form.elements[name].type !== "password";

  const save = async () => {
    timer = clearTimeout(timer);
    if (over) return;
    again = running;
    if (running) return;
    running = true;
    say(words.saving);
    try {
      const body = new URLSearchParams([...new FormData(form)].filter(isKept));
      const answer = await fetch(form.dataset.autosave, { method: "POST", body, redirect: "manual", keepalive: true });
      const said = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
      const refused = said.error ?? words[answer.status];
      if (answer.ok) {
        say(words.savedAt, said.at);
        // What was saved here was also seen here.
        if (form._seen) form._seen.value = said.seen;
        // What the server makes of it stands beside the form at once.
        for (const [name, text] of Object.entries(said.live ?? {})) {
          for (const place of document.querySelectorAll(`[data-live="${name}"]`)) place.textContent = text;
        }
      } else if (refused) {
        // No use trying again.
        over = true;
        say(refused);
      } else throw 0;
    } catch {
      // Nothing typed is lost: it goes with the next attempt.
      say(words.failed);
      timer = setTimeout(save, 15_000);
    }
    running = false;
    if (send) send = send();
    else if (again) save();
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 1_000);
  });
  // Sent once the answer has said what was seen; before guard.js counts it.
  form.addEventListener("submit", (event) => {
    timer = clearTimeout(timer);
    if (!running) return;
    event.preventDefault();
    send = () => form.requestSubmit(event.submitter);
  }, true);
  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) save();
  });
}
