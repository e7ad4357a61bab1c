// What the panel does in the browser beyond links and forms. Everything works without it, except that nothing moves.
(() => {
  "use strict";
  const { all, word, leave, stays } = window.panel;

  // Live updates: one stream per visible page. Browsers allow six connections to a server, so a page that nobody looks
  // at gives its own back, and catches up when it is looked at again.
  const HIDDEN_MS = 15000;
  const SLOWEST_MS = 15000;

  window.addEventListener("submit", ({ target, defaultPrevented }) => {
    if (!defaultPrevented && target.method === "post") leave(true);
  });
  window.addEventListener("pageshow", () => leave(false));
  for (const moment of ["htmx:beforeRequest", "htmx:beforeOnLoad"]) {
    document.addEventListener(moment, (event) => stays() || event.preventDefault());
  }

  class Stream {
    constructor(url) {
      Object.assign(this, { url, listeners: [], wait: 500, readyState: 0, inner: null, ended: false });
      this.listen("signed-out", () => stays() && location.reload());
      document.addEventListener("visibilitychange", () => this.look());
      this.open();
    }
    listen(name, fn) {
      this.addEventListener(name, fn);
    }
    open() {
      clearTimeout(this.timer);
      if (this.inner || this.ended) return;
      this.inner = new EventSource(this.url);
      this.listeners.forEach(([name, fn]) => this.inner.addEventListener(name, fn));
      this.inner.onopen = () => {
        this.wait = 500;
        this.readyState = 1;
        show("live", "live-on");
      };
      this.inner.onerror = () => {
        show("lost", "live-lost");
        this.drop();
        this.timer = setTimeout(() => this.open(), this.wait);
        this.wait = Math.min(this.wait * 2, SLOWEST_MS);
      };
    }
    drop() {
      if (this.inner) this.inner.close();
      this.inner = null;
      this.readyState = 0;
    }
    look() {
      clearTimeout(this.timer);
      if (!document.hidden) return this.open();
      this.timer = setTimeout(() => {
        this.drop();
        show("paused", "live-paused");
      }, HIDDEN_MS);
    }
    addEventListener(name, fn) {
      this.listeners.push([name, fn]);
      if (this.inner) this.inner.addEventListener(name, fn);
    }
    removeEventListener(name, fn) {
      this.listeners = this.listeners.filter(([n, f]) => n !== name || f !== fn);
      if (this.inner) this.inner.removeEventListener(name, fn);
    }
    close() {
      this.ended = true;
      this.drop();
    }
  }

  function show(state, key) {
    const mark = document.getElementById("live-state");
    if (!mark || mark.dataset.state === state) return;
    mark.dataset.state = state;
    mark.querySelector(".live-word").textContent = word(key);
  }

  htmx.createEventSource = (url) => new Stream(url);

  // Relative times.
  function relative(at) {
    const apart = Date.now() - at;
    const s = Math.floor(Math.abs(apart) / 1000);
    if (s < 5) return word("time-now");
    const n = (key, count) => word(key, { n: count });
    const span =
      s < 60 ? n("time-s", s) : s < 3600 ? n("time-min", Math.floor(s / 60)) : s < 172800 ? n("time-h", Math.floor(s / 3600)) : s < 5184000 ? n("time-days", Math.floor(s / 86400)) : null;
    return span && word(apart < 0 ? "time-in" : "time-ago", { span });
  }
  function tell() {
    all("time[datetime]:not([data-fixed])").forEach((mark) => {
      const text = relative(Date.parse(mark.dateTime));
      if (text && text !== mark.textContent) mark.textContent = text;
    });
    all("[data-since]").forEach((mark) => {
      const s = Math.max(0, Math.floor((Date.now() - Number(mark.dataset.since)) / 1000));
      mark.textContent = s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s`;
    });
  }
  setInterval(tell, 1000);

  // Theme.
  const themes = { auto: "light", light: "dark", dark: "auto" };
  function themeWord() {
    all("[data-theme-word]").forEach((mark) => (mark.textContent = word(`theme-${document.documentElement.dataset.theme}`)));
  }
  function nextTheme() {
    const next = themes[document.documentElement.dataset.theme] || "auto";
    try {
      if (next === "auto") localStorage.removeItem("theme");
      else localStorage.setItem("theme", next);
    } catch {
      return; // storage is switched off: the system's theme stays
    }
    document.dispatchEvent(new Event("theme-changed"));
    themeWord();
  }

  async function copy(button) {
    const from = button.dataset.copyFrom;
    const text = from ? document.getElementById(from).textContent : button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return; // not allowed here: the text can still be selected
    }
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1500);
  }

  // Rows of a list of objects.
  function addRow(button) {
    const set = button.closest("[data-rows]");
    const numbers = [...all(`[name^="${set.dataset.rows}."]`, set)].map((input) => Number(input.name.slice(set.dataset.rows.length + 1).split(".")[0]));
    const next = Math.max(-1, ...numbers.filter(Number.isInteger)) + 1;
    const row = set.querySelector("template").content.cloneNode(true);
    all("[name], [id], [for], [aria-describedby]", row).forEach((part) => {
      ["name", "id", "for", "aria-describedby"].forEach((key) => {
        const text = part.getAttribute(key);
        if (text) part.setAttribute(key, text.replaceAll("__N__", next));
      });
    });
    const first = row.querySelector("input, select, textarea");
    set.insertBefore(row, button);
    first.focus();
  }

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    const toCopy = on("[data-copy], [data-copy-from]");
    if (toCopy) copy(toCopy);
    if (on("[data-theme-toggle]")) nextTheme();
    const menu = on("[data-menu]");
    if (menu) menu.setAttribute("aria-expanded", String(document.body.classList.toggle("menu-open")));
    const add = on("[data-add-row]");
    if (add) {
      event.preventDefault();
      addRow(add);
    }
    const remove = on("[data-remove-row]");
    if (remove) {
      event.preventDefault();
      const form = remove.form;
      remove.closest(".row-set").remove();
      form.dispatchEvent(new Event("change", { bubbles: true }));
    }
    all("details.drop[open]").forEach((drop) => {
      if (!drop.contains(event.target)) drop.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details.drop[open]").forEach((drop) => {
      drop.open = false;
      drop.querySelector("summary").focus();
    });
    if (document.body.classList.contains("menu-open")) document.querySelector("[data-menu]").click();
  });

  // A part that is exchanged keeps what the person did with it: opened, or scrolled to its end.
  const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  const follow = (root) => all("[data-follow]", root).forEach((box) => (box.scrollTop = box.scrollHeight));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const old = event.detail.target;
    const open = old.matches("details[open]");
    const boxes = [...all("[data-follow]", old)];
    const following = boxes.every(atEnd);
    const tops = boxes.map((box) => box.scrollTop);
    const id = old.id;
    document.addEventListener(
      "htmx:afterSettle",
      () => {
        const fresh = document.getElementById(id);
        if (!fresh) return;
        if (open) fresh.open = true;
        if (following) follow(fresh);
        else all("[data-follow]", fresh).forEach((box, at) => (box.scrollTop = tops[at] || 0));
        tell();
      },
      { once: true },
    );
  });

  document.addEventListener("DOMContentLoaded", () => {
    themeWord();
    tell();
    follow(document);
  });
})();
