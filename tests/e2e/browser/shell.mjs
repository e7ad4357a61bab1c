// The shell around every page, in a real browser: found and worked without a mouse, in two languages, in the dark and on a
// telephone, with and without a script.

import { Panel, expect, until } from "./panel.mjs";
import { fitsItsWidth, isForEverybody, isLight } from "./audit.mjs";

const told = JSON.parse(process.env.STORY);
const panel = await Panel.open(told);
const { page } = panel;

try {
  await panel.go("/sign-in");
  await isForEverybody(panel, page, "the door");
  await panel.signIn("any password will do here");
  await page.waitForURL("**/servers**");
  await panel.isLive();
  await theServerOfThePaletteIsFoundByKeyboard();
  await anActionOnAThingIsFoundByKeyboard();
  await pagesAreReachedByTwoKeys();
  await helpAndShortcutsOpenAndGiveTheFocusBack();
  await aJobIsFollowedFromEveryPage();
  await whatDestroysAsksForTheNameInADialog();
  await aFormIsCheckedWhereItStands();
  await aFaultOfTheControlCenterStandsAtItsField();
  await theLanguageIsTheBrowsersAndCanBeSwitched();
  await everythingWorksWithoutAScript();
  await everyPageIsForEverybody();
  expect(panel.complaints.length === 0, `no page complained:\n${panel.complaints.join("\n")}`);
  panel.say("the shell is well made");
} catch (error) {
  await page.screenshot({ path: `${told.screenshots}/shell-failed.png` }).catch(() => {});
  console.log(`at ${page.url()}: ${error.stack}\n${panel.complaints.join("\n")}`);
  process.exitCode = 1;
} finally {
  await panel.close();
}

async function focused() {
  return page.evaluate(() => document.activeElement.id || document.activeElement.className);
}

async function chosen() {
  return page.evaluate(() => {
    const id = document.getElementById("palette-input").getAttribute("aria-activedescendant");
    return (document.getElementById(id)?.innerText || "").replace(/\s+/g, " ").trim();
  });
}

async function theServerOfThePaletteIsFoundByKeyboard() {
  await page.keyboard.press("Control+k");
  await until("the palette has the focus", 5_000, async () => (await focused()) === "palette-input");
  await until("pages are offered at once", 5_000, async () => (await chosen()).startsWith("Servers"));
  await isForEverybody(panel, page, "the palette");
  await page.keyboard.type("r1-u05");
  await until("the server is chosen", 5_000, async () => (await chosen()).startsWith("r1-u05"));
  expect((await page.getAttribute("#palette-input", "aria-expanded")) === "true", "the list is said to be open");
  await panel.picture("light-palette");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/servers/r1-u05");
  panel.say("Ctrl K, a name, Enter: the server's page");
}

async function anActionOnAThingIsFoundByKeyboard() {
  await page.keyboard.press("/");
  await page.waitForSelector("#palette[open]");
  await page.keyboard.type("retire r1-u05");
  await until("the action with its server is chosen", 5_000, async () => (await chosen()).startsWith("Retire server r1-u05"));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Escape");
  await until("Escape closes it", 5_000, async () => (await page.locator("#palette[open]").count()) === 0);
  await page.keyboard.press("/");
  await until("what was typed is offered again", 5_000, async () => (await chosen()).startsWith("Retire server r1-u05"));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/act/server/retire?server=r1-u05");
}

async function pagesAreReachedByTwoKeys() {
  for (const [key, path] of [["j", "/jobs"], ["n", "/networks"], ["s", "/servers"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.waitForURL(`**${path}`);
    expect((await page.locator("nav.crumbs [aria-current=page]").count()) === 1, `${path} says where one is`);
  }
  panel.say("g j, g n, g s");
}

async function helpAndShortcutsOpenAndGiveTheFocusBack() {
  await page.keyboard.press("?");
  await page.waitForSelector("#shortcuts[open]");
  await isForEverybody(panel, page, "the shortcuts");
  await panel.picture("light-shortcuts");
  await page.click("#single-keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  expect((await page.locator("dialog[open]").count()) === 0, "single keys are switched off");
  await page.evaluate(() => localStorage.removeItem("single-keys"));
  await page.reload();
  await page.focus("[data-help-open]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#help[open]");
  const help = await page.textContent("#help");
  expect(help.includes("Help: Servers") && help.includes("rackwright server install"), `help for this page: ${help.slice(0, 200)}`);
  await isForEverybody(panel, page, "the help");
  await panel.picture("light-help");
  await page.keyboard.press("Escape");
  const back = await page.evaluate(() => document.activeElement.hasAttribute("data-help-open"));
  expect(back, "the focus is back where it was");
}

async function aJobIsFollowedFromEveryPage() {
  for (const path of ["/images", "/system", "/act/profile/create"]) {
    await panel.go(path);
    await panel.isLive();
    await page.waitForSelector("#job-tray .tray-job[data-state=running]");
  }
  const percent = async () => Number((await page.textContent("#job-tray [data-job='9'] .tray-step span:last-child")).replace(/\D/g, ""));
  const before = await percent();
  await page.evaluate(() => (window.untouched = true));
  await until(`the tray goes on from ${before} %`, 20_000, async () => (await percent()) > before);
  expect(await page.evaluate(() => window.untouched === true), "nobody reloaded the page");
  await page.click("#tray-details > summary");
  await panel.go("/jobs");
  expect((await page.getAttribute("#tray-details", "open")) === null, "a folded tray stays folded");
  await page.click("#tray-details > summary");
  await page.click("#job-tray [data-job='9'] a");
  await page.waitForURL("**/jobs/9");
  panel.say("the tray follows a job and leads to its page");
}

async function whatDestroysAsksForTheNameInADialog() {
  await panel.go("/servers/r1-u01");
  await page.locator("#part-actions form[action='/act/server/retire'] button").click();
  await page.waitForSelector("#act-dialog[open] #f-confirm");
  expect((await page.textContent("#act-dialog-title")).includes("r1-u01"), "the dialog names the server");
  await until("the name can be typed at once", 5_000, async () => (await focused()) === "f-confirm");
  await isForEverybody(panel, page, "a dialog that destroys");
  await page.keyboard.type("r1-u02");
  await page.keyboard.press("Enter");
  const problem = await page.textContent("#f-confirm-problem");
  expect(problem.includes("r1-u01"), `another name is refused: ${problem}`);
  expect((await page.getAttribute("#f-confirm", "aria-describedby")).includes("f-confirm-problem"), "the field is described by its problem");
  await panel.picture("light-retire");
  await page.fill("#f-confirm", "r1-u01");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#status .outcome-message");
  const outcome = await panel.outcome();
  expect(outcome.startsWith("Successful"), outcome);
  panel.say("a server is retired in a dialog, after its name was typed");
}

async function aFormIsCheckedWhereItStands() {
  await panel.go("/act/network/set");
  await page.fill("#f-lease_s", "5");
  await page.fill("#f-name", "Not A Name");
  await page.click("#submit");
  const told = {};
  for (const field of ["name", "cidr", "lease_s"]) {
    told[field] = (await page.textContent(`#f-${field}-problem`)).trim();
    expect((await page.getAttribute(`#f-${field}`, "aria-invalid")) === "true", `${field} is said to be wrong`);
  }
  expect(told.lease_s.includes("60") && told.cidr.length > 5, JSON.stringify(told));
  const first = await page.evaluate(() => document.querySelector("#act-form [aria-invalid=true]").id);
  expect((await focused()) === first, `the focus is at the first, ${first}`);
  await page.fill("#f-name", "rack-1");
  expect((await page.locator("#f-name-problem").count()) === 0, "what is mended is no longer said to be wrong");
}

async function aFaultOfTheControlCenterStandsAtItsField() {
  await panel.go("/act/server/add");
  await page.evaluate(() => (window.untouched = true));
  await page.fill("#f-name", "wrong");
  await page.fill("#f-macs", "52:54:00:12:34:56\n52:54:00:12:34:56");
  await page.fill("#f-bmc-user", "root");
  await page.click("#submit");
  await page.waitForSelector("#f-bmc-address-problem");
  expect(await page.evaluate(() => window.untouched === true), "the page was not left");
  const described = await page.getAttribute("#f-macs", "aria-describedby");
  expect(described.includes("f-macs-problem") && (await page.inputValue("#f-bmc-user")) === "root", described);
  expect((await page.locator("h1").count()) === 1, "the page around the form is still there");
  expect((await focused()) === "f-macs", `the focus is at the first: ${await focused()}`);
  await isForEverybody(panel, page, "a form with faults");
  await page.fill("#f-name", "right");
  await page.click("#submit");
  await page.waitForURL("**/servers/**");
  expect((await panel.outcome()).startsWith("Successful"), await panel.outcome());
}

async function theLanguageIsTheBrowsersAndCanBeSwitched() {
  const person = await panel.visitor({ locale: "de-DE", viewport: { width: 1360, height: 900 } });
  const visit = await panel.look(person);
  await panel.go("/sign-in", visit);
  expect((await visit.getAttribute("html", "lang")) === "de", "the browser asks for German");
  await visit.fill("#user", "admin");
  await visit.fill("#password", "x");
  await visit.getByRole("button", { name: "Anmelden", exact: true }).click();
  await visit.waitForURL("**/servers**");
  await panel.isLive(visit);
  expect((await visit.textContent(".live-word")) === "live" && (await visit.textContent("h1")) === "Server", "the page is German");
  await panel.go("/jobs", visit);
  await panel.picture("german-jobs", visit);
  await visit.click("#who summary");
  await visit.getByRole("button", { name: "English" }).click();
  await visit.waitForURL("**/jobs");
  expect((await visit.getAttribute("html", "lang")) === "en" && (await visit.textContent("h1")) === "Jobs", "the choice is kept");
  await person.close();
  panel.say("German by the browser, English by choice");
}

async function everythingWorksWithoutAScript() {
  const person = await panel.visitor({ javaScriptEnabled: false, viewport: { width: 1360, height: 900 } });
  const visit = await panel.look(person);
  await panel.go("/sign-in", visit);
  await panel.signIn("x", visit);
  await visit.waitForURL("**/servers**");
  await visit.click("[data-palette-open]");
  await visit.waitForURL("**/search");
  await visit.fill("#search-query", "r1-u05");
  await visit.press("#search-query", "Enter");
  await visit.click("ul.found a[href='/servers/r1-u05']");
  await visit.waitForURL("**/servers/r1-u05");
  await visit.click("[data-help-open]");
  await visit.waitForURL("**/help?at=**");
  expect((await visit.textContent("h1")).includes("Servers"), "help is a page");
  await panel.go("/act/server/retire?server=r1-u05", visit);
  await visit.fill("#f-confirm", "r1-u05");
  await visit.click("#submit");
  await visit.waitForURL("**/servers/r1-u05");
  expect((await panel.outcome(visit)).startsWith("Successful"), "a form is sent without a script");
  await person.close();
  panel.say("search, help and a form without a script");
}

async function everyPageIsForEverybody() {
  const phone = { colorScheme: "dark", viewport: { width: 390, height: 800 }, locale: "de-DE" };
  // Forms are made of the same parts: the narrow and dark look shows what is wrong with them.
  const looks = [
    ["light", { colorScheme: "light", viewport: { width: 1360, height: 900 } }, told.pages],
    ["dark", { colorScheme: "dark", viewport: { width: 1360, height: 900 } }, told.pages],
    ["phone", phone, told.pages],
    ["phone", phone, told.forms],
  ];
  let heaviest = [0, ""];
  // All looks at once: each has a browser's process of its own.
  await Promise.all(looks.map(async ([look, options, paths]) => {
    const person = await panel.visitor(options);
    // They share the processors, also with machines that start meanwhile.
    person.setDefaultTimeout(60_000);
    const visit = await panel.look(person);
    await panel.go("/sign-in", visit);
    await isForEverybody(panel, visit, `${look} the door`);
    await visit.fill("#user", "admin");
    await visit.fill("#password", "x");
    await visit.click("#sign-in button");
    await visit.waitForURL("**/servers**");
    for (const path of paths) {
      const bytes = await isLight(panel, visit, path);
      if (bytes > heaviest[0]) heaviest = [bytes, path];
      await panel.isLive(visit);
      await fitsItsWidth(visit, `${look} ${path}`);
      await isForEverybody(panel, visit, `${look} ${path}`);
      await visit.screenshot({ path: `${told.screenshots}/${look}${path.replace(/[^a-z0-9]+/g, "-")}.png` });
    }
    await person.close();
    panel.say(`${paths.length} pages, ${look}: nothing grave, nothing too wide`);
  }));
  panel.say(`the heaviest page is ${heaviest[1]} with ${heaviest[0]} bytes`);
}
