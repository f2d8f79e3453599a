// Keys for lists: j and k go down and up the rows, Enter opens a row, x picks it, / goes to the search field, ? shows the help.
// A page may have keys of its own: n leads to what is marked data-key="n". Single keys work only outside fields, and can be turned
// off in the help panel (WCAG 2.1.4).

const help = document.querySelector("details[data-keys]");
document.querySelectorAll("details[data-keys], [data-keys-link]").forEach((part) => (part.hidden = false));
const off = help?.querySelector("input[type=checkbox]");
const kept = "duixian-keys-off";

const isOff = () => {
  try {
    return localStorage.getItem(kept) === "1";
  } catch {
    return false;
  }
};

if (off) {
  off.checked = isOff();
  off.addEventListener("change", () => {
    try {
      off.checked ? localStorage.setItem(kept, "1") : localStorage.removeItem(kept);
    } catch {
      // A browser that keeps nothing keeps the keys on.
    }
  });
}

const isTyping = (element) => element?.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

// Rows are reached by their first link, so that the place is a real focus that a screen reader follows.
const links = () => [...document.querySelectorAll("table[data-list] tbody tr")].map((row) => row.querySelector("a[href]")).filter(Boolean);

const move = (step) => {
  const all = links();
  const here = document.activeElement?.closest("tr");
  const index = all.findIndex((link) => link.closest("tr") === here);
  const next = all[index < 0 ? (step > 0 ? 0 : all.length - 1) : index + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
};

// A place on the page takes the focus, so that Tab goes on from there.
const go = (mark) => {
  if (mark.href && !mark.hash) return mark.click();
  const place = mark.hash ? document.querySelector(mark.hash) : mark;
  if (mark.hash) place.tabIndex = -1;
  place.focus();
  if (mark.hash) place.scrollIntoView();
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || isOff()) return;
  const mark = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const actions = {
    "/": () => document.querySelector('input[type="search"], .search input')?.focus(),
    "?": () => {
      if (help) {
        help.open = !help.open;
        help.querySelector("summary").focus();
        help.scrollIntoView({ block: "nearest" });
      }
    },
    j: () => move(1),
    k: () => move(-1),
    x: () => document.activeElement?.closest("tr")?.querySelector(".pick input")?.click(),
  };
  if (mark) actions[event.key] = () => go(mark);
  if (Object.hasOwn(actions, event.key)) {
    event.preventDefault();
    actions[event.key]();
  }
});
