// A demonstration of the portal in a folder of its own, and a browser to look at it with.
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const PACK = new URL("../../packs/nanming-2017", import.meta.url).pathname;

/** The sizes of screen that pages are looked at in. */
export const SCREENS = {
  desktop: { width: 1366, height: 768 },
  phone: { width: 390, height: 844 },
};

/** Starts a demonstration: a copy of the one that `e2e/run` has made, or one made now. */
export async function startPortal() {
  const folder = mkdtempSync(join(tmpdir(), "duixian-e2e-"));
  const database = join(folder, "demo.db");
  const made = process.env.E2E_DATABASE;
  if (made && existsSync(made)) copyFileSync(made, database);
  const port = await freePort();
  const server = spawn(
    process.env.DUIXIAN,
    ["serve", "--demo", "--pack", PACK, "--database", database, "--listen", `127.0.0.1:${port}`],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  server.stderr.setEncoding("utf8");
  await new Promise((ready, failed) => {
    server.stderr.on("data", (text) => {
      log += text;
      if (log.includes(`127.0.0.1:${port}`)) ready();
    });
    server.on("exit", (code) => failed(new Error(`the portal ended with ${code}: ${log}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    log: () => log,
    async stop() {
      server.removeAllListeners("exit");
      const ended = new Promise((done) => server.on("exit", done));
      server.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

function freePort() {
  return new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}

/** A headless Chromium. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}
