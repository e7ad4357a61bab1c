// Draws the series of a server with uPlot. The page says the same in words and in a table, so nothing is lost without it.
(() => {
  "use strict";
  const HEIGHT = 132;
  const plots = new Set();
  let tableOpen = false;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const two = (number) => String(number).padStart(2, "0");
  const { word } = window.panel;
  const months = word("months").split(" ");
  const clock = (time) => `${two(time.getHours())}:${two(time.getMinutes())}`;
  const day = (time) => `${time.getDate()} ${months[time.getMonth()]}`;

  function scaled(step, units) {
    return (value) => {
      let unit = 0;
      let number = value;
      while (number >= step && unit + 1 < units.length) {
        number /= step;
        unit += 1;
      }
      return `${number >= 100 || Number.isInteger(number) ? Math.round(number) : number.toFixed(1)} ${units[unit]}`;
    };
  }
  const memory = scaled(1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]);
  const bytes = scaled(1000, ["B", "kB", "MB", "GB", "TB", "PB"]);
  const rate = (value) => `${bytes(value)}/s`;
  const percent = (permille) => `${(permille / 10).toFixed(1)} %`;

  const kinds = {
    cpu: { show: percent, tick: (permille) => `${Math.round(permille / 10)} %`, lines: [["cpu", "CPU", "--busy"]], most: (data) => data.cpuMost },
    memory: { show: memory, lines: [["memory", word("chart-used"), "--chart-memory"]], most: (data) => data.memoryMost, binary: true },
    disk: { show: bytes, lines: [["disk", word("chart-used"), "--chart-disk"]], most: (data) => data.diskMost },
    network: { show: rate, lines: [["in", word("chart-in"), "--good"], ["out", word("chart-out"), "--warn"]] },
  };

  // Where spans are missing the line has a hole instead of a slope that nobody measured.
  function holed(data, names) {
    const columns = [[], ...names.map(() => [])];
    data.at.forEach((at, index) => {
      const before = data.at[index - 1];
      if (index > 0 && at - before > data.span * 1.5) {
        columns[0].push(before + data.span);
        names.forEach((_, column) => columns[column + 1].push(null));
      }
      columns[0].push(at);
      names.forEach((name, column) => columns[column + 1].push(data[name][index]));
    });
    return columns;
  }

  // Four even steps; powers of two for memory, tens for the rest.
  function splits(most, binary) {
    if (most <= 0) return [0, 1];
    const base = binary ? 2 ** Math.floor(Math.log2(most)) : 10 ** Math.floor(Math.log10(most));
    const step = [base / 5, base / 4, base / 2, base, base * 2, base * 5].find((size) => most / size <= 5 && (!binary || size >= base / 4)) || most;
    const marks = [];
    for (let mark = 0; mark <= most * 1.001; mark += step) marks.push(mark);
    return marks;
  }

  function times(plot, marks, __, ___, step) {
    const { min, max } = plot.scales.x;
    return marks.map((mark) => {
      // The corner belongs to the other axis, and at the end there is no room.
      const margin = (max - min) * 0.06;
      if (mark - min < margin || max - mark < margin) return "";
      const time = new Date(mark * 1000);
      const midnight = time.getHours() === 0 && time.getMinutes() === 0;
      return step >= 86400 || midnight ? day(time) : clock(time);
    });
  }

  function draw(place, data) {
    const known = kinds[place.dataset.plot];
    const kind = place.dataset.plot === "disk" && data.binaryDisks ? { ...known, show: memory, binary: true } : known;
    const columns = holed(data, kind.lines.map(([name]) => name));
    const highest = Math.max(1, ...columns.slice(1).flat().filter((value) => value !== null));
    const most = kind.most ? Math.max(kind.most(data), 1) : highest * 1.1;
    const ink = colour("--ink-2");
    const edge = colour("--edge");
    const axis = { stroke: ink, font: "11px system-ui, sans-serif", ticks: { show: false }, grid: { stroke: edge, width: 1 } };
    const last = place.closest("figure").querySelector(".chart-last");
    const rest = last.textContent;
    const options = {
      width: Math.max(120, place.clientWidth),
      height: HEIGHT,
      padding: [6, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, sync: { key: "server" }, points: { size: 6 } },
      scales: { x: { time: true, range: () => [data.from, data.until] }, y: { range: () => [0, most] } },
      axes: [
        { ...axis, values: times, space: 56, size: 24, gap: 4, grid: { show: false } },
        { ...axis, size: 58, gap: 4, splits: () => splits(most, kind.binary), values: (_, marks) => marks.map(kind.tick || kind.show) },
      ],
      series: [
        {},
        ...kind.lines.map(([, label, name], index) => ({
          label,
          stroke: colour(name),
          width: 1.5,
          fill: index === 0 ? `${colour(name)}22` : undefined,
          dash: index === 0 ? undefined : [5, 3],
          points: { show: columns[0].length < 24, size: 4 },
        })),
      ],
      hooks: {
        setCursor: [
          (plot) => {
            const at = plot.cursor.idx;
            if (at === null || at === undefined) return void (last.textContent = rest);
            const time = new Date(columns[0][at] * 1000);
            const values = kind.lines.map(([, label], line) => {
              const value = columns[line + 1][at];
              const text = value === null || value === undefined ? "–" : kind.show(value);
              return kind.lines.length > 1 ? `${text} ${label}` : text;
            });
            last.textContent = `${data.span >= 1800 ? `${day(time)} ` : ""}${clock(time)} · ${values.join(", ")}`;
          },
        ],
      },
    };
    plots.add(new uPlot(options, columns, place));
  }

  function drawAll() {
    plots.forEach((plot) => plot.destroy());
    plots.clear();
    const section = document.querySelector("[data-charts]");
    if (!section) return;
    const data = JSON.parse(section.dataset.charts);
    section.querySelectorAll("[data-plot]").forEach((place) => draw(place, data));
    const table = section.querySelector(".chart-table");
    if (table) {
      table.open = tableOpen;
      table.addEventListener("toggle", () => (tableOpen = table.open));
    }
  }

  function resize() {
    plots.forEach((plot) => {
      const width = Math.max(120, plot.root.parentElement.clientWidth);
      if (width !== plot.width) plot.setSize({ width, height: HEIGHT });
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    drawAll();
    new ResizeObserver(resize).observe(document.getElementById("main"));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "part-charts" || event.target.id === "part-charts") drawAll();
  });
  // The theme is set by another listener of the same events; the colours are read after it.
  const recolour = () => setTimeout(drawAll);
  document.addEventListener("theme-changed", recolour);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
})();
