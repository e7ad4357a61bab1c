// The people of a large provider: 16 of them ask at once over HTTPS, then one opens every page of the panel. Prints what
// they saw as JSON; `node console.mjs STORY.json`.

import { Agent, request } from "node:https";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const told = JSON.parse(readFileSync(process.argv[2], "utf8"));
const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const PAGES = ["/servers?view=wall", "/servers?view=table", "/racks/rack-0", "/jobs", "/users", "/tokens", "/accounts", "/audit", "/sessions", "/images", "/profiles", "/networks", "/environments", "/system"];
// The provider's owner is one of three, resellers another: names of customers have a hyphen.
const owner = told.visitors.filter((one) => one.account === "provider");
const resellers = told.visitors.filter((one) => one.account.startsWith("res") && !one.account.includes("-"));
const customers = told.visitors.filter((one) => one.account.includes("-"));
// As many as sit at their panels at one time, spread over the tree.
const some = (group) => group.filter((_, at) => at % Math.ceil(group.length / 20) === 0);
const GROUPS = [owner, some(resellers), some(customers)];
const visitor = (turn) => {
  const group = GROUPS[turn % 3];
  return group[Math.floor(turn / 3) % group.length];
};
const WORDS = ["r12-u7", "u19", "52:54:00:00", "debian", "res4", "r33", "kim", "nothing-like-it", "customer 7", "r4"];

// How each is called, with the input of a turn; lists go on to the next page every other time.
const CALLS = [
  ["list", "server.list", () => ({})],
  ["list", "server.list sorted", (turn) => ({ sort: ["state", "seen_at", "created_at"][turn % 3], order: "descending" })],
  ["list", "server.list in a state", () => ({ state: "failed" })],
  ["list", "server.list with words", (turn) => ({ search: `r${turn % 400}-u1` })],
  ["list", "server.count", () => ({})],
  ["list", "user.list", () => ({})],
  ["list", "account.list", () => ({})],
  ["list", "job.list", () => ({})],
  ["list", "audit.list", () => ({})],
  ["list", "audit.list of an action", () => ({ action: "server.install" })],
  ["search", "search.find", (turn) => ({ query: WORDS[turn % WORDS.length] })],
  ["show", "server.show", (_, one) => ({ server: one.server })],
  ["show", "job.show", (_, one) => ({ job: one.job })],
  ["show", "account.show", (_, one) => ({ account: one.account })],
];
const agent = new Agent({ keepAlive: true, maxSockets: told.clients, rejectUnauthorized: false });

function call(action, one, input) {
  const body = JSON.stringify(input);
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body), authorization: `Bearer ${one.token}` };
  return new Promise((done, broken) => {
    const began = performance.now();
    const asked = request(`${told.url}/api/v1/${action.replace(".", "/")}`, { method: "POST", agent, headers }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => done({ ms: performance.now() - began, status: answer.statusCode, parts }));
      answer.on("error", broken);
    });
    asked.on("error", broken);
    asked.end(body);
  });
}

async function measure([kind, name, input]) {
  const action = name.split(" ")[0];
  const times = [];
  let [turn, failed] = [0, 0];
  const client = async () => {
    let again = null;
    while (turn < told.requests) {
      const mine = turn++;
      const one = again?.one ?? visitor(mine);
      const asked = again?.asked ?? input(mine, one);
      const seen = await call(action, one, asked);
      times.push(seen.ms);
      const text = Buffer.concat(seen.parts).toString();
      if (seen.status !== 200) {
        failed += 1;
        if (failed < 3) console.error(`${name} as ${one.account}: ${seen.status} ${text.slice(0, 300)}`);
      }
      const next = again === null && kind === "list" && /"next":"([^"]+)"/.exec(text.slice(-300));
      again = next ? { one, asked: { ...asked, after: next[1] } } : null;
    }
  };
  await Promise.all(Array.from({ length: told.clients }, client));
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return { kind, name, p50: at(0.5), p95: at(0.95), p99: at(0.99), failed };
}

async function browse() {
  const { chromium } = createRequire(told.panels)("playwright-core");
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGUMENTS });
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1360, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${told.url}/sign-in`);
    await page.fill("#user", "bench");
    await page.fill("#password", told.password);
    await page.locator("button[type=submit], form button").first().click();
    await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    await page.close();
    const pages = [];
    for (const path of PAGES) pages.push(await weigh(context, path));
    return pages;
  } finally {
    await browser.close();
  }
}

async function weigh(context, path) {
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  let bytes = 0;
  wire.on("Network.loadingFinished", (one) => { bytes += one.encodedDataLength; });
  await wire.send("Network.enable");
  await wire.send("Network.setCacheDisabled", { cacheDisabled: true });
  const answer = await page.goto(told.url + path, { waitUntil: "load" });
  if (answer.status() !== 200) throw new Error(`${path} answered ${answer.status()}`);
  const interactive = await page.evaluate(() => performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd);
  await page.waitForTimeout(300);
  await page.close();
  return { path, kb: bytes / 1024, interactive_ms: interactive };
}

// Files are read and credentials noted once before it counts.
for (let turn = 0; turn < 600; turn += 16) {
  await Promise.all(Array.from({ length: 16 }, (_, at) => call("job.list", visitor(turn + at), {})));
}
const calls = [];
for (const one of CALLS) calls.push(await measure(one));
const pages = told.browse ? await browse() : [];
agent.destroy();
console.log(JSON.stringify({ calls, pages }));
