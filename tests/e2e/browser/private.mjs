// Private servers in a real browser: one is made beside the picture of the room, its page is read, and its console is worked
// from the keyboard, on a desk and on a telephone.

import { Panel, expect, until } from "./panel.mjs";
import { fitsItsWidth, isForEverybody } from "./audit.mjs";

const told = JSON.parse(process.env.STORY);
const panel = await Panel.open(told);
let { page } = panel;

const room = (server) => page.locator(`[data-room-server="${server}"]`);
const sum = (server, resource) => room(server).locator(`[data-resource=${resource}] .room-sum`).textContent();
const width = async (server, resource) => Number(await room(server).locator(`[data-resource=${resource}] .room-asked`).getAttribute("width"));
const screen = () => page.locator(".xterm-rows").innerText();
const shows = (words, text) => until(words, 10_000, async () => (await screen()).includes(text));

try {
  await panel.go("/sign-in");
  await panel.signIn("any password will do here");
  await page.waitForURL("**/servers**");
  await thePictureFollowsWhatIsTyped();
  await whatDoesNotFitIsSaidAtItsField();
  await severalAreChosenAndStopped();
  await theListFollowsWhatHappens();
  await theConsoleIsWorkedByKeyboard();
  await theConsoleEndsAndIsOpenedAgain();
  await itIsClosedByWhoeverLeaves();
  await everythingFitsATelephone();
  expect(panel.complaints.length === 0, `no page complained:\n${panel.complaints.join("\n")}`);
  panel.say("private servers are made, watched and entered");
} catch (error) {
  await page.screenshot({ path: `${told.screenshots}/private-failed.png` }).catch(() => {});
  console.log(`at ${page.url()}: ${error.stack}\n${panel.complaints.join("\n")}`);
  process.exitCode = 1;
} finally {
  await panel.close();
}

async function thePictureFollowsWhatIsTyped() {
  await panel.go("/act/private-server/create?server=r1-u01");
  expect((await width("r1-u01", "memory")) === 0, "nothing is asked for yet");
  expect(!(await room("r1-u01").locator(".room-fits").isVisible()), "so nothing is said to fit");
  expect(!(await page.locator("#f-nas").isVisible()), "what few need is folded");
  await page.getByRole("button", { name: "Medium" }).click();
  expect((await page.inputValue("#f-size-memory_mib")) === "2048", "a size to begin with fills in the fields");
  expect((await sum("r1-u01", "memory")) === "512 MiB + 2 GiB ≤ 3.5 GiB", `the sum: ${await sum("r1-u01", "memory")}`);
  expect(await room("r1-u01").locator(".room-fits").isVisible(), "it fits");
  expect(await room("r1-u02").locator(".room-short").isVisible(), "elsewhere it does not");
  await page.fill("#f-size-memory_mib", "4096");
  expect(await room("r1-u01").locator(".room-short").isVisible(), "now it does not fit here either");
  expect((await sum("r1-u01", "memory")) === "512 MiB + 4 GiB > 3.5 GiB", `the sum: ${await sum("r1-u01", "memory")}`);
  await page.selectOption("#f-server", "r1-u02");
  expect((await room("r1-u02").getAttribute("data-chosen")) !== null, "the chosen server is marked");
  await page.selectOption("#f-server", "r1-u01");
  await isForEverybody(panel, page, "the form with the room");
  await panel.picture("private-room");
}

async function whatDoesNotFitIsSaidAtItsField() {
  await page.fill("#f-name", "shop");
  await page.selectOption("#f-template", "debian-12-private");
  await page.fill("#f-password", "correct horse battery");
  await page.click("#submit");
  const problem = page.locator("#f-size-memory_mib-problem");
  await problem.waitFor();
  expect((await problem.textContent()).includes("512 MiB is promised, 4096 MiB is asked for"), "the sum stands at the field");
  await page.fill("#f-size-memory_mib", "1024");
  await page.fill("#f-password", "correct horse battery");
  await page.click("#submit");
  await page.waitForURL("**/private-servers/shop");
  expect((await panel.outcome()).startsWith("Successful"), await panel.outcome());
}

async function severalAreChosenAndStopped() {
  await panel.go("/private-servers");
  await isForEverybody(panel, page, "the wall of private servers");
  await page.hover("#tile-lab");
  await page.check("#pick-lab");
  await page.check("#pick-acme-mail");
  expect((await page.textContent("#bulk-count")).trim() === "2 private servers selected", "two are selected");
  await page.getByRole("button", { name: "Stop…" }).last().click();
  await page.waitForURL("**/bulk/private-server/stop?**");
  await page.click("#submit");
  await page.waitForSelector("#result-lab[data-ending=successful]");
  await page.waitForSelector("#result-acme-mail[data-ending=successful]");
}

async function theListFollowsWhatHappens() {
  await panel.go("/private-servers?view=table");
  await panel.isLive();
  await isForEverybody(panel, page, "the table of private servers");
  await page.fill("#search", "acme-shop");
  await page.locator("#row-lab").waitFor({ state: "detached" });
  await page.locator("#row-acme-shop-web").waitFor();
  await page.click("#row-link-acme-shop-web");
  await page.waitForURL("**/private-servers/acme-shop-web");
  await page.locator("[data-plot=cpu] canvas").waitFor();
  const covered = await page.locator(".actions li").evaluateAll((lines) =>
    lines.filter((line) => {
      const [button, command] = [line.querySelector(".btn"), line.querySelector(".cli")];
      const [left, right] = [button.getBoundingClientRect(), command.getBoundingClientRect()];
      return button.scrollWidth > button.clientWidth || left.right > right.left;
    }).map((line) => line.textContent.trim()),
  );
  expect(covered.length === 0, `labels stay within their buttons: ${covered}`);
  await isForEverybody(panel, page, "a private server");
  await panel.picture("private-one");
}

async function theConsoleIsWorkedByKeyboard() {
  await panel.go("/private-servers/acme-mail");
  await page.click("#open-console");
  await page.waitForSelector("#console[data-state=open]");
  await shows("the prompt is drawn", "root@acme-mail:~#");
  // Quickly, so that pieces are sent while others are under way.
  const line = "echo 0123456789 abcdefghijklmnopqrstuvwxyz äöü €";
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
  await shows("what was typed comes back in order", line);
  const green = await page.locator(".xterm-rows span", { hasText: "root@acme-mail" }).first().evaluate((span) => getComputedStyle(span).color);
  expect(green !== "rgb(230, 235, 242)", `colours are drawn: ${green}`);
  const blue = await page.locator(".xterm-rows span", { hasText: "~" }).first().evaluate((span) => getComputedStyle(span).color);
  expect(blue === "rgb(120, 170, 255)", `also those that have no name: ${blue}`);
  await page.setViewportSize({ width: 1000, height: 700 });
  await shows("the console hears how large its window is", " by ");
  await isForEverybody(panel, page, "the console");
  await panel.picture("private-console");
  await page.keyboard.press("Shift+F6");
  expect((await page.evaluate(() => document.activeElement.id)) === "console-aloud", "one key leads out of the terminal");
  await page.keyboard.press("Space");
  await page.locator(".xterm-accessibility").waitFor({ state: "attached" });
  await page.setViewportSize({ width: 1360, height: 900 });
}

async function theConsoleEndsAndIsOpenedAgain() {
  await page.locator(".xterm-helper-textarea").focus();
  await page.keyboard.press("Control+d");
  await page.waitForSelector("#console[data-state=ended]");
  expect((await page.textContent("#console-state")) === "The shell has ended.", "it says why nothing follows");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#console[data-state=open]");
  await page.keyboard.type("again");
  await shows("another one is typed into", "again");
}

async function itIsClosedByWhoeverLeaves() {
  // Whoever tells this story looks whether it was.
  await panel.go("/private-servers");
  await panel.isLive();
}

async function everythingFitsATelephone() {
  const person = await panel.visitor({ colorScheme: "dark", viewport: { width: 390, height: 800 }, locale: "de-DE", hasTouch: true, isMobile: true });
  page = await panel.look(person);
  await panel.go("/sign-in", page);
  await page.fill("#user", "admin");
  await page.fill("#password", "any password will do here");
  await page.click("#sign-in button");
  await page.waitForSelector("#who");
  for (const [name, path] of Object.entries({ wall: "/private-servers", table: "/private-servers?view=table", one: "/private-servers/lab", room: "/act/private-server/create" })) {
    await panel.go(path, page);
    await fitsItsWidth(page, path);
    await isForEverybody(panel, page, `${path} on a telephone`);
    await panel.picture(`private-${name}-phone`, page);
  }
  await panel.go("/private-servers?view=table", page);
  const button = page.locator("#row-acme-mail .row-buttons button").first();
  await button.scrollIntoViewIfNeeded();
  expect(await button.isVisible(), "what can be done is in view");
  await panel.go("/private-servers/acme-mail/console", page);
  await page.waitForSelector("#console[data-state=open]");
  expect((await page.textContent("#console-state")) === "offen", "it speaks German");
  await page.locator("[data-key]", { hasText: "Tab" }).tap();
  await page.locator("[data-key]", { hasText: "Strg D" }).tap();
  await page.waitForSelector("#console[data-state=ended]");
  await fitsItsWidth(page, "the console on a telephone");
  await panel.picture("private-console-phone", page);
  await person.close();
}
