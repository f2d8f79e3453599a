// Beside an amount in yuan stands what that is in 万元, as it is typed: one zero too many is the commonest mistake.
// Digits are moved as text; no floating point comes near an amount.

const plain = (text) =>
  text
    .normalize("NFKC")
    .replace(/[\s,，¥￥]/g, "")
    .replace(/(元|yuan)$/, "");

export function inWan(text) {
  let number = plain(text);
  const isWan = number.endsWith("万");
  if (isWan) number = number.slice(0, -1);
  const parts = /^(\d{1,15})(?:\.(\d+))?$/.exec(number);
  if (!parts) return "";
  const decimals = (parts[2] ?? "").padEnd(8, "0");
  if ((parts[2] ?? "").length > (isWan ? 6 : 2)) return "";
  // Counted in hundred-millionths of a yuan, so that whole numbers suffice throughout.
  const tiny = BigInt(parts[1] + decimals.slice(0, 8)) * (isWan ? 10_000n : 1n);
  const hundredths = (tiny + 5_000_000_000n) / 10_000_000_000n;
  const whole = (hundredths / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${whole}.${(hundredths % 100n).toString().padStart(2, "0")}万元`;
}

for (const box of document.querySelectorAll("[data-money]")) {
  const input = box.querySelector("input");
  const echo = box.querySelector("output");
  input?.addEventListener("input", () => {
    echo.textContent = inWan(input.value);
  });
}
