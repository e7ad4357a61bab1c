// The picture of the room on servers follows what is typed. Without this script the server draws it again.
(() => {
  "use strict";
  const { all } = window.panel;
  const comma = document.documentElement.lang === "de";

  const tenths = (number) => {
    const text = String(Math.floor(number * 10 + 1e-6) / 10);
    return comma ? text.replace(".", ",") : text;
  };
  function scaled(number, step, units) {
    let unit = 0;
    while (number >= step && unit + 1 < units.length) {
      number /= step;
      unit += 1;
    }
    return `${tenths(number)} ${units[unit]}`;
  }
  const binary = (number) => scaled(number, 1024, ["MiB", "GiB", "TiB"]);
  const amounts = {
    cpu: (number) => `${tenths(number / 10)} %`,
    memory: binary,
    disk: binary,
    bandwidth: (number) => scaled(number, 1000, ["kbit/s", "Mbit/s", "Gbit/s"]),
  };

  function drawBar(bar, form) {
    const { resource, field } = bar.dataset;
    const [whole, promised] = [Number(bar.dataset.whole), Number(bar.dataset.promised)];
    const typed = Number(form.elements[`size.${field}`]?.value);
    // A disk on a NAS takes nothing of the server.
    const elsewhere = bar.hasAttribute("data-elsewhere") || (resource === "disk" && form.elements.nas?.value);
    // What is left blank in a resize stays as it is.
    const given = Number.isInteger(typed) && typed > 0 ? typed : Number(bar.dataset.own);
    const asked = elsewhere ? 0 : given;
    const length = (number) => (whole > 0 ? Math.min(1000, Math.floor((number * 1000) / whole)) : 1000);
    const short = promised + asked > whole;
    bar.toggleAttribute("data-short", short);
    bar.querySelector(".room-asked").setAttribute("width", Math.min(length(asked), 1000 - length(promised)));
    const amount = amounts[resource];
    bar.querySelector(".room-sum").textContent = `${amount(promised)} + ${amount(asked)} ${short ? ">" : "≤"} ${amount(whole)}`;
    return !short;
  }

  function draw(room) {
    const form = room.closest("form");
    const chosen = form.elements.server?.value;
    // Before all of it is told, nobody can say that it fits.
    const told = Boolean(form.elements.private_server) || [...all(".room-bar", room)].every((bar) => Number(form.elements[`size.${bar.dataset.field}`]?.value) > 0);
    all("[data-room-server]", room).forEach((server) => {
      server.toggleAttribute("data-chosen", server.dataset.roomServer === chosen);
      const enough = [...all(".room-bar", server)].map((bar) => drawBar(bar, form)).every(Boolean);
      const short = !enough || server.hasAttribute("data-shut");
      const fits = told && !short;
      server.classList.toggle("tone-good", fits);
      server.classList.toggle("tone-bad", short);
      server.classList.toggle("tone-calm", !fits && !short);
      all(".room-fits", server).forEach((mark) => (mark.hidden = !fits));
      all(".room-short", server).forEach((mark) => (mark.hidden = !short));
    });
  }

  const roomOf = (target) => target.closest?.("form")?.querySelector("[data-room]");
  for (const moment of ["input", "change"]) {
    document.addEventListener(moment, (event) => {
      const room = roomOf(event.target);
      if (room) draw(room);
    });
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-size]");
    const form = button?.form;
    if (!form) return;
    event.preventDefault();
    Object.entries(JSON.parse(button.dataset.size)).forEach(([field, value]) => {
      const control = form.elements[`size.${field}`];
      if (control) control.value = value;
    });
    form.elements["size.cpu_permille"]?.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
