// An operator puts two servers into a rack, acts on several at once, installs both by dragging a profile onto them, and
// looks at what they report.

import { Panel, SOON, expect, until } from "./panel.mjs";

const told = JSON.parse(process.env.STORY);
const [one, other] = told.servers;
const { stray } = told;
const INSTALL = 600_000;
const panel = await Panel.open(told);
const { page } = panel;

try {
  await panel.go("/servers");
  await panel.signIn(told.password);
  await page.waitForURL("**/servers**");
  await aRackIsCreated();
  await serversArePlacedInIt();
  await aTakenUnitIsRefusedByName();
  await theWallIsGroupedAndFiltered();
  await serversAreSelectedByKeyboardAndMouse();
  await severalAreSwitchedOffAtOnce();
  await aProfileIsDraggedOntoTheSelection();
  await theRackShowsThemComeOnline();
  await whatTheyReportIsDrawn();
  await oneIsRetiredByKeyboardAlone();
  await everythingIsPresentable();
  expect(panel.complaints.length === 0, `no page complained:\n${panel.complaints.join("\n")}`);
  panel.say("the story is told");
} catch (error) {
  await page.screenshot({ path: `${told.screenshots}/failed-wall.png` }).catch(() => {});
  console.log(`at ${page.url()}: ${error.stack}\n${panel.complaints.join("\n")}`);
  process.exitCode = 1;
} finally {
  await panel.close();
}

async function aRackIsCreated() {
  await panel.go("/racks");
  await page.getByText("No rack yet").waitFor();
  await panel.picture("light-racks-empty");
  await page.getByRole("button", { name: "Create rack" }).click();
  await page.fill("#f-name", "a1");
  await page.fill("#f-site", "fra-1");
  await page.fill("#f-height", "12");
  await page.click("#submit");
  await page.waitForSelector("#rack-a1");
  expect(await page.locator("#rack-a1 tbody tr").count() === 12, "the rack has twelve units");
}

async function serversArePlacedInIt() {
  await panel.go("/racks/a1");
  await panel.isLive();
  // A server that stands in no rack is dragged onto a unit; the form then asks how high it is.
  await page.dragAndDrop(`[data-unplaced=${one}]`, "[data-rack=a1][data-unit='3']");
  await page.waitForURL("**/act/server/place**");
  expect(await page.inputValue("#f-unit") === "3", "the unit is filled in");
  await page.fill("#f-height", "2");
  await page.click("#submit");
  await page.waitForSelector(`#slot-${one}`);
  // The same by keyboard: the server, then where.
  await page.locator(`[data-unplaced=${other}]`).focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("#act-form");
  await page.selectOption("#f-rack", "a1");
  await page.fill("#f-unit", "7");
  await page.click("#submit");
  await page.waitForSelector(`#slot-${other}`);
  panel.say("two servers stand in the rack");
}

async function aTakenUnitIsRefusedByName() {
  await panel.go(`/act/server/place?server=${stray}&rack=a1&unit=4`);
  await page.click("#submit");
  const said = await page.textContent("#problems");
  expect(said.includes(`${one} (units 3 to 4)`), said);
  await panel.picture("light-place-refused");
  panel.say(`a taken unit: ${said.replace(/\s+/g, " ").trim().slice(0, 120)}`);
}

async function theWallIsGroupedAndFiltered() {
  await panel.go("/servers");
  await panel.isLive();
  await page.selectOption("#group", "rack");
  await page.waitForSelector("#group-a1");
  expect(await page.locator("#group-none").count() === 1, "who stands in no rack is shown apart");
  await page.locator("#search").pressSequentially("fra-1");
  await until("the filter leaves those of the site", SOON, async () => (await page.locator(".tile").count()) === 2);
  await page.fill("#search", "");
  await until("all are shown again", SOON, async () => (await page.locator(".tile").count()) === 3);
}

async function selected() {
  return page.locator(".pick:checked").evaluateAll((picks) => picks.map((pick) => pick.value).sort());
}

async function serversAreSelectedByKeyboardAndMouse() {
  const tiles = page.locator(".tile");
  await tiles.first().focus();
  await page.keyboard.press(" ");
  expect((await selected()).length === 1, "Space selects one");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ ");
  expect((await selected()).length === 2, "Shift and Space select up to it");
  await page.keyboard.press("Escape");
  expect((await selected()).length === 0, "Escape clears");
  await tiles.first().click({ modifiers: ["Control"] });
  await tiles.last().click({ modifiers: ["Shift"] });
  expect((await selected()).length === 3, "Shift and a click select up to it");
  expect((await page.textContent("#bulk-count")).trim() === "3 servers selected", "the bar counts");
  await panel.picture("light-wall-selected");
  await page.reload();
  await panel.isLive();
  expect((await selected()).length === 3, "the selection outlives a reload");
  // What is filtered away is not acted on.
  await page.fill("#search", stray);
  await until("the selection has lost what is not shown", SOON, async () => (await selected()).length === 1);
  await page.fill("#search", "");
  await until("all are shown again", SOON, async () => (await page.locator(".tile").count()) === 3);
}

async function severalAreSwitchedOffAtOnce() {
  await page.keyboard.press("Escape");
  await page.locator("h1").click();
  await page.keyboard.press("Control+a");
  expect((await selected()).length === 3, "Control and A select all");
  await page.getByRole("button", { name: "Power off" }).click();
  await page.waitForSelector("#bulk-form");
  for (const name of [one, other, stray]) expect((await page.textContent(".bulk-names")).includes(name), `${name} is named`);
  await panel.picture("light-bulk-power");
  await page.click("#submit");
  await page.waitForSelector("#bulk-results", { timeout: 60_000 });
  for (const name of [one, other]) expect(await page.getAttribute(`#result-${name}`, "data-ending") === "successful", `${name} is off`);
  expect(await page.getAttribute(`#result-${stray}`, "data-ending") === "failed", "one has no BMC");
  const said = (await page.textContent(`#result-${stray}`)).replace(/\s+/g, " ");
  expect(said.includes("BMC"), said);
  await panel.picture("light-bulk-results");
  panel.say((await page.textContent("#bulk-outcome")).replace(/\s+/g, " ").trim());
}

async function aProfileIsDraggedOntoTheSelection() {
  await panel.go("/servers?group=rack");
  await panel.isLive();
  await page.keyboard.press("Escape");
  for (const name of [one, other]) await page.check(`#pick-${name}`, { force: true });
  await page.dragAndDrop(`[data-profile=${told.profile}]`, `#tile-${other}`);
  await page.waitForURL("**/bulk/server/install**");
  const asked = await page.textContent("#bulk-form");
  expect(asked.includes(one) && asked.includes(other) && !asked.includes(stray), "exactly the selection is named");
  expect(await page.inputValue("#f-profile") === told.profile, "the profile is filled in");
  await page.fill("#f-confirm", "3 servers");
  await page.click("#submit");
  await page.waitForSelector("#f-confirm-problem");
  await panel.picture("light-bulk-install-refused");
  await page.fill("#f-confirm", "2 servers");
  await page.click("#submit");
  await page.waitForSelector("#bulk-results");
  for (const name of [one, other]) {
    expect(await page.getAttribute(`#result-${name}`, "data-ending") === "incomplete", `${name} is being installed`);
    expect(await page.locator(`#result-${name} a[href^='/jobs/']`).count() === 1, `the job of ${name} is linked`);
  }
  panel.say("two installs were ordered by one drag");
}

async function theRackShowsThemComeOnline() {
  await panel.go("/racks/a1");
  await panel.isLive();
  await page.evaluate(() => { window.untouched = true; });
  await page.waitForSelector(".slot[data-state=installing]", { timeout: INSTALL });
  await panel.picture("light-rack-installing");
  for (const name of [one, other]) {
    await page.waitForSelector(`.slot[data-state=online] #slot-${name}`, { timeout: INSTALL });
    panel.say(`the untouched rack shows ${name} online`);
  }
  expect(await page.evaluate(() => window.untouched === true), "nobody reloaded the page");
  await panel.picture("light-rack-online");
}

async function whatTheyReportIsDrawn() {
  await panel.go(`/servers/${one}`);
  await panel.isLive();
  await page.evaluate(() => { window.untouched = true; });
  const points = () => page.evaluate(() => JSON.parse(document.getElementById("part-charts").dataset.charts).at.length);
  const before = await points();
  await until("two more samples are drawn", 120_000, async () => (await points()) >= before + 2);
  expect(await page.evaluate(() => window.untouched === true), "nobody reloaded the page");
  expect(await page.locator("#part-charts canvas").count() === 4, "four charts are drawn");
  const drawn = await page.locator("#chart-memory canvas").evaluate((canvas) => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.some((value) => value > 0);
  });
  expect(drawn, "something is painted");
  const told_ = await page.locator("#chart-cpu .plot").getAttribute("aria-label");
  expect(/CPU over the last hour\. [\d.]+ % last/.test(told_), told_);
  await page.click("#charts-table summary");
  expect(await page.locator("#charts-table tbody tr").count() >= 1, "the table has rows");
  await panel.picture("light-server-charts");
  await page.click("#range-week");
  await page.waitForSelector("#range-week[aria-current=true]");
  expect(await page.locator("#part-charts canvas").count() === 4, "the week is drawn in place");
  expect(await page.evaluate(() => document.getElementById("charts-table").open), "the table stays open");
  panel.say(told_);
}

async function oneIsRetiredByKeyboardAlone() {
  await panel.go("/servers");
  await panel.isLive();
  await page.keyboard.press("Escape");
  await panel.tabTo(`tile-link-${stray}`);
  await page.keyboard.press(" ");
  await panel.tabTo("Retire");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#bulk-form");
  await panel.tabTo("f-confirm");
  await page.keyboard.type("1 server");
  await panel.tabTo("submit");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#bulk-results");
  expect(await page.getAttribute(`#result-${stray}`, "data-ending") === "successful", "it is retired");
}

/// For somebody to look at: each page in the dark and on a telephone.
async function everythingIsPresentable() {
  const pages = {
    "wall-grouped": "/servers?group=state", "table-grouped": "/servers?view=table&group=rack", racks: "/racks",
    "server-charts": `/servers/${one}`, "server-day": `/servers/${one}?range=day`,
    "bulk-install": `/bulk/server/install?server=${one}&server=${other}&profile=${told.profile}`,
  };
  const looks = {
    dark: { colorScheme: "dark", viewport: { width: 1360, height: 900 } },
    phone: { colorScheme: "light", viewport: { width: 390, height: 800 }, hasTouch: true },
  };
  for (const [look, options] of Object.entries(looks)) {
    const person = await panel.visitor(options);
    const visitor = await panel.look(person);
    await panel.go("/sign-in", visitor);
    await panel.signIn(told.password, visitor);
    await visitor.waitForURL("**/servers**");
    for (const [what, path] of Object.entries(pages)) {
      await panel.go(path, visitor);
      await panel.isLive(visitor);
      await panel.picture(`${look}-${what}`, visitor);
    }
    await person.close();
  }
}
