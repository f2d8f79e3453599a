// Someone at the portal: signs in, reads pages, fills in forms. Every page that is opened is looked at (see `look`).
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { SCREENS } from "./portal.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export class Person {
  /** A new visitor on a screen, not signed in. */
  static async visit(browser, portal, screen = "desktop", options = {}) {
    const context = await browser.newContext({ viewport: SCREENS[screen], locale: "zh-CN", ...options });
    const page = await context.newPage();
    const person = new Person(context, page, portal, screen);
    page.on("console", (message) => message.type() === "error" && person.complaints.push(message.text()));
    page.on("pageerror", (error) => person.complaints.push(String(error)));
    return person;
  }

  /** A visitor who has signed in with a demonstration account. */
  static async signedIn(browser, portal, login, screen) {
    const person = await Person.visit(browser, portal, screen);
    await person.open("/sign-in");
    await person.page.locator(`form:has(input[name=login][value="${login}"]) button`).click();
    await person.page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    return person;
  }

  constructor(context, page, portal, screen) {
    Object.assign(this, { context, page, portal, screen, complaints: [] });
  }

  /** Opens an address and expects a page. */
  async open(path) {
    const answer = await this.page.goto(this.portal.url + path);
    assert.ok(answer.ok(), `${path}: ${answer.status()}\n${this.portal.log()}`);
    return this;
  }

  /** The status of an address, opened or not. */
  async status(path) {
    return (await this.context.request.get(this.portal.url + path, { maxRedirects: 0 })).status();
  }

  text() {
    return this.page.locator("main").innerText();
  }

  async reads(...words) {
    const text = await this.text();
    for (const word of words) assert.ok(text.includes(word), `「${word}」 is not on ${this.page.url()}:\n${text}`);
    return this;
  }

  async button(name) {
    await this.page.getByRole("button", { name, exact: true }).first().click();
    await this.page.waitForLoadState();
    return this;
  }

  /** Holds a page to what holds for all: no script errors, nothing wider than the screen, nothing that axe finds. */
  async look(name) {
    await this.page.waitForLoadState();
    if (process.env.E2E_SHOTS) {
      mkdirSync(process.env.E2E_SHOTS, { recursive: true });
      const path = join(process.env.E2E_SHOTS, `${name}-${this.screen}.png`);
      await this.page.screenshot({ path, fullPage: true });
    }
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 1, `${name} is ${wide} px wider than a ${this.screen}`);
    await this.page.addScriptTag({ path: AXE }).catch(async () => {
      // The pages' content security policy refuses scripts that are not theirs; the debugger may run them.
      const { readFileSync } = await import("node:fs");
      await this.page.evaluate(readFileSync(AXE, "utf8"));
    });
    this.complaints = this.complaints.filter((text) => !text.includes("Content Security Policy"));
    const found = await this.page.evaluate(() =>
      globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
    );
    const words = found.violations.map((one) => `${one.id}: ${one.help}\n  ${one.nodes.map((node) => node.html).join("\n  ")}`);
    assert.deepEqual(words, [], `axe on ${name} (${this.screen})`);
    assert.deepEqual(this.complaints, [], `script errors on ${name}`);
    return this;
  }

  /** Does something with a case at a desk: opens the panel of the action, fills it in, sends it. */
  async act(id, action, fields = {}) {
    await this.open(`/work/cases/${id}`);
    const panel = this.page.locator(`#panel-${action}`).first();
    if ((await panel.getAttribute("open")) === null) await panel.locator("summary").first().click();
    for (const [name, value] of Object.entries(fields)) {
      const field = panel.locator(`[name="${action}-${name}"], [name^="${action}-"][name$="-${name}"], [name="${name}"]`);
      const kind = await field.first().getAttribute("type");
      if (kind === "radio" || kind === "checkbox") await panel.locator(`[name$="${name}"][value="${value}"]`).check();
      else await field.first().fill(String(value));
    }
    await panel.locator("form button").last().click();
    await this.page.waitForLoadState();
    return this.confirm();
  }

  /** Confirms a decision on the page on which it is checked; does nothing on another page. */
  async confirm() {
    const confirm = this.page.locator("form#check button[name=confirmed]");
    if ((await confirm.count()) > 0) {
      await confirm.click();
      await this.page.waitForLoadState();
    }
    return this;
  }

  /** Finds every statement and piece of evidence of a case to be right. */
  async verifyAll(id) {
    await this.open(`/work/cases/${id}`);
    for (;;) {
      const open = this.page.locator("form.finding:visible button[value=yes]");
      if ((await open.count()) === 0) return this;
      await open.first().click();
      await this.page.waitForLoadState();
    }
  }

  /** Lets demonstration time pass. */
  async wait(workingDays) {
    const back = this.page.url();
    for (let day = 0; day < workingDays; day += 1) {
      await this.open("/demo/clock");
      await this.page.locator("form:has(input[name=to][value=next]) button").click();
      await this.page.waitForLoadState();
    }
    await this.page.goto(back);
    return this;
  }
}
