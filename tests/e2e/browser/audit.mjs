// What every page is held to: nothing that shuts people out (axe-core), no scrolling sideways, and a light load.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { expect } from "./panel.mjs";

const GRAVE = ["serious", "critical"];
// Bytes of a page with everything that it loads, as they come over the wire.
const MOST_BYTES = 300_000;

let source;

/// Fails when axe finds something grave; says what else it finds.
export async function isForEverybody(panel, page, what) {
  source ??= readFileSync(createRequire(panel.told.panels).resolve("axe-core/axe.min.js"), "utf8");
  // Through the debugger: the policy of the page lets no other script in.
  const debug = await page.context().newCDPSession(page);
  await debug.send("Runtime.evaluate", { expression: source });
  await debug.detach();
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.slice(0, 5).map((node) => `${node.html.slice(0, 200)} ${node.failureSummary}`) }));
  });
  const grave = found.filter(({ impact }) => GRAVE.includes(impact));
  found.filter(({ impact }) => !GRAVE.includes(impact)).forEach(({ id, impact, nodes }) => panel.say(`axe, ${what}: ${impact} ${id}: ${nodes[0]}`));
  expect(grave.length === 0, `${what} is for everybody:\n${JSON.stringify(grave, null, 1)}`);
}

/// Refuses a page that must be scrolled sideways.
export async function fitsItsWidth(page, what) {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(beyond <= 0, `${what} is ${beyond} pixels too wide`);
}

/// Opens the page with an empty cache and weighs what came.
export async function isLight(panel, page, path) {
  const debug = await page.context().newCDPSession(page);
  let bytes = 0;
  await debug.send("Network.enable");
  await debug.send("Network.setCacheDisabled", { cacheDisabled: true });
  debug.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await panel.go(path, page);
  await page.waitForLoadState("load");
  await debug.detach();
  expect(bytes > 50_000, `${path} was weighed: ${bytes}`);
  expect(bytes < MOST_BYTES, `${path} is light: ${bytes} bytes`);
  return bytes;
}
