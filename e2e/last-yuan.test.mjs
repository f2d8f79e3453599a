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

test("one of two decisions on the last yuan is refused", async () => {
  const [one, other] = await Promise.all(["zhaoyi", "huangli"].map((login) => Person.signedIn(browser, portal, login)));
  // Cases that wait for a decision and are paid from one fund; what the fund has is carried off but for one of them.
  await one.open("/work?stage=reviewed&per_page=50");
  const links = await one.page.locator('main a[href^="/work/cases/"]').evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  const cases = [...new Set(links.map((href) => Number(href.split("/").pop())))];
  assert.ok(cases.length >= 2, "the demonstration has cases to be decided");
  const open = async (person, id) => {
    await person.open(`/work/cases/${id}`);
    const panel = person.page.locator("#panel-decide");
    if ((await panel.getAttribute("open")) === null) await panel.locator("summary").first().click();
    await panel.locator("[name=decide-reason]").fill("最后一笔");
    return panel;
  };
  // The same case, seen by both in the same version: whoever is second is told that someone was quicker.
  const panels = [await open(one, cases[0]), await open(other, cases[0])];
  await Promise.all(panels.map((panel) => panel.locator("form button").last().click()));
  await Promise.all([one.page.waitForLoadState(), other.page.waitForLoadState()]);
  const texts = await Promise.all([one.page.locator("body").innerText(), other.page.locator("body").innerText()]);
  const won = texts.filter((text) => text.includes("已审定"));
  const late = texts.filter((text) => text.includes("别人先办了"));
  assert.deepEqual([won.length, late.length], [1, 1], texts.join("\n----\n"));
});
