// Two officials decide on a fund's last yuan: one wins, the other reads why.
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

const signIn = (login) => Person.signedIn(browser, portal, login);

/** Opens the panel of the decision, and gives the amount that stands in it, in fen. */
async function prepare(person, id) {
  await person.open(`/work/cases/${id}`);
  const panel = person.page.locator("#panel-decide");
  if ((await panel.getAttribute("open")) === null) await panel.locator("summary").first().click();
  await panel.locator("[name=decide-reason]").fill("最后一笔");
  return Math.round(Number(await panel.locator("[name=decide-amount]").inputValue()) * 100);
}

async function decideBoth(people) {
  await Promise.all(people.map((person) => person.page.locator("#panel-decide form button").last().click()));
  await Promise.all(people.map((person) => person.page.waitForLoadState()));
  // Both have checked theirs before either confirms it.
  await Promise.all(people.map((person) => person.confirm()));
  return Promise.all(people.map((person) => person.page.locator("body").innerText()));
}

async function toBeDecided(person, query) {
  await person.open(`/work?stage=reviewed&per_page=50${query}`);
  const links = person.page.locator('main a[href^="/work/cases/"]');
  const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  return [...new Set(hrefs.map((href) => Number(href.match(/cases\/(\d+)/)[1])))];
}

test("of two cases that a fund can pay only one of, one is decided", async () => {
  const people = await Promise.all(["zhaoyi", "huangli"].map(signIn));
  const cases = await toBeDecided(people[0], "&measure=industry_support");
  assert.ok(cases.length >= 2, `the demonstration has two such cases: ${cases}`);
  const amounts = [await prepare(people[0], cases[0]), await prepare(people[1], cases[1])];
  // The fund has a little already, which is far less than either; and what comes goes first to those who wait for it.
  const finance = await signIn("qianwei");
  await finance.open("/finance");
  const cells = finance.page.locator("table", { hasText: "轮候金额" }).locator("tbody tr", { hasText: "产业扶持资金" }).locator("td, th");
  const waiting = Math.round(Number((await cells.last().innerText()).replace(/[^\d.]/g, "")) * 100);
  assert.ok(waiting > 0, "somebody waits for the fund's money");
  await finance.open("/finance/appropriate");
  await finance.page.locator("[name=fund]").selectOption("industry_fund").catch(() => finance.page.locator('[name=fund][value="industry_fund"]').check());
  await finance.page.locator("[name=year]").fill("2018").catch(() => finance.page.locator("[name=year]").selectOption("2018"));
  await finance.page.locator("[name=amount]").fill(String((Math.max(...amounts) + waiting) / 100));
  const memo = finance.page.locator("[name=memo]");
  if ((await memo.count()) > 0) await memo.fill("追加安排");
  await finance.button("下一步：核对");
  await finance.reads("请核对后登记", "2018");
  await finance.button("确认登记");
  // Money can be granted once a second person of finance has confirmed it.
  const second = await signIn("sunhong");
  await second.open("/finance");
  await second.button("核对无误，确认入账");
  await second.reads("已确认并入账");
  await Promise.all([prepare(people[0], cases[0]), prepare(people[1], cases[1])]);
  const texts = await decideBoth(people);
  const won = texts.filter((text) => /完成\s+已审定/.test(text));
  const short = texts.filter((text) => /资金不足：|正在轮候的要用/.test(text));
  assert.deepEqual([won.length, short.length], [1, 1], texts.join("\n----\n"));
});

test("of two officials at one case, the second is told that someone was quicker", async () => {
  const people = await Promise.all(["zhaoyi", "huangli"].map(signIn));
  const [id] = await toBeDecided(people[0], "&measure=platform_grant").then(async (found) =>
    found.length > 0 ? found : toBeDecided(people[0], ""),
  );
  for (const person of people) await prepare(person, id);
  const texts = await decideBoth(people);
  const won = texts.filter((text) => /完成\s+已审定/.test(text));
  const late = texts.filter((text) => text.includes("别人先办了"));
  assert.deepEqual([won.length, late.length], [1, 1], texts.join("\n----\n"));
});
