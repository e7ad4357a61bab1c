// Passkeys (W3C Web Authentication): a form asks the browser for one, and is sent with what the browser answered. Without
// this script, or in a browser that knows no passkeys, the other ways in remain.
(() => {
  "use strict";
  const known = Boolean(window.PublicKeyCredential && navigator.credentials);
  const encode = (buffer) => {
    const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
    return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const decode = (text) => {
    const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  };
  const listed = (ids) => ids.map((id) => ({ type: "public-key", id: decode(id) }));
  // As long as the challenge lasts.
  const timeout = 300_000;

  async function ask(url) {
    const response = await fetch(`${url}?origin=${encodeURIComponent(location.origin)}`, { headers: { accept: "application/json" } });
    const asked = await response.json();
    if (!response.ok) throw new Error(`${asked.problem} ${asked.advice}`);
    return asked;
  }

  // What the fields of the form are filled with: by name.
  async function create(asked) {
    const made = await navigator.credentials.create({
      publicKey: {
        challenge: decode(asked.challenge),
        rp: { id: asked.rp_id, name: asked.rp_name },
        user: { id: decode(asked.handle), name: asked.user, displayName: asked.user },
        pubKeyCredParams: asked.algorithms.map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: listed(asked.exclude),
        authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
        attestation: "none",
        timeout,
      },
    });
    return { client_data: encode(made.response.clientDataJSON), attestation: encode(made.response.attestationObject) };
  }

  async function answer(asked) {
    const got = await navigator.credentials.get({
      publicKey: {
        challenge: decode(asked.challenge),
        rpId: asked.rp_id,
        allowCredentials: listed(asked.allow),
        userVerification: asked.verified ? "required" : "preferred",
        timeout,
      },
    });
    const { clientDataJSON, authenticatorData, signature, userHandle } = got.response;
    return {
      credential: encode(got.rawId),
      client_data: encode(clientDataJSON),
      authenticator_data: encode(authenticatorData),
      signature: encode(signature),
      handle: userHandle ? encode(userHandle) : "",
    };
  }

  function say(form, sentence) {
    const line = form.querySelector("[data-passkey-problem]");
    line.textContent = sentence;
    line.hidden = !sentence;
  }

  async function fill(form, holder, button) {
    say(form, "");
    button?.setAttribute("aria-busy", "true");
    try {
      const { passkeyCreate, passkeyGet } = holder.dataset;
      const values = passkeyCreate ? await create(await ask(passkeyCreate)) : await answer(await ask(passkeyGet));
      for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
      form.dataset.filled = "true";
      form.requestSubmit(button);
    } catch (problem) {
      const { passkeyCancelled, passkeyExists } = holder.dataset;
      const words = { NotAllowedError: passkeyCancelled, InvalidStateError: passkeyExists };
      say(form, words[problem.name] || problem.message);
    } finally {
      button?.removeAttribute("aria-busy");
    }
  }

  // Before the scripts that send forms: they get it once it is filled in.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const holder = form.matches("[data-passkey-get]") ? form : form.querySelector("[data-passkey-create]");
    if (!holder || form.dataset.filled || !form.checkValidity()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!known) return say(form, holder.dataset.passkeyUnknown);
    if (event.submitter?.getAttribute("aria-busy")) return;
    fill(form, holder, event.submitter);
  }, true);

  const show = () => {
    for (const form of document.querySelectorAll("form[data-passkey-get]")) form.hidden = !known;
  };
  document.addEventListener("DOMContentLoaded", show);
  show();
})();
