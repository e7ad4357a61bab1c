// The verbs of the browser story: a person at the panel, in a real Chromium.

import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
// Answers that the stories provoke: a wrong password, an answer of a provider that does not count, a wrong field, a taken unit. Chromium reports each as an error of the page.
const PROVOKED = /^Failed to load resource: the server responded with a status of 4\d\d .*\/(sign-in(\/passkey)?|sign-in\/return\?.*|act\/server\/(add|place)|act\/private-server\/create|act\/server\/accept\?server=of-acme-shop|act\/user\/(create|passwd)|bulk\/server\/install|nowhere)$/;
export const SOON = 20_000;

export class Panel {
  /// Opens a browser that trusts the Control Center's own certificate authority.
  static async open(told) {
    const { chromium } = createRequire(told.panels)("playwright-core");
    // The public key, by its hash, of a certificate that is as good as one from an authority that everybody knows.
    const trust = told.trusted ? [`--ignore-certificate-errors-spki-list=${told.trusted}`] : [];
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: [...ARGUMENTS, ...trust] });
    const panel = new Panel(told, browser);
    panel.person = await panel.visitor({ colorScheme: "light", viewport: { width: 1360, height: 900 } });
    panel.page = await panel.look(panel.person);
    return panel;
  }

  constructor(told, browser) {
    this.told = told;
    this.browser = browser;
    this.complaints = [];
    this.began = Date.now();
    mkdirSync(told.screenshots, { recursive: true });
  }

  say(words) {
    console.log(`  ${((Date.now() - this.began) / 1000).toFixed(1).padStart(6)} s  ${words}`);
  }

  async visitor(options) {
    const context = await this.browser.newContext({ ...options, ignoreHTTPSErrors: true });
    context.setDefaultTimeout(SOON);
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) =>
        console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
    });
    return context;
  }

  /// A page whose complaints are kept.
  async look(context) {
    const page = await context.newPage();
    page.on("pageerror", (error) => this.complaints.push(`${page.url()}: ${error}`));
    page.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      const text = `${message.text()} ${message.location().url}`;
      if (!PROVOKED.test(text)) this.complaints.push(`${page.url()}: ${text}`);
    });
    return page;
  }

  async go(path, page = this.page) {
    await page.goto(this.told.url + path);
  }

  async isLive(page = this.page) {
    await page.waitForSelector("#live-state[data-state=live]");
  }

  async signIn(password, page = this.page) {
    await page.fill("#user", "admin");
    await page.fill("#password", password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  }

  /// What the status bar says after an action.
  async outcome(page = this.page) {
    return (await page.textContent("#status")).replace(/\s+/g, " ").trim();
  }

  /// Presses Tab until what has the focus answers to `wanted` (an accessible name or an id).
  async tabTo(wanted, page = this.page) {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(() => {
        const one = document.activeElement;
        const style = getComputedStyle(one);
        const words = (one.getAttribute("aria-label") || one.innerText || "").trim();
        return { id: one.id, name: one.getAttribute("name") || "", words, seen: style.outlineStyle !== "none" || style.boxShadow !== "none" };
      });
      if ([focused.id, focused.name, focused.words.replace(/…$/, "")].includes(wanted)) {
        expect(focused.seen, `one sees that ${wanted} has the focus`);
        return;
      }
    }
    throw new Error(`the Tab key never comes to ${wanted}`);
  }

  /// Keeps a picture that somebody will look at, and refuses a page that must be scrolled sideways.
  async picture(name, page = this.page) {
    await page.screenshot({ path: join(this.told.screenshots, `${name}.png`), fullPage: true, caret: "initial" });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(beyond <= 0, `${name} is ${beyond} pixels too wide`);
  }

  async close() {
    await this.browser.close();
  }
}

export function expect(truth, words) {
  if (!truth) throw new Error(`not so: ${words}`);
}

/// Looks until it is so.
export async function until(words, limit, look) {
  const began = Date.now();
  for (;;) {
    if (await look()) return;
    if (Date.now() - began > limit) throw new Error(`waited ${limit / 1000} s for this, in vain: ${words}`);
    await new Promise((again) => setTimeout(again, 250));
  }
}
