// Keyboard shortcuts, and the drawer with help for the page.
(() => {
  "use strict";
  const { all, typing, part, signedOut, openModal } = window.panel;
  // Time between `g` and the key of a page.
  const SECOND_KEY_MS = 1500;
  const KEPT = "single-keys";
  const single = document.getElementById("single-keys");
  let waiting = 0;

  const kept = () => {
    try {
      return localStorage.getItem(KEPT) !== "off";
    } catch {
      return true; // storage is switched off
    }
  };
  if (single) {
    single.checked = kept();
    single.addEventListener("change", () => {
      try {
        localStorage.setItem(KEPT, single.checked ? "on" : "off");
      } catch {
        return; // the choice holds for this page
      }
    });
  }

  async function openHelp(link) {
    const drawer = document.getElementById("help");
    const body = document.getElementById("help-body");
    try {
      const response = await part(`/parts/help${new URL(link.href).search}`);
      if (signedOut(response)) return;
      body.innerHTML = await response.text();
    } catch {
      location.assign(link.href);
      return;
    }
    const text = body.querySelector("[data-title]");
    if (text) document.getElementById("help-title").textContent = text.dataset.title;
    openModal(drawer);
    body.scrollTop = 0;
  }

  function pressed(key) {
    const help = document.querySelector("[data-help-open]");
    if (key === "/") window.panel.openPalette?.();
    else if (key === "?") openModal(document.getElementById("shortcuts"));
    else if (key === "h" && help) openHelp(help);
    else if (key === "g") waiting = Date.now() + SECOND_KEY_MS;
    else return false;
    return true;
  }

  document.addEventListener("keydown", (event) => {
    const palette = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
    if (palette && window.panel.openPalette) {
      event.preventDefault();
      window.panel.openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !single?.checked || document.querySelector("dialog[open]")) return;
    const page = waiting > Date.now() && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    waiting = 0;
    if (page) location.assign(page.href);
    else if (!pressed(event.key)) return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-help-open]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    openHelp(link);
  });

  // The tray stays folded for who folded it. Where it would cover much of the page it is folded until somebody unfolds it.
  const crowded = () => matchMedia("(max-width: 48rem)").matches || document.querySelector(".dock, .console, .room");
  const folded = (state) => {
    try {
      if (state === undefined) return (localStorage.getItem("tray") || (crowded() ? "folded" : "open")) === "folded";
      localStorage.setItem("tray", state ? "folded" : "open");
    } catch {
      return Boolean(state); // storage is switched off
    }
    return state;
  };
  const fold = () => all("#tray-details").forEach((tray) => (tray.open = !folded()));
  document.addEventListener("click", (event) => {
    if (event.target.closest("#tray-details > summary")) folded(document.getElementById("tray-details").open);
  });
  document.addEventListener("htmx:afterSwap", fold);
  fold();
})();
