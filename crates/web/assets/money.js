// Beside an amount in yuan stands what that is in 万元, in English with its thousands apart, as it is typed: one zero too many
// is the commonest mistake. Digits are moved as text; no floating point comes near an amount.

const plain = (text) =>
  text
    .normalize("NFKC")
    .replace(/[\s,，¥￥]/g, "")
    .replace(/(元|yuan)$/, "");

export function inWords(text, isChinese) {
  let number = plain(text);
  const zeros = { 万: 4, 亿: 8 }[number.at(-1)] ?? 0;
  if (zeros) number = number.slice(0, -1);
  const parts = /^(\d{1,15})(?:\.(\d+))?$/.exec(number);
  if (!parts || (parts[2] ?? "").length > zeros + 2) return "";
  // Counted in ten-thousand-millionths of a yuan, so that whole numbers suffice throughout.
  const tiny = BigInt(parts[1] + (parts[2] ?? "").padEnd(10, "0")) * 10n ** BigInt(zeros);
  const unit = isChinese ? 1_000_000_000_000n : 100_000_000n;
  const hundredths = (tiny + unit / 2n) / unit;
  const whole = (hundredths / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  const decimals = `.${(hundredths % 100n).toString().padStart(2, "0")}`;
  return isChinese ? `${whole}${decimals}万元` : `CNY ${whole}${decimals}`.replace(/\.00$/, "");
}

const isChinese = document.documentElement.lang.startsWith("zh");
for (const box of document.querySelectorAll("[data-money]")) {
  const input = box.querySelector("input");
  const echo = box.querySelector("output");
  input?.addEventListener("input", () => {
    echo.textContent = inWords(input.value, isChinese);
  });
}
