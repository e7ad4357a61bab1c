// The palette: search, go to a page, or take an action, by keyboard alone (ARIA Authoring Practices, combobox pattern).
(() => {
  "use strict";
  const { all, word, part, signedOut, openModal } = window.panel;
  const dialog = document.getElementById("palette");
  const input = document.getElementById("palette-input");
  const list = document.getElementById("palette-list");
  if (!dialog || !input || !list) return;
  const WAIT_MS = 120;
  let timer = 0;
  let asked = 0;

  const options = () => [...all("[role=option]", list)];
  const chosen = () => list.querySelector("[aria-selected=true]");

  function choose(option) {
    options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    if (!option) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  // Answers that come too late are not shown.
  async function ask() {
    asked += 1;
    const mine = asked;
    let text = "";
    try {
      const response = await part(`/parts/palette?q=${encodeURIComponent(input.value)}`);
      if (signedOut(response)) return;
      text = response.ok ? await response.text() : "";
    } catch {
      text = "";
    }
    if (mine !== asked) return;
    list.innerHTML = text;
    const found = options();
    found.forEach((option, at) => (option.id = `palette-option-${at}`));
    input.setAttribute("aria-expanded", String(found.length > 0));
    document.getElementById("palette-count").textContent = found.length ? word("palette-count", { n: found.length }) : word("palette-none");
    if (!found.length) list.innerHTML = `<p class="palette-none"></p>`;
    const none = list.querySelector(".palette-none");
    if (none) none.textContent = word("palette-none");
    choose(found[0]);
  }

  window.panel.openPalette = () => {
    openModal(dialog);
    input.select();
    ask();
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    const found = options();
    const at = found.indexOf(chosen());
    const places = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 8, found.length - 1), PageUp: Math.max(at - 8, 0) };
    if (event.key in places && found.length) {
      event.preventDefault();
      choose(found[(places[event.key] + found.length) % found.length]);
    }
  });
  // Enter goes to what is chosen; while nothing is, to the plain page with the results.
  dialog.querySelector("form").addEventListener("submit", (event) => {
    const option = chosen();
    if (!option) return;
    event.preventDefault();
    dialog.close();
    location.assign(option.href);
  });
  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== chosen()) choose(option);
  });
  dialog.addEventListener("close", () => input.setAttribute("aria-expanded", "false"));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette-open]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    window.panel.openPalette();
  });
})();
