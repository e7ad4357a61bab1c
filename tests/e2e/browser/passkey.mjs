// A passkey in a real browser with the virtual authenticator of its developer tools: added, used alone and beside the
// password, and removed.

import { createHash } from "node:crypto";
import { connect } from "node:tls";

import { Panel, expect } from "./panel.mjs";
import { isForEverybody } from "./audit.mjs";

const told = JSON.parse(process.env.STORY);
// Browsers give no passkeys where they do not trust the certificate.
const panel = await Panel.open({ ...told, trusted: await keyOf(new URL(told.url)) });
const { page } = panel;
const tools = await panel.person.newCDPSession(page);
const authenticator = await virtualAuthenticator();

try {
  await panel.go("/sign-in");
  await panel.signIn(told.password);
  await page.waitForURL("**/servers**");
  await aPasskeyIsAdded();
  await itSignsInAlone();
  await itSignsInBesideThePassword();
  await whoeverIsNotRecognisedIsToldSo();
  await aSecondOneOnTheSameDeviceIsRefused();
  await onceRemovedItSignsNobodyIn();
  expect(panel.complaints.length === 0, `no page complained:\n${panel.complaints.join("\n")}`);
  panel.say("passkeys come and go");
} catch (error) {
  await page.screenshot({ path: `${told.screenshots}/passkey-failed.png` }).catch(() => {});
  console.log(`at ${page.url()}: ${error.stack}\n${panel.complaints.join("\n")}`);
  process.exitCode = 1;
} finally {
  await panel.close();
}

/// SHA-256 of the server's public key, in base64.
function keyOf({ hostname, port }) {
  return new Promise((found, failed) => {
    const socket = connect({ host: hostname, port, servername: hostname, rejectUnauthorized: false }, () => {
      const key = socket.getPeerX509Certificate().publicKey.export({ type: "spki", format: "der" });
      socket.destroy();
      found(createHash("sha256").update(key).digest("base64"));
    });
    socket.setTimeout(20_000, () => socket.destroy(new Error("the panel does not answer")));
    socket.on("error", failed);
  });
}

async function virtualAuthenticator() {
  await tools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  return (await tools.send("WebAuthn.addVirtualAuthenticator", { options })).authenticatorId;
}

async function credentials() {
  return (await tools.send("WebAuthn.getCredentials", { authenticatorId: authenticator })).credentials;
}

/// In a page of its own: whoever looks takes the authenticator of a page away when done.
async function looksRight(path, what) {
  const other = await panel.look(panel.person);
  await panel.go(path, other);
  await isForEverybody(panel, other, what);
  await other.close();
}

async function signOut() {
  // What the page still asks for is given up first.
  await page.goto("about:blank");
  await panel.person.clearCookies();
  await panel.go("/sign-in");
}

async function openTheForm() {
  await panel.go("/factors");
  await page.getByRole("button", { name: "Add passkey" }).first().click();
  await page.waitForSelector("#act [data-passkey-create]");
  await page.fill("#f-label", "Telephone");
  await page.fill("#f-current", told.password);
}

async function aPasskeyIsAdded() {
  await openTheForm();
  await looksRight("/act/factor/passkey-confirm", "the form of a passkey");
  await panel.picture("passkey-form");
  await page.click("#act #submit");
  await page.waitForSelector("text=Take it now");
  expect((await page.locator("#act code").count()) >= 10, "ten recovery codes are shown");
  const [made, ...more] = await credentials();
  expect(made && more.length === 0, "the authenticator holds one credential");
  expect(made.rpId === "localhost" && made.isResidentCredential, `it is for this name: ${JSON.stringify(made)}`);
  await panel.go("/factors");
  await page.waitForSelector("td:has-text('Telephone')");
  await panel.picture("passkey-list");
  panel.say("a passkey is added, with recovery codes");
}

async function itSignsInAlone() {
  await signOut();
  await looksRight("/sign-in", "the door with a passkey");
  await panel.picture("passkey-door");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL("**/servers**");
  panel.say("it signs in alone");
}

async function itSignsInBesideThePassword() {
  await signOut();
  await panel.signIn(told.password);
  await page.waitForURL("**/sign-in/code**");
  await panel.picture("passkey-second");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL("**/servers**");
  panel.say("it signs in beside the password");
}

async function whoeverIsNotRecognisedIsToldSo() {
  await signOut();
  await tools.send("WebAuthn.setUserVerified", { authenticatorId: authenticator, isUserVerified: false });
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForSelector("[data-passkey-problem]:not([hidden])");
  expect((await page.textContent("[data-passkey-problem]")).includes("No passkey was given"), "the page says so");
  await tools.send("WebAuthn.setUserVerified", { authenticatorId: authenticator, isUserVerified: true });
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL("**/servers**");
  panel.say("a finger that is not known is told so, and may try again");
}

async function aSecondOneOnTheSameDeviceIsRefused() {
  await openTheForm();
  await page.click("#act #submit");
  await page.waitForSelector("#act [data-passkey-problem]:not([hidden])");
  const said = await page.textContent("#act [data-passkey-problem]");
  expect(said.includes("holds a passkey for you already"), said);
  panel.say("the same device is not added twice");
}

async function onceRemovedItSignsNobodyIn() {
  await panel.go("/factors");
  await page.locator("tr:has-text('Telephone')").getByRole("button", { name: /Remove/ }).click();
  await page.waitForSelector("#act #f-current");
  await page.fill("#f-current", told.password);
  await page.click("#act #submit");
  await page.waitForSelector("#status");
  expect((await panel.outcome()).includes("signs in with the password alone"), await panel.outcome());
  await signOut();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForSelector("#status.outcome-failed");
  expect((await panel.outcome()).includes("the passkey was not taken"), await panel.outcome());
  await panel.picture("passkey-refused");
  await panel.signIn(told.password);
  await page.waitForURL("**/servers**");
  panel.say("once removed it signs nobody in");
}
