// Signing in by a provider outside, in a real browser and with a real provider: nobody knows the person, then a link is
// made, then the button signs in; and whoever comes back with somebody else's answer stays out.

import { isForEverybody } from "./audit.mjs";
import { Panel, expect, until } from "./panel.mjs";

const told = JSON.parse(process.env.STORY);
const panel = await Panel.open(told);
const { page } = panel;

try {
  await whoIsNotLinkedReadsWhy();
  await aPersonLinksHerself();
  await theButtonSignsHerIn();
  await anAnswerIsWorthNothingInAnotherBrowser();
  await anAnswerIsWorthNothingTwice();
  await whoCancelsReadsIt();
  await aNewcomerIsLetIn();
  // A page may ask for a part of itself just when it is left by signing out.
  const late = (complaint) => complaint.includes("status of 401") && complaint.includes("/parts/");
  const ours = panel.complaints.filter((complaint) => complaint.startsWith(told.url) && !late(complaint));
  expect(ours.length === 0, `no page complained:\n${ours.join("\n")}`);
  panel.say("the story is told");
} catch (error) {
  await page.screenshot({ path: `${told.screenshots}/outside-failed.png` }).catch(() => {});
  console.log(`at ${page.url()}: ${error.stack}\n${panel.complaints.join("\n")}`);
  process.exitCode = 1;
} finally {
  await panel.close();
}

/// At the provider: name, password and consent, whichever of them it still asks for, until the browser is back.
async function atTheProvider(isBack = async () => page.url().startsWith(told.url)) {
  const asked = () => page.locator("#login, #password, [name=answer][value=accept]").count();
  for (;;) {
    await until("the provider asks or leads back", 20_000, async () => (await isBack()) || (await asked()) > 0);
    if (await isBack()) return;
    const before = page.url();
    if (await page.locator("#login").count()) {
      await page.fill("#login", told.provider.user);
      await page.press("#login", "Enter");
    } else if (await page.locator("#password").count()) {
      await page.fill("#password", told.provider.password);
      await page.press("#password", "Enter");
    } else {
      await page.click("[name=answer][value=accept]");
    }
    await until("the provider goes on", 20_000, async () => page.url() !== before);
    await page.waitForLoadState();
  }
}

async function sentence(there = page) {
  return (await there.textContent("#status .outcome-message")).trim();
}

async function whoIsNotLinkedReadsWhy() {
  await panel.go("/sign-in");
  await isForEverybody(panel, page, "the door with providers");
  await panel.picture("light-sign-in-providers");
  await page.getByRole("link", { name: "Sign in with Example Corp" }).click();
  await atTheProvider();
  const said = await sentence();
  expect(said.startsWith("Example Corp knows you, but nobody here is linked"), said);
  await panel.picture("light-sign-in-unlinked");
  panel.say(`not linked: ${said}`);
}

async function aPersonLinksHerself() {
  await panel.signIn(told.password);
  await page.waitForURL("**/servers**");
  await panel.go("/identities");
  await panel.picture("light-identities");
  await page.locator("tr", { hasText: "Example Corp" }).getByRole("button", { name: "Link" }).click();
  await page.fill("#f-current", told.password);
  await page.click("#submit");
  await atTheProvider(async () => page.url().endsWith("/identities") && (await panel.outcome()) !== "");
  const outcome = await panel.outcome();
  expect(outcome.startsWith("Successful") && outcome.includes("signs in by Example Corp from now on"), outcome);
  await isForEverybody(panel, page, "linked sign-ins");
  await panel.go("/oidc");
  await isForEverybody(panel, page, "sign-in providers");
  await panel.picture("light-oidc");
  await signOut();
  panel.say(`linked: ${outcome}`);
}

async function signOut() {
  await page.evaluate(() => document.querySelector("form[action='/sign-out']").requestSubmit());
  await page.waitForURL("**/sign-in**");
}

async function theButtonSignsHerIn() {
  await panel.go("/jobs");
  await page.waitForURL("**/sign-in?back=%2Fjobs");
  await page.getByRole("link", { name: "Sign in with Example Corp" }).click();
  await atTheProvider();
  await page.waitForURL("**/jobs");
  await signOut();
  panel.say("the button leads to the page that was asked for");
}

/// The address of the way back, which the browser with its cookies was given and has not opened.
async function caught() {
  const led = async (address) => {
    const answer = await panel.person.request.get(address, { maxRedirects: 0 });
    expect(answer.status() >= 302 && answer.status() <= 303, `${address} leads on: ${answer.status()}`);
    return answer.headers().location;
  };
  const address = await led(await led(`${told.url}/sign-in/with/corp`));
  expect(address.startsWith(`${told.url}/sign-in/return?`), address);
  return address;
}

async function anAnswerIsWorthNothingInAnotherBrowser() {
  const address = await caught();
  const stranger = await panel.visitor({});
  const other = await panel.look(stranger);
  await other.goto(address);
  const said = await sentence(other);
  expect(said.includes("was not begun in this browser"), said);
  // One that began a sign-in of its own gets no further.
  await other.goto(`${told.url}/sign-in`);
  await other.getByRole("link", { name: "Sign in with Example Corp" }).click();
  await other.waitForSelector("#login");
  await other.goto(address);
  const crossed = await sentence(other);
  expect(crossed.includes("belongs to another sign-in"), crossed);
  await stranger.close();
  panel.say(`another browser: ${said}; ${crossed}`);
}

async function anAnswerIsWorthNothingTwice() {
  const address = await caught();
  const cookies = await panel.person.cookies();
  await page.goto(address);
  await page.waitForURL("**/servers**");
  await signOut();
  // Even with the cookie that was taken away.
  await panel.person.addCookies(cookies);
  await page.goto(address);
  const said = await sentence();
  expect(said.includes("was used already"), said);
  panel.say(`a second time: ${said}`);
}

async function whoCancelsReadsIt() {
  const stranger = await panel.visitor({});
  const other = await panel.look(stranger);
  const gone = new Promise((seen) => other.on("request", (request) => {
    const state = new URL(request.url()).searchParams.get("state");
    if (state) seen({ state });
  }));
  await other.goto(`${told.url}/sign-in`);
  await other.getByRole("link", { name: "Sign in with Example Staff" }).click();
  await other.waitForSelector("#login");
  // What a provider says when somebody cancels there (RFC 6749 section 4.1.2.1), with the state that it was given.
  const { state } = await gone;
  await other.goto(`${told.url}/sign-in/return?error=access_denied&state=${encodeURIComponent(state)}`);
  const said = await sentence(other);
  expect(said.includes("was told not to sign you in"), said);
  await stranger.close();
  panel.say(`cancelled: ${said}`);
}

async function aNewcomerIsLetIn() {
  await panel.person.clearCookies();
  await panel.go("/sign-in");
  await page.getByRole("link", { name: "Sign in with Example Staff" }).click();
  await atTheProvider();
  await page.waitForURL("**/servers**");
  await panel.isLive();
  panel.say("a newcomer is in");
}
