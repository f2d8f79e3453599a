// Applying for something, as an agent does it.
import assert from "node:assert/strict";

export const PDF = Buffer.from("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n");

/** The party that the agent acts for. */
export async function party(agent) {
  await agent.open("/my");
  const choice = agent.page.locator('main a[href^="/my/"]').first();
  if (!new URL(agent.page.url()).pathname.startsWith("/my/")) await choice.click();
  await agent.page.waitForLoadState();
  return decodeURIComponent(new URL(agent.page.url()).pathname.split("/")[2]);
}

/** Opens a draft for the first thing that the party can apply for now and that a fund can pay. Gives the case's number. */
export async function begin(agent, code) {
  await agent.open(`/my/${code}`);
  await agent.page.locator('article form[action*="/apply/"]:not([action*="/industry_support"]) button').first().click();
  await agent.page.waitForURL(/\/cases\/\d+\/edit/);
  return Number(agent.page.url().match(/\/cases\/(\d+)\//)[1]);
}

/** Walks through the steps of a draft, handing in a file wherever one is asked for, up to the last page. */
export async function fillIn(agent, look = async () => {}) {
  for (let step = 0; step < 30; step += 1) {
    const path = new URL(agent.page.url()).pathname;
    const name = path.split("/edit/")[1] ?? "";
    await look(name);
    if (name === "check") return;
    if (name.startsWith("evidence")) {
      const isRequired = (await agent.page.getByText("没有就直接下一步").count()) === 0;
      if (isRequired && (await agent.page.locator("ul.files li").count()) === 0) {
        await agent.page.locator("input[type=file]").setInputFiles({ name: "证明.pdf", mimeType: "application/pdf", buffer: PDF });
      }
    }
    if (name === "account") {
      const holder = agent.page.locator("[name=holder]");
      if ((await holder.inputValue()) === "") await holder.fill("演示企业有限公司");
      await agent.page.locator("[name=number]").fill("6228480402564890018");
      await agent.page.locator("[name=bank]").fill("贵阳银行南明支行");
    }
    await agent.page.locator("form.step button[name=go][value=next]").click();
    await agent.page.waitForURL((url) => url.pathname !== path, { timeout: 20_000 });
  }
  assert.fail("the form has no end");
}

/** Sends an application from its last page. */
export async function send(agent) {
  const agree = agent.page.locator("form.step input[type=checkbox]");
  for (let place = 0; place < (await agree.count()); place += 1) await agree.nth(place).check();
  await agent.page.locator("form.step button[name=go][value=send]").click();
  await agent.page.waitForURL(/\/cases\/\d+$/);
}
