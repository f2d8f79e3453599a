// A whole life: applied for on a phone, sent back, mended, reviewed, decided, in notice, objected to and answered, sent back by the
// bank, mended and paid. Then another that is declined, and two officials at a fund's last yuan.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { begin, fillIn, party, send } from "./lib/apply.mjs";
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

const signIn = (login, screen) => Person.signedIn(browser, portal, login, screen);

/** Takes a submitted case to the decision. */
async function review(id) {
  const intake = await signIn("zhoumin");
  await intake.act(id, "accept");
  await intake.reads("已受理");
  for (const login of ["chenke", "wanglei", "liufang"]) {
    const reviewer = await signIn(login);
    await reviewer.open(`/work/cases/${id}`);
    for (let step = 0; step < 2; step += 1) {
      if ((await reviewer.page.locator("#panel-take_up").count()) > 0) await reviewer.act(id, "take_up");
      if ((await reviewer.page.locator("#panel-review").count()) === 0) break;
      await reviewer.verifyAll(id);
      const onward = await reviewer.page.locator('#panel-review [value="go_on"]').count();
      await reviewer.act(id, "review", {
        recommends: onward ? "go_on" : "support",
        ...(onward ? {} : { amount: await middle(reviewer) }),
        opinion: "材料齐全，情况属实。",
      });
    }
    await reviewer.context.close();
  }
  await intake.context.close();
}

/** An amount inside the span that a panel names. */
async function middle(person) {
  const typed = await person.page.locator('[name="review-amount"]').inputValue();
  if (typed) return typed;
  const hint = await person.page.locator("#panel-review").innerText();
  const figures = [...hint.matchAll(/([\d,]+(?:\.\d+)?)\s*(万?)元/g)].map(([, digits, wan]) => Number(digits.replaceAll(",", "")) * (wan ? 10_000 : 1));
  return figures.length > 0 ? Math.max(...figures) : 100_000;
}

test("an application goes its whole way", async () => {
  const agent = await signIn("zhangxiao", "phone");
  const code = await party(agent);
  await agent.look("my");
  const id = await begin(agent, code);
  const seen = new Set();
  await fillIn(agent, async (step) => {
    const kind = step.replace(/\d+$/, "");
    if (!seen.has(kind)) await agent.look(`edit-${kind}`);
    seen.add(kind);
  });
  assert.ok(seen.has("account") && seen.has("check"), [...seen].join());
  await send(agent);
  await agent.look("case-submitted");
  const number = (await agent.text()).match(/南明兑〔\d{4}〕\d+号/)[0];

  // Sent back once, with two defects that lead to their fields.
  const intake = await signIn("zhoumin");
  await intake.open("/work");
  await intake.look("work-list");
  await intake.open(`/work/cases/${id}`);
  await intake.look("work-case");
  const panel = intake.page.locator("#panel-ask_correction");
  if ((await panel.getAttribute("open")) === null) await panel.locator("summary").first().click();
  const items = panel.locator(".defects input[type=text]");
  await items.first().fill("请上传清晰、完整的原件扫描件。");
  await items.last().fill("请在申请表上加盖单位公章。");
  await panel.locator("form button").last().click();
  await intake.reads("补正");
  await agent.open(`/cases/${id}`);
  await agent.reads("请上传清晰、完整的原件扫描件。", "请在申请表上加盖单位公章。");
  await agent.look("case-correction");
  await agent.open(`/cases/${id}/edit/check`);
  await send(agent);
  await agent.reads(number);

  await review(id);

  const decider = await signIn("zhaoyi");
  await decider.open(`/work/cases/${id}`);
  await decider.look("work-case-to-decide");
  await decider.act(id, "decide", { reason: "按条款核定", conditions: "用于研发" });
  assert.match(await decider.page.locator("body").innerText(), /已审定/);

  await intake.act(id, "publish_notice");
  const neighbour = await Person.visit(browser, portal, "phone");
  await neighbour.open(`/notices/${encodeURIComponent(number)}`);
  await neighbour.look("notice");
  await neighbour.page.locator("[name=name]").fill("一位市民");
  await neighbour.page.locator("[name=contact]").fill("13900009999");
  await neighbour.page.locator("[name=grounds]").fill("请核实证书的有效期");
  await neighbour.button("提交异议");
  const open = await Person.visit(browser, portal);
  await open.open(`/notices/${encodeURIComponent(number)}`);
  const shown = await open.text();
  assert.ok(!shown.includes("一位市民") && !shown.includes("13900009999"), "who objects is not shown");
  await intake.wait(3);
  await intake.act(id, "answer_objection", { upheld: "no", text: "证书在有效期内，异议不成立" });
  await open.open(`/notices/${encodeURIComponent(number)}`);
  await open.reads("证书在有效期内");
  await intake.wait(8);
  await intake.open(`/work/cases/${id}`);
  if ((await intake.page.locator("#panel-end_notice").count()) > 0) await intake.act(id, "end_notice");
  await intake.reads("待拨付");

  // A batch that the bank sends back, the account mended, and another that arrives.
  await pay(id, "first");
  await agent.open(`/cases/${id}`);
  await agent.reads("销户");
  await agent.look("case-payment-failed");
  await agent.open(`/cases/${id}/account`);
  await agent.page.locator("[name=number]").fill("6228480402564899999");
  await agent.page.locator("main form button").first().click();
  await agent.page.waitForURL(new RegExp(`/cases/${id}$`));
  await pay(id, "none");
  await agent.open(`/cases/${id}`);
  await agent.reads("已拨付");
  await agent.look("case-paid");
  await agent.open("/messages");
  await agent.look("messages");
  await agent.reads(number);
});

/** Pays a case in a batch of its own; the bank's answer is read twice, and counts once. */
async function pay(id, fail) {
  const one = await signIn("qianwei");
  await one.open("/finance/batches/new");
  await one.look("finance-choose");
  await one.page.locator(`main input[type=checkbox][value="${id}"]`).check();
  await one.button("用选中的编批次");
  const batch = Number(new URL(one.page.url()).pathname.split("/").pop());
  await one.page.getByRole("button", { name: /第一人复核/ }).click();
  await one.open(`/finance/batches/${batch}`);
  await one.reads("您已经复核过这一批");
  const other = await signIn("sunhong");
  await other.open(`/finance/batches/${batch}`);
  await other.page.getByRole("button", { name: /第二人放款/ }).click();
  await other.page.waitForLoadState();
  await other.look("finance-batch");
  const fetched = other.page.waitForEvent("download");
  await other.page.getByRole("button", { name: /pain\.001/ }).click();
  assert.match(await readFile(await (await fetched).path(), "utf8"), /<EndToEndId>DX/);
  const sample = `${portal.url}/finance/batches/${batch}/sample?fail=${fail}&form=camt054`;
  const answer = await (await other.context.request.get(sample)).body();
  for (const expected of [/新记 1 笔/, /没有新的结果/]) {
    await other.open(`/finance/batches/${batch}/results`);
    await other.page.locator("input[type=file]").setInputFiles({ name: "回单.xml", mimeType: "application/xml", buffer: answer });
    await other.button("读入");
    // With scripts the file goes up with its progress shown, and the answer takes the page's place.
    await other.page.getByText(expected).first().waitFor();
  }
  await other.open(`/finance/batches/${batch}`);
  await other.reads("分毫不差");
  await one.context.close();
  await other.context.close();
}

test("another is declined, and reads why", async () => {
  const agent = await signIn("liping");
  const code = await party(agent);
  const id = await begin(agent, code);
  await fillIn(agent);
  await send(agent);
  const intake = await signIn("zhoumin");
  await intake.act(id, "accept");
  const reviewer = await signIn("chenke");
  await reviewer.act(id, "take_up");
  await reviewer.act(id, "review", { recommends: "decline", opinion: "佐证与登记信息不符。" });
  const decider = await signIn("zhaoyi");
  await decider.act(id, "decline", { unmet: "evidence-0", reason: "佐证与登记信息不符，不符合条款规定的条件。" });
  await agent.open(`/cases/${id}`);
  await agent.reads("为什么没有支持", "佐证与登记信息不符，不符合条款规定的条件。", "行政复议");
  await agent.look("case-declined");
  await agent.open(`/cases/${id}/documents/decision`);
});

test("who is not allowed learns nothing, and does nothing", async () => {
  const stranger = await Person.visit(browser, portal);
  assert.equal(await stranger.status("/work"), 303);
  const agent = await signIn("zhangxiao");
  assert.equal(await agent.status("/cases/1"), 404);
  assert.equal(await agent.status("/work/cases/1"), 403);
  const auditor = await signIn("wusheng");
  await auditor.open("/work");
  const post = await auditor.context.request.post(`${portal.url}/work/cases/1/accept`, { form: { version: "1" } });
  assert.ok([403, 404].includes(post.status()), String(post.status()));
});
