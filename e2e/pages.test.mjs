// Every page of every role, on a desktop and on a phone: no errors of scripts, nothing too wide, nothing that axe finds.
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

const PAGES = {
  "": ["/", "/programme", "/programme/" + encodeURIComponent("三(二).2"), "/measures/platform_grant", "/calculator", "/calculator/trade_loan_interest", "/notices", "/paid", "/sign-in", "/design"],
  zhangxiao: ["/my", "/cases", "/messages", "/account", "/demo/clock"],
  zhoumin: ["/work", "/work/objections", "/admin/delegations"],
  chenke: ["/work", "/work?stage=formal_review"],
  zhaoyi: ["/work", "/finance"],
  qianwei: ["/finance", "/finance/funds/innovation_fund/2018", "/finance/batches", "/finance/batches/1", "/finance/batches/new"],
  zhengyun: ["/figures", "/work"],
  wusheng: ["/audit", "/work"],
  guanli: ["/admin", "/admin/users", "/admin/rounds", "/admin/calendar", "/admin/facts", "/admin/pack", "/admin/settings"],
};

for (const screen of Object.keys(SCREENS)) {
  for (const [login, paths] of Object.entries(PAGES)) {
    test(`${login || "everyone"} on a ${screen}`, async () => {
      const person = login ? await Person.signedIn(browser, portal, login, screen) : await Person.visit(browser, portal, screen);
      for (const path of paths) {
        await person.open(path);
        await person.look(`${login || "public"}${decodeURIComponent(path).replaceAll(/[^\w\u4e00-\u9fff]+/g, "-")}`);
      }
      await person.context.close();
    });
  }
}

test("in English too", async () => {
  const person = await Person.visit(browser, portal);
  await person.open("/?lang=en");
  await person.look("english");
});

test("without scripts", async () => {
  const person = await Person.visit(browser, portal, "phone", { javaScriptEnabled: false });
  for (const path of ["/", "/programme", "/sign-in"]) await person.open(path);
  await person.page.locator('form:has(input[name=login][value="zhangxiao"]) button').click();
  await person.page.waitForURL(/\/my/);
});
