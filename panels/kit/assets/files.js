// Uploads into a private server: a file goes piece by piece, each is tried again when the line breaks, and what was broken off
// goes on where it stands. It lies beside its place until it is whole.
(() => {
  "use strict";
  const { word, signedOut } = window.panel;
  const place = document.getElementById("upload");
  const chosen = document.getElementById("upload-files");
  const list = document.getElementById("uploads");
  if (!place || !chosen || !list) return;

  const PIECE = 512 * 1024;
  // Failures of one piece in a row, after which a person is asked.
  const MOST_FAILURES = 5;
  const base = place.dataset.upload;

  const make = (name, className, text) => Object.assign(document.createElement(name), { className: className || "", textContent: text || "" });
  const pause = (failures) => new Promise((on) => setTimeout(on, 500 * 2 ** failures));
  const key = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  async function answer(response) {
    if (signedOut(response)) throw Object.assign(new Error(word("upload-lost")), { final: true });
    const body = await response.json().catch(() => null);
    if (response.ok && body) return body;
    throw Object.assign(new Error(body?.sentence || word("upload-lost")), { final: Boolean(body) && !body.again, status: response.status });
  }

  const post = (what, one, values) =>
    fetch(`${base}/${what}`, {
      method: "POST",
      body: new URLSearchParams({ _token: place.dataset.token, path: one.path, upload: one.key, ...values }),
      headers: { "HX-Request": "true" },
    }).then(answer);

  const put = (one, piece) =>
    fetch(`${base}/put?${new URLSearchParams({ path: one.path, upload: one.key, offset: one.done })}`, {
      method: "POST",
      body: piece,
      headers: { "HX-Request": "true", "Rackwright-Token": place.dataset.token, "Content-Type": "application/octet-stream" },
    }).then(answer);

  // One line for each file: name, progress, what became of it, and what can be done.
  function draw(file) {
    const line = make("li", "upload");
    const bar = Object.assign(document.createElement("progress"), { max: 1000, value: 0 });
    const state = make("span", "upload-state");
    const buttons = make("span", "upload-buttons");
    bar.setAttribute("aria-label", file.name);
    line.append(make("b", "", file.name), bar, state, buttons);
    list.append(line);
    return { line, bar, state, buttons };
  }

  function offer(one, choices) {
    one.buttons.replaceChildren(
      ...choices.map(([text, act]) => {
        const button = Object.assign(make("button", "btn btn-quiet", word(text)), { type: "button" });
        button.addEventListener("click", act);
        return button;
      }),
    );
  }

  function show(one) {
    const permille = one.file.size ? Math.floor((one.done * 1000) / one.file.size) : 1000;
    one.bar.value = permille;
    one.state.textContent = word("upload-going", { n: Math.floor(permille / 10) });
  }

  function fail(one, failure) {
    one.line.dataset.state = "failed";
    one.state.textContent = failure.message || word("upload-failed");
    const again = ["upload-again", () => send(one)];
    const over = ["upload-replace", () => send(one, true)];
    const cancel = ["upload-cancel", () => abandon(one)];
    const whole = one.done === one.file.size && failure.status === 409;
    offer(one, whole ? [over, cancel] : [again, cancel]);
  }

  async function abandon(one) {
    one.stopped = true;
    await post("abandon", one, {}).catch(() => {});
    one.line.remove();
  }

  async function pieces(one) {
    let failures = 0;
    while (one.done < one.file.size && !one.stopped) {
      try {
        const said = await put(one, one.file.slice(one.done, one.done + PIECE));
        if (said.bytes > one.file.size) throw Object.assign(new Error(word("upload-failed")), { final: true });
        one.done = said.bytes;
        failures = 0;
        show(one);
      } catch (failure) {
        failures += 1;
        if (failure.final || failures > MOST_FAILURES) throw failure;
        await pause(failures);
      }
    }
  }

  async function send(one, replace) {
    one.line.dataset.state = "going";
    offer(one, [["upload-cancel", () => abandon(one)]]);
    show(one);
    try {
      await pieces(one);
      if (one.stopped) return false;
      await post("finish", one, { bytes: one.file.size, replace: replace === true });
    } catch (failure) {
      if (!one.stopped) fail(one, failure);
      return false;
    }
    one.line.dataset.state = "done";
    one.bar.value = 1000;
    one.state.textContent = word("upload-done");
    one.buttons.replaceChildren();
    if (![...list.children].some((line) => line.dataset.state !== "done")) window.location.reload();
    return true;
  }

  // One after the other: each has the whole line.
  async function take(files) {
    const folder = place.dataset.path.replace(/\/$/, "");
    const all = [...files].map((file) => ({ file, key: key(), path: `${folder}/${file.name}`, done: 0, ...draw(file) }));
    for (const one of all) await send(one);
  }

  chosen.addEventListener("change", () => {
    take(chosen.files);
    chosen.value = "";
  });
  for (const name of ["dragover", "dragenter"]) {
    document.addEventListener(name, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      place.classList.add("dragging");
    });
  }
  document.addEventListener("dragleave", (event) => event.relatedTarget || place.classList.remove("dragging"));
  document.addEventListener("drop", (event) => {
    place.classList.remove("dragging");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...list.children].some((line) => line.dataset.state === "going")) event.preventDefault();
  });
})();
