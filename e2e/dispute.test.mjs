// The registry and an applicant say different things: a reviewer finds out, and the rule's amount follows.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person } from "./lib/person.mjs";
import { startBrowser, startPortal } from "./lib/portal.mjs";

let portal, browser;
before(async () => {
  [portal, browser] = await Promise.all([startPortal(), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await portal?.stop();
});

/** The fact in dispute on a case's page: its row. */
const row = (person) => person.page.locator("tr", { hasText: "异议：" }).first();

/** What the rule gives, as the head of the page says it. */
const ruled = async (person) => (await person.text()).match(/规则金额\s*([\d,.]+)元/)[1];

async function disputed(person) {
  await person.open("/work?view=all&stage=formal_review&measure=industry_support&per_page=50");
  const links = person.page.locator('main a[href^="/work/cases/"]');
  const hrefs = [...new Set(await links.evaluateAll((all) => all.map((link) => link.getAttribute("href"))))];
  const found = [];
  for (const href of hrefs) {
    await person.open(href);
    if ((await row(person).count()) > 0) found.push(href);
  }
  return found;
}

/** Says which of the two values holds: the buttons name them. */
async function find(person, holds, note) {
  const form = row(person).locator("form");
  if (!(await form.isVisible())) await row(person).locator("summary").first().click();
  await form.locator("[name=note]").fill(note);
  await form.getByRole("button", { name: holds ? /^按填报 / : /^按登记 / }).click();
  await person.page.waitForLoadState();
}

test("what is found of a statement decides what the rule gives", async () => {
  const reviewer = await Person.signedIn(browser, portal, "chenke");
  const [first, second] = await disputed(reviewer);
  assert.ok(first && second, "the demonstration has two disputes");

  await reviewer.open(first);
  const before = await ruled(reviewer);
  // An opinion that is half written when something is found is still there afterwards.
  const opinion = reviewer.page.locator("[name=review-opinion]");
  const panel = reviewer.page.locator("#panel-review");
  if ((await panel.getAttribute("open")) === null) await panel.locator("summary").first().click();
  await opinion.fill("经核对完税证明，");
  await find(reviewer, true, "与完税证明一致");
  await reviewer.reads("与完税证明一致", "按填报 ");
  assert.equal(await opinion.inputValue(), "经核对完税证明，");
  await reviewer.page.reload();
  assert.equal(await opinion.inputValue(), "", "it is given back once");
  const fen = (text) => Math.round(Number(text.replaceAll(",", "")) * 100);
  assert.ok(fen(await ruled(reviewer)) > fen(before), "a statement that holds counts");

  await reviewer.open(second);
  const unchanged = await ruled(reviewer);
  const decline = reviewer.page.locator("[name=review-recommends][value=decline]");
  assert.ok(await decline.isDisabled(), "nobody is for declining before it was looked into");
  await reviewer.reads("核实以前不能建议不予支持");
  // A value without an end widens its table, and not the page.
  await reviewer.page.locator("#facts td").first().evaluate((cell) => cell.append("0".repeat(200)));
  await reviewer.look("dispute-wide");
  await find(reviewer, false, "完税证明上没有这笔税");
  await reviewer.reads("完税证明上没有这笔税", "按登记 ");
  assert.ok(!(await decline.isDisabled()));
  assert.equal(await ruled(reviewer), unchanged, "one that does not hold changes nothing");
  await reviewer.look("dispute");
});
