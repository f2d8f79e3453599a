// A form marked data-guard is sent once: the second click does nothing until the answer is there or ten seconds have passed.
// The server knows a repeated form by its number anyway; this only spares people the doubt.

for (const form of document.querySelectorAll("form[data-guard]")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    const button = event.submitter;
    button?.setAttribute("aria-busy", "true");
    setTimeout(release, 10_000);
  });
  const release = () => {
    sent = false;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };
  // Coming back with the back button shows the page as it was left.
  addEventListener("pageshow", release);
  // A script that sends the form itself says so where nothing arrived.
  form.addEventListener("unsent", release);
}

// A greyed button explains itself and does nothing.
addEventListener("click", (event) => {
  if (event.target.closest?.('[aria-disabled="true"]')) event.preventDefault();
});

// The summary of errors is what is read first.
document.querySelector("[data-focus]")?.focus();

// A menu closes with Escape, and when something else is clicked.
const menus = document.querySelectorAll("details.menu");
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (menu.open && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});
addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
