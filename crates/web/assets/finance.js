// The sums of what is picked, as it is picked and as amounts are typed. Without this script they stand on the next page, before
// anything is done, and where there is a button to add up again. And a batch's page, which says who has fetched its file, as soon as
// someone has: a download leaves the page as it was.

// Digits are moved as text; no floating point comes near an amount.
const typed = (text) => {
  const plain = text.normalize("NFKC").replace(/[\s,，¥￥]|元$|yuan$/g, "");
  const [, whole, part = "", unit] = /^(\d{1,15})(?:\.(\d+))?([万亿]?)$/.exec(plain) ?? [];
  const places = { 万: 6, 亿: 10 }[unit] ?? 2;
  return whole && part.length <= places ? BigInt(whole + part.padEnd(places, "0")) : 0n;
};

for (const form of document.querySelectorAll("form[data-sum]")) {
  const count = form.querySelector("[data-sum-count]");
  const total = form.querySelector("[data-sum-total]");
  const amounts = JSON.parse(form.dataset.sum);
  const rows = () => [...form.querySelectorAll(".pick input:checked")].map((box) => ({ box, row: box.closest("tr") }));
  const amount = ({ box, row }) => {
    const own = row?.querySelector("[data-money] input");
    return own ? typed(own.value) : BigInt(amounts[box.value] ?? 0);
  };
  const sum = (picked) => picked.reduce((all, one) => all + amount(one), 0n);
  const say = (place, fen) => {
    const yuan = (fen / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
    place.textContent = `${yuan}.${(fen % 100n).toString().padStart(2, "0")}`;
  };
  const show = () => {
    const picked = rows();
    count.textContent = picked.length;
    if (total) say(total, sum(picked));
    for (const fund of form.querySelectorAll("[data-fund]")) {
      const wanted = sum(picked.filter(({ row }) => row.dataset.of === fund.dataset.fund));
      const isShort = wanted > BigInt(fund.dataset.free);
      say(fund.querySelector("output"), wanted);
      fund.classList.toggle("warn", isShort);
      fund.querySelector("[data-short]").hidden = !isShort;
    }
  };
  form.querySelector("[data-pick-all]")?.addEventListener("change", (event) => {
    for (const box of form.querySelectorAll(".pick input")) box.checked = event.target.checked;
    show();
  });
  form.querySelectorAll("[data-scripted]").forEach((part) => (part.hidden = false));
  form.addEventListener("input", show);
  addEventListener("pageshow", show);
  show();
}

// The file comes as it comes: the page is asked whether it says another count, and only then loaded again.
const files = document.querySelector("[data-fetched]");
files?.addEventListener("submit", () => {
  let left = 20;
  const asking = setInterval(async () => {
    if (left-- === 0) return clearInterval(asking);
    const text = await (await fetch(location.pathname)).text();
    const now = new DOMParser().parseFromString(text, "text/html").querySelector("[data-fetched]");
    if (left < 0 || now?.dataset.fetched === files.dataset.fetched) return;
    clearInterval(asking);
    location.reload();
  }, 1500);
});
