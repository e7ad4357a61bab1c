// Selecting servers on the wall, and dragging things onto them. Without it the check boxes and buttons do the same.
(() => {
  "use strict";
  const { word } = window.panel;
  const KEPT = "selected-servers";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const places = () => all("[data-server]");
  const pickOf = (place) => place.querySelector(".pick");
  const picks = () => all(".pick");
  const count = () => document.getElementById("bulk-count");
  let selected = new Set();
  let anchor = null;

  try {
    selected = new Set(JSON.parse(sessionStorage.getItem(KEPT) || "[]"));
  } catch {
    // storage is switched off: the selection lasts as long as the page
  }

  // What is not shown is not selected: nobody acts on a server that cannot be seen.
  function paint() {
    const shown = new Set(picks().map((pick) => pick.value));
    selected = new Set([...selected].filter((name) => shown.has(name)));
    picks().forEach((pick) => (pick.checked = selected.has(pick.value)));
    const bar = document.getElementById("bulk");
    if (!bar) return;
    bar.classList.toggle("has-selection", selected.size > 0);
    const key = selected.size === 0 ? "bulk-none" : selected.size === 1 ? "bulk-selected-one" : "bulk-selected";
    const words = word("ofPrivate" in bar.dataset ? `${key}-private` : key, { n: selected.size });
    if (count().textContent !== words) count().textContent = words;
    all("button", bar).forEach((button) => (button.disabled = selected.size === 0));
    try {
      sessionStorage.setItem(KEPT, JSON.stringify([...selected]));
    } catch {
      // as above
    }
  }

  function set(name, on) {
    if (on) selected.add(name);
    else selected.delete(name);
  }

  function toggle(place, upTo) {
    const name = place.dataset.server;
    const order = places().map((one) => one.dataset.server);
    if (upTo && anchor && order.includes(anchor)) {
      const [from, to] = [order.indexOf(anchor), order.indexOf(name)].sort((a, b) => a - b);
      order.slice(from, to + 1).forEach((one) => set(one, true));
    } else {
      set(name, !selected.has(name));
      anchor = name;
    }
    paint();
  }

  function go(path, pairs) {
    location.assign(`${path}?${new URLSearchParams(pairs)}`);
  }

  // One server has a form of its own; several are confirmed together.
  function install(profile, names) {
    if (names.length === 1) go("/act/server/install", [["server", names[0]], ["profile", profile]]);
    else go("/bulk/server/install", [["profile", profile], ...names.map((name) => ["server", name])]);
  }

  document.addEventListener("click", (event) => {
    const place = event.target.closest("[data-server]");
    if (!place || !document.getElementById("bulk")) return;
    if (event.target.matches(".pick")) {
      // The browser has changed the box already; the selection decides.
      toggle(place, event.shiftKey);
    } else if (event.target.closest(".tile") && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      toggle(place, event.shiftKey);
    }
  });
  // Shift and a click would mark text.
  document.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest("[data-server]")) event.preventDefault();
  });

  document.addEventListener("submit", (event) => {
    const profile = event.submitter && event.submitter.dataset.profile;
    if (!profile) return;
    event.preventDefault();
    if (selected.size > 0) return install(profile, [...selected]);
    count().textContent = word("bulk-select-first", { name: profile });
    document.getElementById("bulk").classList.add("asks");
    setTimeout(() => document.getElementById("bulk").classList.remove("asks"), 1500);
  });
  document.addEventListener("reset", (event) => {
    if (event.target.id !== "bulk") return;
    event.preventDefault();
    selected.clear();
    paint();
  });

  // The nearest tile in the direction of an arrow key, by where it is drawn.
  function neighbour(link, key) {
    const from = link.getBoundingClientRect();
    const across = key === "ArrowLeft" || key === "ArrowRight";
    const forward = key === "ArrowRight" || key === "ArrowDown";
    const links = all(".tile");
    if (across) return links[links.indexOf(link) + (forward ? 1 : -1)];
    const others = links
      .map((other) => ({ other, at: other.getBoundingClientRect() }))
      .filter(({ at }) => (forward ? at.top > from.bottom - 4 : at.bottom < from.top + 4));
    others.sort((a, b) => Math.abs(a.at.top - from.top) - Math.abs(b.at.top - from.top) || Math.abs(a.at.left - from.left) - Math.abs(b.at.left - from.left));
    return others.length ? others[0].other : null;
  }

  document.addEventListener("keydown", (event) => {
    if (!document.getElementById("bulk") || event.target.closest("input:not(.pick), select, textarea")) return;
    const place = event.target.closest("[data-server]");
    if (event.key === " " && place && event.target.matches(".tile")) {
      event.preventDefault();
      toggle(place, event.shiftKey);
    } else if (event.key === "a" && (event.ctrlKey || event.metaKey) && picks().length) {
      event.preventDefault();
      places().forEach((one) => set(one.dataset.server, true));
      paint();
    } else if (event.key === "Escape" && selected.size > 0 && !document.querySelector("details.drop[open], dialog[open]")) {
      selected.clear();
      paint();
    } else if (event.key.startsWith("Arrow") && event.target.matches(".tile")) {
      const next = neighbour(event.target, event.key);
      if (next) {
        event.preventDefault();
        next.focus();
      }
    }
  });

  // Dragging: a profile onto servers, a server onto a unit of a rack, a private server onto another server.
  let dragged = null;
  const goals = () => all(".drop-goal");
  const clear = () => goals().forEach((goal) => goal.classList.remove("drop-goal"));

  document.addEventListener("dragstart", (event) => {
    const source = event.target.closest("[data-profile], [data-unplaced], [data-private]");
    if (!source) return;
    const { profile, unplaced, private: guest, on } = source.dataset;
    dragged = profile ? { profile } : unplaced ? { server: unplaced } : { guest, on };
    event.dataTransfer.effectAllowed = "link";
    event.dataTransfer.setData("text/plain", profile || unplaced || guest);
    document.body.classList.add("dragging");
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    clear();
    document.body.classList.remove("dragging");
  });

  function goalOf(target) {
    if (!dragged || !target.closest) return null;
    if (dragged.profile) return target.closest("[data-server]");
    if (dragged.server) return target.closest("[data-unit]");
    const goal = target.closest("[data-goal]");
    return goal && goal.dataset.goal !== dragged.on ? goal : null;
  }
  // Dropped on a selected server, it is meant for the whole selection.
  const meant = (place) => (selected.has(place.dataset.server) ? [...selected] : [place.dataset.server]);

  document.addEventListener("dragover", (event) => {
    const goal = goalOf(event.target);
    if (!goal) return void clear();
    event.preventDefault();
    event.dataTransfer.dropEffect = "link";
    if (goal.classList.contains("drop-goal")) return;
    clear();
    if (!dragged.profile) return void goal.classList.add("drop-goal");
    const names = new Set(meant(goal));
    places().forEach((place) => place.classList.toggle("drop-goal", names.has(place.dataset.server)));
  });
  document.addEventListener("drop", (event) => {
    const goal = goalOf(event.target);
    if (!goal) return;
    event.preventDefault();
    if (dragged.profile) install(dragged.profile, meant(goal));
    else if (dragged.guest) go("/act/private-server/move", [["private_server", dragged.guest], ["to", goal.dataset.goal]]);
    else go("/act/server/place", [["server", dragged.server], ["rack", goal.dataset.rack], ["unit", goal.dataset.unit]]);
  });

  document.addEventListener("DOMContentLoaded", paint);
  document.addEventListener("htmx:afterSettle", paint);
  window.addEventListener("pageshow", paint);
})();
