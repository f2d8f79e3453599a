// Text that was typed into one form of a page and not sent outlives the sending of another, which loads the page anew. Forms
// marked data-keep="WHO WHERE" belong together: what they hold unsent is put aside when one of them is sent, and given back,
// once, to the same person on the next page that has them. What is sent itself is given back only to who comes from signing in
// again: then nothing of it was taken. A form marked data-keep-leaving, whose page one leaves to mend something else, keeps what
// was written in words when the page is left in any other way than by sending it.

const soon = 10 * 60 * 1000;
const later = 60 * 60 * 1000;
const forms = [...document.querySelectorAll("form[data-keep]")];
const place = (form) => `duixian-keep ${form.dataset.keep}`;

const isFromSignIn = () => {
  try {
    return new URL(document.referrer).pathname === "/sign-in";
  } catch {
    return false;
  }
};

const changed = (field) => {
  if (!field.id || field.type === "hidden" || field.type === "password" || field.type === "file") return false;
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  return "defaultValue" in field && field.value !== field.defaultValue;
};

const give = (form, kept) => {
  let given = false;
  for (const field of form.elements) {
    const value = kept[field.id];
    if (!field.id || value === undefined || field.readOnly || field.disabled) continue;
    if (typeof value === "boolean") field.checked = value;
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    given = true;
  }
  // What is wrong with a form that was sent is read first: its panel stays the open one.
  const panel = form.closest("details");
  if (given && panel && !document.querySelector("[data-focus]")) panel.open = true;
};

try {
  for (const at of new Set(forms.map(place))) {
    const kept = JSON.parse(sessionStorage.getItem(at) ?? "null");
    sessionStorage.removeItem(at);
    if (!kept || Date.now() > kept.until) continue;
    const fields = isFromSignIn() ? { ...kept.fields, ...kept.sent } : kept.fields;
    for (const form of forms) if (place(form) === at) give(form, fields);
  }
  for (const form of forms) {
    let isSent = false;
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      // A button that goes elsewhere sends nothing of it.
      isSent = !event.submitter?.formNoValidate;
      if ("keepLeaving" in form.dataset && !isSent) return;
      const fields = {};
      const sent = {};
      for (const other of forms) {
        if (place(other) !== place(form)) continue;
        const into = other === form ? sent : fields;
        for (const field of other.elements) {
          if (changed(field)) into[field.id] = typeof field.checked === "boolean" && /^(radio|checkbox)$/.test(field.type) ? field.checked : field.value;
        }
      }
      if (Object.keys({ ...fields, ...sent }).length > 0) sessionStorage.setItem(place(form), JSON.stringify({ until: Date.now() + soon, fields, sent }));
    });
    if (!("keepLeaving" in form.dataset)) continue;
    addEventListener("pagehide", () => {
      const words = [...form.querySelectorAll("textarea")].filter((field) => changed(field));
      if (isSent || words.length === 0) return;
      const fields = Object.fromEntries(words.map((field) => [field.id, field.value]));
      sessionStorage.setItem(place(form), JSON.stringify({ until: Date.now() + later, fields, sent: {} }));
    });
  }
} catch {
  // A browser that keeps nothing loses what was typed, as it would without this script.
}
