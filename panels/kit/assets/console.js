// A terminal inside a private server: xterm.js draws it, and the actions of the console carry what is typed and written.
(() => {
  "use strict";
  const { all, word, signedOut } = window.panel;
  const place = document.getElementById("console");
  const screen = document.getElementById("console-screen");
  const state = document.getElementById("console-state");
  const again = document.getElementById("console-again");
  const aloud = document.getElementById("console-aloud");
  if (!place || !screen) return;

  // Keys that are pressed at nearly one time go together.
  const TOGETHER_MS = 15;
  // Characters of one call.
  const PIECE = 4096;
  const RESIZE_MS = 150;
  // Reads that failed in a row, without an answer, after which the console counts as lost.
  const MOST_FAILURES = 5;

  // The policy of the page lets in neither <style> elements nor style attributes, which xterm.js makes: what it puts into them
  // goes the ways that the policy leaves to scripts of our own.
  const element = document.createElement.bind(document);
  document.createElement = (name, options) => {
    if (name === "style") {
      const sheet = new CSSStyleSheet();
      document.adoptedStyleSheets.push(sheet);
      const text = { set: (rules) => sheet.replaceSync(rules), get: () => "" };
      return Object.defineProperties(element("template"), { textContent: text, innerText: text });
    }
    const made = element(name, options);
    if (name === "span") {
      made.setAttribute = (key, value) => {
        if (key === "style") made.style.cssText = value;
        else Element.prototype.setAttribute.call(made, key, value);
      };
    }
    return made;
  };

  const colour = (name) => getComputedStyle(place).getPropertyValue(name).trim();
  const theme = () => ({ background: colour("--screen"), foreground: colour("--screen-ink"), cursor: colour("--screen-ink"), selectionBackground: "#4c6a94" });
  const terminal = new Terminal({ cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches, fontFamily: colour("--mono"), fontSize: 14, scrollback: 5000, theme: theme() });
  const fit = new FitAddon.FitAddon();
  terminal.loadAddon(fit);
  terminal.open(screen);
  terminal.textarea.setAttribute("aria-label", word("console-input"));
  terminal.textarea.setAttribute("aria-describedby", "console-help");
  fit.fit();

  let open = null;

  function tell(name, sentence) {
    place.dataset.state = name;
    state.textContent = sentence;
    again.hidden = name !== "ended";
  }

  const form = (values) => new URLSearchParams({ _token: place.dataset.token, ...values });
  const post = (url, values) => fetch(url, { method: "POST", body: form(values), headers: { "HX-Request": "true" } });

  // The answer, or a failure with the sentence of the Control Center and whether it said one.
  async function answer(response) {
    if (signedOut(response)) throw Object.assign(new Error(word("console-lost")), { final: true });
    const body = await response.json().catch(() => null);
    if (response.ok && body) return body;
    throw Object.assign(new Error(body?.sentence || word("console-lost")), { final: Boolean(body) && !body.again, again: body?.again });
  }

  function end(mine, sentence) {
    if (open !== mine) return;
    open = null;
    tell("ended", sentence);
    if (document.activeElement === terminal.textarea) again.focus();
  }

  const pause = (failures) => new Promise((on) => setTimeout(on, 500 * failures));
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

  async function follow(mine) {
    let [after, failures] = [0, 0];
    while (open === mine) {
      try {
        const read = await answer(await fetch(`${mine.path}?after=${after}`, { headers: { "HX-Request": "true" } }));
        if (open !== mine) return;
        [after, failures] = [read.next, 0];
        tell("open", word("console-open"));
        if (read.base64) await new Promise((drawn) => terminal.write(bytesOf(read.base64), drawn));
        if (read.ended) return end(mine, read.ended);
      } catch (failure) {
        failures += 1;
        if (failure.final || failures > MOST_FAILURES) return end(mine, failure.message);
        tell("lost", word("live-lost"));
        await pause(failures);
      }
    }
  }

  // One call at a time, so that nothing overtakes.
  async function type(mine) {
    if (mine.typing) return;
    mine.typing = true;
    await new Promise((on) => setTimeout(on, TOGETHER_MS));
    let failures = 0;
    while (mine.typed && open === mine) {
      // A letter beyond the basic plane is two units, and is not cut in two.
      const cut = /[\uD800-\uDBFF]/.test(mine.typed.charAt(PIECE - 1)) ? PIECE - 1 : PIECE;
      const text = mine.typed.slice(0, cut);
      try {
        await answer(await post(`${mine.path}/type`, { text }));
        mine.typed = mine.typed.slice(text.length);
        failures = 0;
      } catch (failure) {
        failures += 1;
        // What its server did not take is typed again. Where it is not known whether it arrived, it could do harm.
        if (!failure.again || failures > MOST_FAILURES) end(mine, failure.message);
        else await pause(failures);
      }
    }
    mine.typing = false;
  }

  function typed(text) {
    if (!open) return;
    open.typed += text;
    type(open);
  }

  async function begin() {
    tell("opening", word("console-opening"));
    terminal.reset();
    try {
      const { console } = await answer(await post(place.dataset.console, { rows: terminal.rows, columns: terminal.cols }));
      open = { path: `/parts/console/${console}`, typed: "", typing: false };
      terminal.focus();
      follow(open);
    } catch (failure) {
      tell("ended", failure.message);
      again.focus();
    }
  }

  function close() {
    if (!open) return;
    navigator.sendBeacon(`${open.path}/close`, form({}));
    open = null;
  }

  terminal.onData(typed);
  terminal.onBinary(typed);
  // Everything else belongs to the terminal, so one key leads out of it.
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.key !== "F6" || !event.shiftKey) return true;
    if (event.type === "keydown") {
      event.preventDefault();
      aloud.focus();
    }
    return false;
  });

  let timer = 0;
  terminal.onResize(({ rows, cols }) => {
    clearTimeout(timer);
    timer = setTimeout(() => open && post(`${open.path}/resize`, { rows, columns: cols }).catch(() => {}), RESIZE_MS);
  });
  new ResizeObserver(() => fit.fit()).observe(screen);

  all("[data-key]", place).forEach((button) =>
    button.addEventListener("click", () => {
      typed(button.dataset.key);
      terminal.focus();
    }),
  );
  again.addEventListener("click", begin);
  aloud.addEventListener("change", () => (terminal.options.screenReaderMode = aloud.checked));
  window.addEventListener("pagehide", close);
  // A page that comes back as it was left has a console that is closed.
  window.addEventListener("pageshow", (event) => event.persisted && begin());
  begin();
})();
