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

async function find(person, holds, note) {
  const form = row(person).locator("form");
  if (!(await form.isVisible())) await row(person).locator("summary").first().click();
  await form.locator("[name=note]").fill(note);
  await form.getByRole("button", { name: holds ? "属实" : "不属实", exact: true }).click();
  await person.page.waitForLoadState();
}

test("what is found of a statement decides what the rule gives", async () => {
  const reviewer = await Person.signedIn(browser, portal, "chenke");
  const [first, second] = await disputed(reviewer);
  assert.ok(first && second, "the demonstration has two disputes");

  await reviewer.open(first);
  const before = await ruled(reviewer);
  await find(reviewer, true, "与完税证明一致");
  await reviewer.reads("与完税证明一致");
  const fen = (text) => Math.round(Number(text.replaceAll(",", "")) * 100);
  assert.ok(fen(await ruled(reviewer)) > fen(before), "a statement that holds counts");

  await reviewer.open(second);
  const unchanged = await ruled(reviewer);
  await find(reviewer, false, "完税证明上没有这笔税");
  await reviewer.reads("完税证明上没有这笔税");
  assert.equal(await ruled(reviewer), unchanged, "one that does not hold changes nothing");
  await reviewer.look("dispute");
});
