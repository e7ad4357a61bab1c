// An operator brings a machine online in the panel: signs in, sets discovery by keyboard alone, announces the machine,
// switches it on, watches it live, and reads what was noted.

import { isForEverybody, isLight } from "./audit.mjs";
import { Panel, expect, until } from "./panel.mjs";

const told = JSON.parse(process.env.STORY);
const { name } = told.server;
const INSTALL = 600_000;
const panel = await Panel.open(told);

try {
  await aWrongPasswordIsRefused();
  await theRightPasswordOpensTheWall();
  await discoveryIsSetByKeyboardAlone();
  await aWrongAddressIsNamedAtItsField();
  await theMachineIsAnnounced();
  const wall = await theWallIsWatchedFromNowOn();
  await theMachineIsSwitchedOn();
  await itsBootIsFollowed();
  await itsJobIsReadWhileItRuns();
  await itIsOnline(wall);
  await theAuditHidesSecrets();
  await everythingIsPresentable();
  await signingOutClosesTheDoor();
  expect(panel.complaints.length === 0, `no page complained:\n${panel.complaints.join("\n")}`);
  panel.say("the story is told");
} catch (error) {
  await panel.page.screenshot({ path: `${told.screenshots}/failed.png` }).catch(() => {});
  console.log(`at ${panel.page.url()}: ${error.stack}\n${panel.complaints.join("\n")}`);
  process.exitCode = 1;
} finally {
  await panel.close();
}

async function aWrongPasswordIsRefused() {
  await panel.go("/");
  await panel.page.waitForURL("**/sign-in**");
  await panel.signIn("not the password");
  const said = await panel.page.textContent("#status .outcome-message");
  expect(said.length > 10, `the refusal has words: ${said}`);
  await panel.picture("light-sign-in-refused");
  panel.say(`a wrong password: ${said}`);
}

async function theRightPasswordOpensTheWall() {
  await panel.signIn(told.password);
  await panel.page.waitForURL("**/servers**");
  await panel.isLive();
  await panel.picture("light-wall-empty");
}

async function discoveryIsSetByKeyboardAlone() {
  const { page } = panel;
  await panel.go("/discovery");
  await panel.tabTo("Change");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#act-form");
  await panel.tabTo("policy");
  await page.keyboard.press("ArrowDown");
  await until("auto-install is chosen", 5_000, () => page.evaluate(() => document.querySelector("[name=policy]:checked, select[name=policy]").value === "auto-install"));
  await panel.tabTo("f-profile");
  await page.keyboard.type("debian-12");
  const line = "rackwright discovery set auto-install --profile debian-12";
  await until(`the form shows: ${line}`, 5_000, async () => (await page.textContent("#cli-line")) === line);
  await panel.picture("light-discovery-form");
  await panel.tabTo("submit");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#status .outcome-message");
  const outcome = await panel.outcome();
  expect(outcome.startsWith("Successful"), outcome);
  panel.say(`discovery is set: ${outcome}`);
}

async function aWrongAddressIsNamedAtItsField() {
  const { page } = panel;
  await panel.go("/act/server/add");
  await fillIn("52:54:00:zz:00:01");
  await page.click("#submit");
  const problem = page.locator("#f-macs-problem, #f-macs-0-problem");
  await problem.waitFor();
  expect(await page.inputValue("#f-name") === name, "what was right is kept");
  expect(await page.inputValue("#f-bmc-password") === "", "the password is not sent back");
  expect(!(await page.content()).includes(told.bmc.password), "the password is nowhere in the page");
  await panel.picture("light-add-refused");
  panel.say(`a wrong address: ${(await problem.textContent()).trim()}`);
}

async function theMachineIsAnnounced() {
  await fillIn(told.server.mac);
  await panel.page.click("#submit");
  await panel.page.waitForSelector("#status .outcome-message");
  const outcome = await panel.outcome();
  expect(outcome.startsWith("Successful"), outcome);
  expect(!outcome.includes(told.bmc.password), "the command line in Details shows no password");
}

async function fillIn(mac) {
  const { page } = panel;
  await page.fill("#f-name", name);
  await page.fill("#f-macs", mac);
  await page.fill("#f-bmc-address", String(told.bmc.address));
  await page.fill("#f-bmc-user", told.bmc.user);
  await page.fill("#f-bmc-password", told.bmc.password);
}

/// A second page that nobody touches: what it shows, it learnt by itself.
async function theWallIsWatchedFromNowOn() {
  const wall = await panel.look(panel.person);
  await panel.go("/servers?view=wall", wall);
  await panel.isLive(wall);
  await wall.waitForSelector(`#tile-${name}[data-state=discovered]`);
  await wall.evaluate((tile) => {
    window.seen = [];
    setInterval(() => {
      const state = document.getElementById(tile)?.dataset.state;
      if (state && state !== window.seen.at(-1)) window.seen.push(state);
    }, 100);
  }, `tile-${name}`);
  return wall;
}

async function theMachineIsSwitchedOn() {
  const { page } = panel;
  await panel.go(`/act/server/power?server=${name}`);
  const radio = page.locator("input[name=order][value=on]");
  if (await radio.count()) await radio.check();
  else await page.selectOption("#f-order", "on");
  await page.click("#submit");
  await page.waitForSelector("#status .outcome-message", { timeout: 60_000 });
  const outcome = await panel.outcome();
  expect(outcome.includes("powered on"), outcome);
  panel.say(outcome.slice(0, 60));
}

async function itsBootIsFollowed() {
  const { page } = panel;
  await panel.go(`/servers/${name}`);
  await panel.isLive();
  await page.evaluate(() => { window.untouched = true; });
  for (const stage of ["dhcp_offer", "kernel", "environment", "inventory", "disk"]) {
    await page.waitForSelector(`#station-${stage}[data-place=passed], #station-${stage}[data-place=current]`, { timeout: INSTALL });
    panel.say(`the timeline shows ${stage}`);
  }
  await page.waitForSelector("#part-head[data-state=installing]");
  expect(await page.evaluate(() => window.untouched === true), "nobody reloaded the page");
  await panel.picture("light-server-installing");
}

async function itsJobIsReadWhileItRuns() {
  const { page } = panel;
  // It is drawn anew with every step of the installation: one that stands still for two frames is not waited for.
  await page.locator("#part-jobs a[href^='/jobs/']").first().evaluate((link) => link.click());
  await page.waitForURL("**/jobs/*");
  await panel.isLive();
  await page.waitForSelector("#part-job[data-state=running]");
  await page.evaluate(() => { window.untouched = true; });
  const lines = () => page.locator("#log li").count();
  const before = await lines();
  await until("the log of the job grows", INSTALL, async () => (await lines()) > before);
  await panel.picture("light-job-running");
  await page.waitForSelector("#part-job[data-state=succeeded]", { timeout: INSTALL });
  expect(await page.evaluate(() => window.untouched === true), "nobody reloaded the page");
  panel.say(`the job succeeded, its log has ${await lines()} lines`);
}

async function itIsOnline(wall) {
  await wall.waitForSelector(`#tile-${name}[data-state=online]`);
  await until("the tile says that the agent is live", 30_000, async () => (await wall.textContent(`#tile-${name}`)).includes("agent live"));
  const seen = await wall.evaluate(() => window.seen);
  const wanted = ["discovered", "installing", "online"];
  const passed = wanted.filter((state) => seen.includes(state));
  expect(passed.length === wanted.length, `the untouched wall has seen ${seen}`);
  panel.say(`the untouched wall has seen ${seen.join(", ")}`);
  await panel.picture("light-wall-online", wall);
}

async function theAuditHidesSecrets() {
  await panel.go("/audit");
  const text = await panel.page.content();
  for (const action of ["server.add", "server.power", "discovery.set"]) expect(text.includes(action), `the audit has ${action}`);
  for (const secret of [told.password, told.bmc.password]) expect(!text.includes(secret), "no secret stands in the audit");
  await panel.picture("light-audit");
}

/// For somebody to look at: each page in the dark and on a telephone.
async function everythingIsPresentable() {
  const job = (await jobs())[0];
  const pages = {
    wall: "/servers?view=wall", table: "/servers?view=table", server: `/servers/${name}`, job,
    install: `/act/server/install?server=${name}`, images: "/images", system: "/system", audit: "/audit",
  };
  const looks = {
    light: { colorScheme: "light", viewport: { width: 1360, height: 900 } },
    dark: { colorScheme: "dark", viewport: { width: 1360, height: 900 } },
    phone: { colorScheme: "light", viewport: { width: 390, height: 800 } },
  };
  for (const [look, options] of Object.entries(looks)) {
    const person = await panel.visitor(options);
    const page = await panel.look(person);
    await panel.go("/sign-in", page);
    await panel.signIn(told.password, page);
    await page.waitForURL("**/servers**");
    for (const [what, path] of Object.entries(pages)) {
      await isLight(panel, page, path);
      await panel.isLive(page);
      await panel.picture(`${look}-${what}`, page);
      await isForEverybody(panel, page, `${look} ${what}`);
    }
    await person.close();
  }
  await panel.go(`/servers/${name}`);
  await panel.isLive();
  await panel.picture("light-server-online");
}

async function jobs() {
  await panel.go("/jobs");
  return panel.page.locator("a[href^='/jobs/']").evaluateAll((links) => links.map((link) => link.getAttribute("href")).filter((href) => /\d$/.test(href)));
}

async function signingOutClosesTheDoor() {
  const { page } = panel;
  await page.click("#who summary");
  await page.getByRole("button", { name: "Sign out" }).click();
  await panel.go("/servers");
  await page.waitForURL("**/sign-in**");
}
