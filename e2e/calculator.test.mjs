// The public calculator: tried out by someone without an account, on a desktop and on a phone, with scripts and without.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person } from "./lib/person.mjs";
import { SCREENS, startBrowser, startPortal } from "./lib/portal.mjs";

let portal, browser;
before(async () => {
  [portal, browser] = await Promise.all([startPortal(), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await portal?.stop();
});

for (const screen of Object.keys(SCREENS)) {
  test(`someone tries out a measure on a ${screen}`, async () => {
    const person = await Person.visit(browser, portal, screen);
    const { page } = person;
    await person.open("/");
    await page.getByRole("link", { name: "试算：填几项看能得多少" }).click();
    await page.waitForURL("**/calculator");
    await person.look("calculator");
    await page.locator("main").getByRole("link", { name: "研发平台奖励" }).click();
    await page.waitForURL("**/calculator/platform_grant");
    await person.look("calculator-form");

    // Nothing is known: what is missing leads to its field.
    await person.button("试算");
    await person.reads("还不能判定", "还缺这些");
    assert.equal(new URL(page.url()).hash, "#result");
    await person.look("calculator-blank");
    await page.locator("#result").getByRole("link", { name: "级别", exact: true }).click();
    assert.equal(new URL(page.url()).hash, "#recognitions-level-0");

    // All but the level is known: a span.
    await page.getByLabel("认定日", { exact: true }).fill("2018-05-01");
    await page.getByLabel("技术实验室").check();
    await page.getByLabel("南明区（520102）").check();
    await page.getByLabel("没有迁入日期").check();
    await person.button("试算");
    await person.reads("10.00万元 至 30.00万元", "100,000元 至 300,000元", "级别");
    await person.look("calculator-span");

    // All of it is known: an amount, and the same again from the address alone.
    await page.getByLabel("省级").check();
    await person.button("试算");
    await person.reads("应得", "20.00万元", "200,000元", "不是承诺", "登录并申请");
    await person.look("calculator-amount");
    const address = page.url().slice(portal.url.length);
    const other = await Person.visit(browser, portal, screen, { javaScriptEnabled: false });
    await other.open(address);
    await other.reads("20.00万元");
    await other.context.close();
    await person.context.close();
  });
}

test("what can't be read is said beside its field, and nothing is lost", async () => {
  const person = await Person.visit(browser, portal, "phone");
  const { page } = person;
  await person.open("/calculator/trade_loan_interest");
  await page.getByLabel("销售额").fill("三亿");
  await page.getByLabel("贷款利息").fill("30万");
  await page.getByLabel("91 开头").check();
  await person.button("试算");
  await person.reads("处需要改正");
  assert.equal(await page.getByLabel("销售额").inputValue(), "三亿");
  assert.equal(await page.getByLabel("贷款利息").inputValue(), "300000");
  assert.ok(await page.getByLabel("91 开头").isChecked());
  person.complaints = person.complaints.filter((text) => !text.includes("422"));
  await person.look("calculator-error");
  await page.getByLabel("销售额").fill("0.9亿");
  await page.getByLabel("行业").fill("5171");
  await page.getByLabel("南明区（520102）").check();
  await page.getByLabel("没有迁入日期").check();
  await person.button("试算");
  await person.reads("按规则不予支持", "尚差1,000万元");
  await person.look("calculator-refused");
  await page.getByLabel("销售额").fill("1亿");
  await person.button("试算");
  await person.reads("符合条件", "最多20.00万元");
  await person.context.close();
});

test("without scripts, and in English", async () => {
  const person = await Person.visit(browser, portal, "phone", { javaScriptEnabled: false });
  await person.open("/calculator/ip_filing_fee?lang=en");
  await person.page.getByLabel("invention patent", { exact: true }).check();
  await person.button("Reckon");
  await person.reads("not settled", "What is missing");
  await person.context.close();
});
