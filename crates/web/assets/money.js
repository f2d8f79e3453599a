// Beside an amount in yuan stands what that is in 万元, to the fen, in English with its thousands apart, as it is typed: one zero too
// many is the commonest mistake. Digits are moved as text; no floating point comes near an amount.

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
  const fen = BigInt(parts[1] + (parts[2] ?? "").padEnd(zeros + 2, "0"));
  const isLarge = isChinese && fen >= 5000n;
  const places = isLarge ? 6 : 2;
  const digits = `${fen}`.padStart(places + 1, "0");
  const whole = digits.slice(0, -places).replace(/\B(?=(\d{3})+$)/g, ",");
  const all = `${whole}.${digits.slice(-places).replace(/0+$/, "").padEnd(2, "0")}`;
  if (isLarge) return `${all}万元`;
  const yuan = all.replace(".00", "");
  return isChinese ? `${yuan}元` : `CNY ${yuan}`;
}

const isChinese = document.documentElement.lang.startsWith("zh");
for (const box of document.querySelectorAll("[data-money]")) {
  const input = box.querySelector("input");
  const echo = box.querySelector("output");
  input?.addEventListener("input", () => {
    echo.textContent = inWords(input.value, isChinese);
  });
}
