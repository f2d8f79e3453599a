// A firm that filed twenty patents applies for all of them at once: one document, one account, twenty numbers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PDF } from "./lib/apply.mjs";
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

const groups = (person) => person.page.locator("a[href*='/together/']");

/** The parties of an agent that can apply for several of one measure, and how many. */
async function parties(agent) {
  await agent.open("/my");
  const hrefs = await agent.page.locator('main a[href^="/my/"]').evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  const found = [];
  for (const href of [...new Set(hrefs)]) {
    await agent.open(href);
    if ((await groups(agent).count()) > 0) found.push(href);
  }
  return found;
}

async function goOn(agent, name) {
  const path = new URL(agent.page.url()).pathname;
  await agent.page.getByRole("button", { name, exact: true }).click();
  await agent.page.waitForURL((url) => url.pathname !== path, { timeout: 20_000 });
}

for (const [place, screen] of ["desktop", "phone"].entries()) {
  test(`many are filled in once and sent together, on a ${screen}`, async () => {
    const agent = await Person.signedIn(browser, portal, "liping", screen);
    const of = await parties(agent);
    assert.ok(of.length > place, "the demonstration has firms with many filings");
    await agent.open(of[place]);
    await groups(agent).first().click();
    await agent.page.waitForLoadState();
    await agent.look("together-pick");
    const count = await agent.page.locator("[name=basis]:checked").count();
    assert.ok(count > 10, `${count} can be applied for`);
    await agent.page.locator("[name=basis]").last().uncheck();
    await goOn(agent, "开始填写");

    await agent.reads(`${count - 1}件申请里还有${count - 1}件没有这份材料`);
    await agent.look("together-evidence");
    await agent.page.locator("input[type=file]").setInputFiles({ name: "受理通知书.pdf", mimeType: "application/pdf", buffer: PDF });
    await goOn(agent, "上传");

    await agent.look("together-account");
    await agent.page.locator("[name=number]").fill("6228480402564890018");
    await agent.page.locator("[name=bank]").fill("贵阳银行南明支行");
    await goOn(agent, "保存，下一步");

    await agent.reads(`可以提交 ${count - 1} 件`);
    await agent.look("together-check");
    await agent.page.locator("[name=agree]").check();
    await goOn(agent, "一起提交选中的");
    await agent.reads(`${count - 1} 件，`, "等待受理");
    await agent.look("together-sent");
    assert.equal(await agent.page.locator(".going li").count(), count - 1);

    // The one that was left out is begun by itself, and knows the account.
    await agent.open(of[place]);
    await agent.page.locator('article form[action*="/ip_filing_fee/"] button').first().click();
    await agent.page.waitForURL(/\/cases\/\d+\/edit/);
    await agent.open(`${new URL(agent.page.url()).pathname.replace(/\/edit.*/, "/edit/account")}`);
    await agent.reads("上次申请");
    assert.equal(await agent.page.locator("[name=number]").inputValue(), "6228480402564890018");
  });
}
