// Keys for lists: j and k go down and up the rows, Enter opens a row, x picks it, / goes to the search field, ? shows the help.
// Single keys work only outside fields, and can be turned off in the help panel (WCAG 2.1.4).

const help = document.querySelector("details[data-keys]");
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

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || isOff()) return;
  const actions = {
    "/": () => document.querySelector('input[type="search"], .search input')?.focus(),
    "?": () => {
      if (help) {
        help.open = !help.open;
        help.querySelector("summary").focus();
      }
    },
    j: () => move(1),
    k: () => move(-1),
    x: () => document.activeElement?.closest("tr")?.querySelector(".pick input")?.click(),
  };
  if (Object.hasOwn(actions, event.key)) {
    event.preventDefault();
    actions[event.key]();
  }
});
