// People of every tier: each signs in, sees the menu of the role and no more, does what the role is for, finds an action by
// the palette, fills in a form without a mouse, and looks at everything in German, in the dark, on a telephone.

import { Panel, expect, until } from "./panel.mjs";
import { readFileSync } from "node:fs";
import { fitsItsWidth, isForEverybody } from "./audit.mjs";

const told = JSON.parse(process.env.STORY);
const panel = await Panel.open(told);

const EVERYBODY = ["/roles", "/sessions", "/factors", "/identities", "/tokens"];
// Of whoever manages people, and may have webhooks.
const MANAGERS = ["/users", "/roles", "/sessions", "/factors", "/identities", "/oidc", "/tokens", "/webhooks", "/audit"];
const RACKS = ["/racks", "/discovery", "/networks", "/images", "/environments", "/profiles", "/jobs", "/system", "/accounts"];
// Of whoever makes private servers.
const ALLOTTING = ["/servers", "/private-servers", "/nas"];
// What the menu of a role holds, in its order.
const MENUS = {
  owner: [...ALLOTTING, ...RACKS, ...MANAGERS],
  engineer: [...ALLOTTING, ...RACKS, ...EVERYBODY],
  support: ["/servers", "/private-servers", ...RACKS, ...EVERYBODY],
  billing: ["/servers", "/private-servers", "/jobs", "/accounts", ...EVERYBODY],
  reseller: [...ALLOTTING, "/jobs", "/accounts", ...MANAGERS],
  "account-manager": ["/servers", "/private-servers", "/jobs", "/accounts", ...MANAGERS],
  "ps-administrator": ["/private-servers", ...EVERYBODY],
  "ps-user": ["/private-servers", ...EVERYBODY],
  "site-administrator": EVERYBODY,
  "site-user": EVERYBODY,
};
// The servers that a role finds on the wall.
const SERVERS = {
  owner: ["h1", "of-acme", "of-acme-shop", "of-provider"],
  reseller: ["h1", "of-acme", "of-acme-shop"],
  "account-manager": ["of-acme-shop"],
};
for (const role of ["engineer", "support", "billing"]) SERVERS[role] = SERVERS.owner;

const JOBS = {
  owner: letsSomebodyIn,
  engineer: putsAServerInARack,
  support: looksHelpsAndChangesNothing,
  billing: makesAReseller,
  reseller: async (user) => {
    await allotsAPrivateServer();
    await makesACustomerBrandsAndEnters(user);
  },
  "account-manager": async (user) => {
    await worksInAPrivateServer();
    await renewsAPassword(user);
  },
  "ps-administrator": worksInsideAPrivateServer,
  "ps-user": worksOnFilesOfAHome,
};

let page;
try {
  for (const person of told.people) await meet(person);
  expect(panel.complaints.length === 0, `no page complained:\n${panel.complaints.join("\n")}`);
  panel.say("everybody found what the role is for");
} catch (error) {
  await page?.screenshot({ path: `${told.screenshots}/tier-failed.png` }).catch(() => {});
  console.log(`at ${page?.url()}: ${error.stack}\n${panel.complaints.join("\n")}`);
  process.exitCode = 1;
} finally {
  await panel.close();
}

async function meet({ user, role }) {
  const person = await panel.visitor({ colorScheme: "light", viewport: { width: 1360, height: 900 } });
  page = await panel.look(person);
  await comesIn(page, user);
  await theMenuIs(page, MENUS[role], role);
  await theWallShows(SERVERS[role]);
  await panel.picture(`tier-${role}`, page);
  await isForEverybody(panel, page, `the start page of ${role}`);
  await aFormIsFoundAndFilledInWithoutAMouse(role);
  await JOBS[role]?.(user);
  await person.close();
  await everythingFitsATelephone(user, role);
  panel.say(`${user}, ${role}`);
}

async function comesIn(visit, user) {
  await panel.go("/sign-in", visit);
  await visit.fill("#user", user);
  await visit.fill("#password", told.password);
  await visit.click("#sign-in button");
  await visit.waitForSelector("#who");
  await panel.isLive(visit);
}

async function theMenuIs(visit, wanted, what) {
  const menu = await visit.locator("#side nav a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  expect(JSON.stringify(menu) === JSON.stringify(wanted), `the menu of ${what} is ${wanted}, not ${menu}`);
}

async function theWallShows(wanted) {
  if (!wanted) return;
  await panel.go("/servers?view=table", page);
  const rows = await page.locator("tr[id^=row-]").evaluateAll((rows) => rows.map((row) => row.id.replace("row-", "")).sort());
  expect(JSON.stringify(rows) === JSON.stringify(wanted), `the servers are ${wanted}, not ${rows}`);
}

/// The palette, the Tab key and Enter: a token is made.
async function aFormIsFoundAndFilledInWithoutAMouse(role) {
  const chosen = () => page.evaluate(() => document.getElementById(document.getElementById("palette-input").getAttribute("aria-activedescendant"))?.innerText ?? "");
  await page.keyboard.press("Control+k");
  await page.waitForSelector("#palette[open]");
  await page.keyboard.type("token create");
  await until("the action is chosen", 10_000, async () => (await chosen()).startsWith("Create token"));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/act/token/create");
  await panel.tabTo("f-name", page);
  await page.keyboard.type(`of-${role}`);
  await until("the command follows", 10_000, async () => (await page.textContent("#cli-line")).startsWith(`rackwright token create of-${role}`));
  await panel.tabTo("submit", page);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#result-title");
  expect((await page.textContent("#act")).includes("rwt_"), "the token is shown once");
}

async function everythingFitsATelephone(user, role) {
  const person = await panel.visitor({ colorScheme: "dark", viewport: { width: 390, height: 800 }, locale: "de-DE" });
  const visit = (page = await panel.look(person));
  await comesIn(visit, user);
  expect((await visit.getAttribute("html", "lang")) === "de", "the browser asks for German");
  await visit.click("[data-menu]");
  await visit.locator("#side nav a").first().waitFor({ state: "visible" });
  await theMenuIs(visit, MENUS[role], `${role} on a telephone`);
  for (const path of MENUS[role]) {
    await panel.go(path, visit);
    await fitsItsWidth(visit, `${path} of ${role} on a telephone`);
  }
  await panel.picture(`tier-${role}-phone`, visit);
  await person.close();
}

/// Sets a control, whatever kind it is.
async function choose(name, value) {
  const radio = page.locator(`input[type=radio][name="${name}"][value="${value}"]`);
  if (await radio.count()) return radio.check();
  const select = page.locator(`select[name="${name}"]`);
  if (await select.count()) return select.selectOption(value);
  return page.fill(`[name="${name}"]`, value);
}

/// Opens the form of an action, sets these controls and sends it.
async function does(path, controls) {
  await panel.go(path, page);
  for (const [name, value] of Object.entries(controls)) await choose(name, value);
  await page.click("#submit");
  await page.waitForSelector("#status .outcome-message");
  const outcome = await panel.outcome(page);
  expect(outcome.startsWith("Successful"), `${path}: ${outcome}`);
  return outcome;
}

async function letsSomebodyIn() {
  await does("/act/user/create", { user: "lena", role: "engineer", password: told.password });
  await panel.go("/users", page);
  await page.locator("tr", { hasText: "lena" }).first().waitFor();
  const cut = await page.locator(".table-wrap").first().evaluate((wrap) => wrap.scrollWidth - wrap.clientWidth);
  expect(cut <= 0, `every button beside a user is seen: ${cut} pixels are cut off`);
  await panel.picture("tier-owner-users", page);
  await panel.go("/audit?action=user.create", page);
  expect(!(await page.textContent("main")).includes(told.password), "the audit trail holds no password");
}

async function putsAServerInARack() {
  await does("/act/rack/create", { name: "r1", site: "fra-1" });
  await does("/act/server/place?server=of-provider", { rack: "r1", unit: "7" });
  await panel.go("/racks/r1", page);
  await page.waitForSelector("#slot-of-provider");
  await panel.picture("tier-engineer-rack", page);
}

async function looksHelpsAndChangesNothing() {
  await panel.go("/servers/of-acme-shop", page);
  expect((await page.locator("#part-actions form").count()) === 0, "nothing is offered that changes a server");
  for (const path of ["/act/server/accept?server=of-acme-shop", "/act/user/create"]) {
    await panel.go(path, page);
    expect((await page.locator("#act-form").count()) === 0, `${path} is refused before anything is typed`);
    expect((await page.textContent(".refusal-code")) === "403", `${path} says so`);
  }
  await panel.go("/accounts/acme-shop", page);
  await page.locator("form[action='/act/session/enter'] button").first().click();
  await page.fill("#f-user", "acme-shop-anna");
  await page.click("#submit");
  await isGuest("sara", "acme-shop-anna");
  await theMenuIs(page, MENUS["account-manager"], "whom support entered");
  await panel.picture("tier-support-guest", page);
  await returns(MENUS.support);
}

async function makesAReseller() {
  await does("/act/account/create", { name: "nord", title: "Nord Hosting", tier: "reseller" });
  await does("/act/server/assign?server=of-provider", { account: "nord" });
  await does("/act/account/suspend?account=nord", {});
  await panel.go("/accounts/nord", page);
  await page.locator("form[action='/act/account/resume'] button").click();
  await page.waitForSelector("#status .outcome-message");
  expect((await panel.outcome(page)).startsWith("Successful"), await panel.outcome(page));
  await does("/act/server/assign?server=of-provider", { account: "provider" });
  await panel.picture("tier-billing-account", page);
}

async function makesACustomerBrandsAndEnters() {
  await does("/act/account/create", { name: "acme-club", title: "Club", tier: "customer" });
  await does("/act/user/create?account=acme-club", { user: "acme-club-kai", role: "account-manager", password: told.password });
  await does("/act/brand/set?account=acme", { title: "Acme Panel", accent: "#17663a" });
  await isBranded();
  await panel.go("/users", page);
  await page.locator("tr", { hasText: "acme-club-kai" }).locator("form[action='/act/session/enter'] button").click();
  await isGuest("acme-rita", "acme-club-kai");
  await isBranded();
  await theMenuIs(page, MENUS["account-manager"], "the new customer");
  expect((await page.textContent(".empty-title")) === "Your account has no server yet", "the new customer has no servers");
  await panel.picture("tier-reseller-guest", page);
  await returns(MENUS.reseller);
}

/// Beside the picture of the room; what would break a guarantee is refused with the sum.
async function allotsAPrivateServer() {
  await panel.go("/act/private-server/create", page);
  await page.getByRole("button", { name: "Small" }).click();
  const fields = { name: "acme-shop-web", server: "h1", account: "acme-shop", template: "debian-12-ps", password: told.password };
  for (const [name, value] of Object.entries(fields)) await choose(name, value);
  await page.fill("#f-size-memory_mib", "4000");
  await page.locator("[data-room-server=h1] .room-short").waitFor({ state: "visible" });
  await page.click("#submit");
  await page.locator("#problems", { hasText: "memory is short" }).waitFor();
  await page.locator("#f-size-memory_mib-problem", { hasText: "no room on h1" }).waitFor();
  await panel.picture("tier-reseller-refused", page);
  await page.fill("#f-size-memory_mib", "512");
  await page.locator("[data-room-server=h1] .room-fits").waitFor({ state: "visible" });
  await page.fill("#f-password", told.password);
  await page.click("#submit");
  await page.waitForURL("**/private-servers/acme-shop-web");
  await page.locator("#part-head[data-state=running]").waitFor();
  await panel.picture("tier-reseller-private-server", page);
  await panel.go("/servers/h1", page);
  await page.locator("#part-shares a", { hasText: "acme-shop-web" }).waitFor();
}

async function worksInAPrivateServer() {
  await panel.go("/private-servers", page);
  await page.click("#tile-link-acme-shop-web");
  await page.waitForURL("**/private-servers/acme-shop-web");
  expect((await page.locator("#part-head a[href^='/servers/']").count()) === 0, "on which server it stands is not told");
  await page.click("#open-console");
  await page.waitForSelector("#console[data-state=open]");
  const line = "echo to be typed in this order, quickly";
  await page.keyboard.type(line);
  await until("what was typed comes back", 10_000, async () => (await page.locator(".xterm-rows").innerText()).includes(line));
  await isForEverybody(panel, page, "the console");
  await panel.picture("tier-account-manager-console", page);
  await page.keyboard.press("Control+d");
  await page.waitForSelector("#console[data-state=ended]");
  expect((await page.textContent("#console-state")).includes("The shell ended"), "it says why");
  await does("/act/private-server/stop?private_server=acme-shop-web", {});
  await page.locator("#part-head[data-state=stopped]").waitFor();
}

/// Files go up, are edited and go away; services and processes are looked at.
async function worksInsideAPrivateServer() {
  await panel.go("/private-servers/acme-shop-ps", page);
  await page.click(".inside-nav a[href$='/files']");
  await page.waitForURL("**/acme-shop-ps/files");
  const large = Buffer.alloc(1_300_000, "0123456789");
  await page.setInputFiles("#upload-files", [
    { name: "large.bin", mimeType: "application/octet-stream", buffer: large },
    { name: "hello.txt", mimeType: "text/plain", buffer: Buffer.from("hello\n") },
  ]);
  await page.locator("#list a", { hasText: "large.bin" }).waitFor();
  await isForEverybody(panel, page, "files inside");
  await panel.picture("tier-ps-administrator-files", page);
  await page.locator("#list a", { hasText: "hello.txt" }).click();
  await page.waitForSelector("#edit-text");
  expect((await page.inputValue("#edit-text")) === "hello\n", "the text is as it was uploaded");
  await page.fill("#edit-text", "hello again\n");
  await page.click("#edit-save");
  await until("the text is saved", 10_000, async () => (await page.inputValue("#edit-text")) === "hello again\n");
  await isForEverybody(panel, page, "a file inside");
  const got = page.waitForEvent("download");
  await panel.go("/private-servers/acme-shop-ps/files", page);
  await page.locator("#list a", { hasText: "large.bin" }).click();
  await page.click("a[download]");
  const path = await (await got).path();
  expect(readFileSync(path).equals(large), "what is downloaded is what was uploaded");
  await does("/act/private-server/file-remove?private_server=acme-shop-ps&path=/large.bin", { confirm: "large.bin" });
  await page.waitForURL("**/acme-shop-ps/files**");
  expect((await page.locator("#list a", { hasText: "large.bin" }).count()) === 0, "it is gone");
  for (const where of ["services", "processes", "people", "log", "network"]) {
    await page.click(`.inside-nav a[href$='/${where}']`);
    await page.waitForURL(`**/acme-shop-ps/${where}`);
    await isForEverybody(panel, page, `${where} inside`);
    await panel.picture(`tier-ps-administrator-${where}`, page);
  }
}

async function worksOnFilesOfAHome() {
  await panel.go("/private-servers/acme-shop-ps", page);
  const tabs = await page.locator(".inside-nav a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  expect(JSON.stringify(tabs) === JSON.stringify(["/private-servers/acme-shop-ps", "/private-servers/acme-shop-ps/files"]), `only files: ${tabs}`);
  await page.click(".inside-nav a[href$='/files']");
  await page.setInputFiles("#upload-files", { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("mine\n") });
  await page.locator("#list a", { hasText: "note.txt" }).waitFor();
  await panel.picture("tier-ps-user-files", page);
}

async function isBranded() {
  await page.locator(".brand span", { hasText: "Acme Panel" }).waitFor();
  const colour = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--brand").trim());
  expect(colour === "#17663a", `the panel has the reseller's colour: ${colour}`);
}

/// What a page asked before with the session that is over is answered with 401.
function forgivesWhatWasAskedBefore() {
  panel.complaints = panel.complaints.filter((complaint) => !complaint.includes("status of 401") && !complaint.includes("Error Code 401"));
}

async function isGuest(guest, host) {
  await page.waitForSelector(".guest");
  await page.waitForURL("**/servers**");
  forgivesWhatWasAskedBefore();
  const said = await page.textContent(".guest");
  expect(said.includes(guest) && said.includes(host), `the banner names both: ${said}`);
}

async function returns(menu) {
  await page.click(".guest button");
  await page.waitForSelector(".guest", { state: "detached" });
  await page.waitForSelector("#who");
  forgivesWhatWasAskedBefore();
  await theMenuIs(page, menu, "whoever returned");
}

async function renewsAPassword(user) {
  await panel.go(`/act/user/passwd?user=${user}`, page);
  await page.fill("#f-current", "not the password");
  await page.fill("#f-password", told.password);
  await page.click("#submit");
  await page.waitForSelector("#problems");
  await panel.go("/users", page);
  const people = await page.locator("#list tbody tr").count();
  expect(people === 5, `the five people of the account are listed, not ${people}`);
  expect((await page.locator("form[action='/act/session/enter']").count()) === 0, "nobody below can be entered");
  await panel.picture("tier-account-manager-people", page);
}
