/* The trend chart, and what folds on phones. Everything drawn here also stands in a table. */
"use strict";

const colours = getComputedStyle(document.documentElement);
const colour = (name) => colours.getPropertyValue(`--${name}`).trim();
const dayName = (iso) => `${Number(iso.slice(5, 7))}月${Number(iso.slice(8, 10))}日`;
const grouped = (count) => count.toLocaleString("en-US");

document.addEventListener("click", (event) => {
  const unfold = event.target.closest("[data-unfold]");
  if (unfold) {
    document.getElementById(unfold.dataset.unfold).classList.add("open");
    unfold.remove();
  }
  const choice = event.target.closest("[data-show]");
  if (choice) show(choice);
});

function show(choice) {
  for (const other of choice.parentElement.children) {
    const chosen = other === choice;
    other.setAttribute("aria-pressed", String(chosen));
    document.getElementById(other.dataset.show).hidden = !chosen;
  }
  const box = document.querySelector(`#${choice.dataset.show} [data-chart]`);
  if (box) draw(box);
}

/* The library is fetched only when the chart comes into view: a phone's page stays light. */
let library;
function load(source) {
  library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
  return library;
}

async function draw(box) {
  if (box.dataset.drawn) return;
  box.dataset.drawn = "1";
  try {
    await load(box.dataset.src);
  } catch {
    // The server's own drawing stays.
    return;
  }
  box.hidden = false;
  document.getElementById("trend-plain").remove();
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const chart = window.echarts.init(box, null, { renderer: "svg" });
  const paint = () => chart.setOption(options(data, box.clientWidth < 520), true);
  paint();
  new ResizeObserver(() => {
    chart.resize();
    paint();
  }).observe(box);
}

function options(data, narrow) {
  const last = data.days.at(-1);
  const right = narrow ? 16 : 108;
  const left = narrow ? 44 : 64;
  const x = (index, labels) => ({
    type: "time", gridIndex: index, min: data.start, max: data.deadline, splitLine: { show: false },
    axisLabel: labels ? { color: colour("ink-3"), fontSize: 12, customValues: monthStarts(data), formatter: (at) => dayName(iso(at)), hideOverlap: true } : { show: false },
    axisTick: { show: false }, axisLine: { lineStyle: { color: colour("edge") } }, axisPointer: { show: true },
  });
  const y = (index, extra) => ({
    type: "value", gridIndex: index, min: 0, splitNumber: 4, splitLine: { showMaxLine: false, lineStyle: { color: colour("line") } },
    axisLabel: { color: colour("ink-3"), fontSize: 12, showMaxLabel: false, ...extra.axisLabel }, ...extra.rest,
  });
  const pairs = (values) => data.days.map((day, index) => [day, values[index]]);
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: [
      { left, right, top: 34, height: narrow ? 190 : 262 },
      { left, right, bottom: 12, height: narrow ? 50 : 66 },
    ],
    xAxis: [x(0, true), x(1, false)],
    yAxis: [
      y(0, { axisLabel: { formatter: (n) => (narrow && n ? `${n / 10000}万` : grouped(n)) }, rest: { max: (range) => Math.max(range.max, data.goal || 0) * 1.04 } }),
      y(1, { axisLabel: { formatter: (n) => `${n} %`, showMaxLabel: true }, rest: { splitNumber: 1, max: (range) => Math.ceil(Math.max(range.max, data.limit * 2) / 5) * 5 } }),
    ],
    tooltip: { trigger: "axis", confine: true, formatter: (points) => tip(data, points) },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    series: [
      line(0, pairs(data.first), colour("first-line"), 2.5, endLabel("第一针", data.first, last, narrow, "left")),
      line(0, pairs(data.full), colour("full"), 3.5, endLabel("全程", data.full, last, narrow, narrow ? "bottom" : "right")),
      ...goalLines(data, narrow),
      ...forecast(data, last, narrow),
      ...changed(data),
      {
        ...line(1, pairs(data.dropout), colour("over"), 2.5, endLabel("脱失率", data.dropout, last, narrow, narrow ? "top" : "right", (rate) => `${rate.toFixed(2)} %`, colour("over"))),
        markLine: still([{ yAxis: data.limit }], colour("ink"), "solid", narrow ? "" : `限值 ${data.limit} %`),
      },
    ],
  };
}

const iso = (at) => {
  const day = new Date(at);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
};

function monthStarts(data) {
  const days = [data.start];
  for (let month = 1; month < 24; month += 1) {
    const day = new Date(Number(data.start.slice(0, 4)), Number(data.start.slice(5, 7)) - 1 + month, 1);
    if (iso(day) >= data.deadline) break;
    days.push(iso(day));
  }
  // The last label is the deadline; a month that begins just before it makes room.
  const close = new Date(data.deadline) - new Date(days.at(-1)) < 9 * 24 * 3600 * 1000;
  return [...(close ? days.slice(0, -1) : days), data.deadline].map((day) => new Date(`${day}T00:00`).getTime());
}

function line(grid, points, stroke, width, label) {
  return {
    type: "line", xAxisIndex: grid, yAxisIndex: grid, data: points, showSymbol: false, connectNulls: true, z: 3,
    lineStyle: { color: stroke, width }, itemStyle: { color: stroke }, emphasis: { disabled: true }, ...label,
  };
}

/* The line says its own name and value at its end: no legend to hunt in. */
function endLabel(name, values, last, narrow, position, shown = grouped, stroke = "") {
  const value = values.at(-1);
  if (value === null || value === undefined) return {};
  return {
    markPoint: {
      symbol: "circle", symbolSize: 8, silent: true, data: [{ coord: [last, value] }],
      label: { show: true, formatter: `${name} ${shown(value)}`, position, offset: position === "left" ? [0, -14] : [0, 0], color: stroke || colour("brand"), fontWeight: 600, fontSize: narrow ? 12 : 13, distance: 8, textBorderColor: "#fff", textBorderWidth: 3 },
    },
  };
}

function still(data, stroke, type, label, position = "end") {
  return {
    silent: true, symbol: "none", animation: false, data, lineStyle: { color: stroke, type, width: type === "solid" ? 2 : 1.5 },
    label: { show: Boolean(label), formatter: label, position, color: colour("ink"), fontWeight: 600, fontSize: 13 },
  };
}

function goalLines(data, narrow) {
  const today = { type: "line", xAxisIndex: 0, yAxisIndex: 0, data: [], markLine: still([{ xAxis: data.days.at(-1) }], colour("edge"), "dotted", narrow ? "" : dayName(data.days.at(-1))) };
  if (!data.goal) return [today];
  const done = data.judged === "full" ? data.full : data.first;
  const label = `目标 ${grouped(data.goal)}`;
  return [
    today,
    { type: "line", data: [], markLine: still([{ yAxis: data.goal }], colour("ink"), "solid", label, narrow ? "insideStartTop" : "end") },
    {
      type: "line", data: [[data.days[0], done[0]], [data.deadline, data.goal]], showSymbol: false, silent: true, emphasis: { disabled: true },
      lineStyle: { color: colour("ink-3"), type: "dashed", width: 1.5 }, itemStyle: { color: colour("ink-3") },
    },
  ];
}

/* Dotted, in the colour of its line, ending in an open circle with the day. */
function forecast(data, last, narrow) {
  if (!data.forecast || !data.goal) return [];
  const full = data.judged === "full";
  const from = (full ? data.full : data.first).at(-1);
  const stroke = colour(full ? "full" : "first-line");
  const late = data.forecast > data.deadline;
  const span = new Date(data.forecast) - new Date(last);
  const reached = late ? from + ((data.goal - from) * (new Date(data.deadline) - new Date(last))) / span : data.goal;
  const end = [late ? data.deadline : data.forecast, reached];
  return [{
    type: "line", data: [[last, from], end], showSymbol: false, silent: true, emphasis: { disabled: true },
    lineStyle: { color: stroke, type: "dotted", width: 2.5 },
    markPoint: {
      symbol: "circle", symbolSize: 10, silent: true, data: [{ coord: end }], itemStyle: { color: "#fff", borderColor: stroke, borderWidth: 2 },
      label: { show: true, formatter: `${narrow ? "" : "照近7天日均："}${dayName(data.forecast)}`, position: late ? "left" : "top", color: colour("brand"), fontWeight: 600, fontSize: narrow ? 12 : 13, distance: 8, textBorderColor: "#fff", textBorderWidth: 3 },
    },
  }];
}

/* A deadline that was changed: the old day dashed and hollow, the new one solid; the words stand under the chart. */
function changed(data) {
  const days = data.changes.flatMap(({ name, old, new: now }) => [[old, name, false], [now, name, true]]);
  return days.filter(([day]) => day >= data.start && day <= data.deadline).map(([day, name, isNew]) => ({
    type: "line", xAxisIndex: 0, yAxisIndex: 0, data: [],
    markLine: still([{ xAxis: day }], colour("attention"), isNew ? "solid" : "dashed", ""),
    markPoint: {
      symbol: "circle", symbolSize: 9, data: [{ coord: [day, 0] }], label: { show: false },
      itemStyle: { color: isNew ? colour("attention") : "#fff", borderColor: colour("attention"), borderWidth: 2 },
    },
    tooltip: { formatter: name },
  }));
}

function tip(data, points) {
  const at = data.days.indexOf(iso(points[0].axisValue));
  if (at < 0) return "";
  const rate = data.dropout[at];
  return `<b>${dayName(data.days[at])}</b><br>第一针 ${grouped(data.first[at])} 人<br>全程 ${grouped(data.full[at])} 人<br>脱失率 ${rate === null ? "—" : `${rate.toFixed(2)} %`}`;
}

/* A cadre's page stays under 100 kB on a phone: there the server's own drawing does until it is asked for. */
const staysPlain = (box) => box.dataset.onDemand !== undefined && window.innerWidth < 720;

document.querySelectorAll("[data-chart]").forEach((box) => {
  document.getElementById("trend-table").hidden = true;
  if (staysPlain(box)) return;
  new IntersectionObserver((entries, watcher) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    draw(box);
  }, { rootMargin: "200px" }).observe(box.parentElement);
});
