// A box that picks all rows of the page, and says whether all are picked.
for (const form of document.querySelectorAll("form.worklist")) {
  const all = form.querySelector("[data-pick-all]");
  const boxes = [...form.querySelectorAll(".pick input")];
  if (!all || boxes.length === 0) continue;
  const show = () => {
    const picked = boxes.filter((box) => box.checked).length;
    all.checked = picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  };
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  form.addEventListener("change", show);
  addEventListener("pageshow", show);
  form.querySelectorAll("[data-scripted]").forEach((part) => (part.hidden = false));
  show();
}

// Above a list of boxes: all, none, and what those ticked come to. Without this script the boxes are ticked one by one, and
// the next page adds up.
for (const tools of document.querySelectorAll("[data-pick-tools]")) {
  const form = tools.closest("form");
  const boxes = [...form.querySelectorAll(`input[type="checkbox"][name="${tools.dataset.pickTools}"]`)];
  const told = tools.querySelector("[data-picked]");
  if (boxes.length < 2) continue;
  const yuan = (fen) => (fen / 100).toLocaleString("en", { minimumFractionDigits: fen % 100 ? 2 : 0 }) + told.dataset.unit;
  const show = () => {
    const picked = boxes.filter((box) => box.checked);
    const known = picked.filter((box) => box.dataset.low);
    const sum = (of) => known.reduce((all, box) => all + Number(of(box)), 0);
    const low = sum((box) => box.dataset.low);
    const high = sum((box) => box.dataset.high ?? box.dataset.low);
    const amount = low === high ? yuan(low) : yuan(low) + told.dataset.to + yuan(high);
    const isOpen = known.some((box) => !box.dataset.high);
    told.textContent =
      told.dataset.count.replace("#", picked.length) + (high > 0 ? told.dataset.sum + amount : "") + (isOpen ? told.dataset.open : "");
  };
  const all = (isPicked) => {
    boxes.forEach((box) => (box.checked = isPicked && !box.disabled));
    show();
  };
  tools.querySelector("[data-pick-every]").addEventListener("click", () => all(true));
  tools.querySelector("[data-pick-none]").addEventListener("click", () => all(false));
  form.addEventListener("change", show);
  addEventListener("pageshow", show);
  tools.hidden = false;
  show();
}
