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
