// The sum of what is picked, as it is picked. Without this script the sum stands on the next page, before anything is released.

for (const form of document.querySelectorAll("form[data-sum]")) {
  const count = form.querySelector("[data-sum-count]");
  const total = form.querySelector("[data-sum-total]");
  const amounts = JSON.parse(form.dataset.sum);
  const show = () => {
    const picked = [...form.querySelectorAll(".pick input:checked")].map((box) => BigInt(amounts[box.value] ?? 0));
    const fen = picked.reduce((sum, amount) => sum + amount, 0n);
    const yuan = (fen / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
    count.textContent = picked.length;
    total.textContent = `${yuan}.${(fen % 100n).toString().padStart(2, "0")}`;
  };
  form.querySelector("[data-pick-all]")?.addEventListener("change", (event) => {
    for (const box of form.querySelectorAll(".pick input")) box.checked = event.target.checked;
    show();
  });
  form.querySelectorAll("[data-scripted]").forEach((part) => (part.hidden = false));
  form.addEventListener("change", show);
  show();
}
