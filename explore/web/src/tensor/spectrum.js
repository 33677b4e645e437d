// Singular values of a change: how large each is, and what share of the change the first ones hold together.
import { h } from "../dom.js";
import { figure, relative, share } from "../layers/figures.js";
import { axisBelow, axisLeft, between, plot } from "./plot.js";

/** How many of the first directions hold a share of the change; undefined if those that are known do not. */
export function directionsFor(s, part) {
  const i = s.energy.findIndex((e) => e >= part);
  return i < 0 ? undefined : i + 1;
}

/** The values, on a logarithmic scale, with what rounding alone may give. */
export function values(s, width) {
  const least = Math.max(s.values[0] * 1e-6, s.floor / 10);
  const shown = s.values.filter((v) => v > least);
  const low = Math.min(shown[shown.length - 1], s.floor > s.values[0] * 1e-6 ? s.floor : Infinity);
  const p = plot({
    width,
    height: 230,
    x: [1, Math.max(2, s.values.length)],
    y: [low * 0.8, s.values[0] * 1.2],
    logY: true,
    label: `Singular values: the largest is ${figure(s.values[0])}`,
  });
  const marks = shown.map((v, i) =>
    h("circle", {
      class: v > s.floor ? "value" : "value below",
      cx: p.x(i + 1),
      cy: p.y(v),
      r: shown.length > 120 ? 1.6 : 2.4,
    }),
  );
  p.add(
    axisLeft(p, logTicks(low, s.values[0])),
    marks,
    s.floor > low * 0.8 && s.floor < s.values[0] * 1.2 && floor(p, s),
    last(p, s),
    axisBelow(p, between(1, s.values.length, 6).filter(Number.isInteger), "direction", String),
  );
  return p.el;
}

/** Says which is the last value above what rounding may give, where the next ones are below. */
function last(p, s) {
  if (!s.rank || s.rank >= s.values.length) return [];
  return [h("text", { class: "mark", x: p.x(s.rank) + 8, y: p.y(s.values[s.rank - 1]) + 4 }, `rank ${s.rank}`)];
}

function floor(p, s) {
  const y = p.y(s.floor);
  return [
    h("line", { class: "floor", x1: p.inner.left, x2: p.inner.right, y1: y, y2: y }),
    h("text", { class: "tick", x: p.inner.right, y: y - 5, "text-anchor": "end" }, "what rounding may give"),
  ];
}

/** 1, 2 and 5 of each power of ten; only powers where these are many. */
function logTicks(low, high) {
  const all = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10)
    for (const n of [1, 2, 5]) all.push(Number((n * power).toPrecision(3)));
  const inside = all.filter((v) => v >= low * 0.8 && v <= high * 1.2);
  return inside.length <= 6 ? inside : inside.filter((v) => /^1/.test(v.toExponential()));
}

const parts = [0.5, 0.9, 0.99];

/** The share of the change in the first directions, with where it passes half and nine tenths. */
export function held(s, width) {
  const all = directionsFor(s, 0.999) ?? s.energy.length;
  const n = Math.min(s.energy.length, Math.max(8, Math.ceil(all * 1.4)));
  const p = plot({
    width,
    height: 230,
    x: [0, n],
    y: [0, 1],
    label: `Share of the change in the first directions: ${relative(s.energy[n - 1])} in ${n}`,
  });
  const points = [[0, 0], ...s.energy.slice(0, n).map((e, i) => [i + 1, e])].map(
    ([x, y]) => `${p.x(x).toFixed(1)},${p.y(y).toFixed(1)}`,
  );
  const last = `${p.x(n).toFixed(1)},${p.inner.bottom} ${p.x(0).toFixed(1)},${p.inner.bottom}`;
  p.add(
    axisLeft(p, [0, 0.25, 0.5, 0.75, 1], (v) => `${100 * v}%`),
    h("polygon", { class: "under", points: `${points.join(" ")} ${last}` }),
    h("polyline", { class: "curve", points: points.join(" ") }),
    parts.flatMap((part) => passing(p, s, part)),
    axisBelow(p, between(0, n, 6).filter(Number.isInteger), "directions", String),
  );
  return p.el;
}

function passing(p, s, part) {
  const rank = directionsFor(s, part);
  if (!rank || (part === 0.99 && rank < 3 * directionsFor(s, 0.9))) return [];
  const e = s.energy[rank - 1];
  const x = p.x(rank);
  const y = p.y(e);
  const left = x > p.inner.right - 140;
  return [
    h("circle", { class: "passing", cx: x, cy: y, r: 3.5 }),
    h(
      "text",
      { class: "mark", x: left ? x - 8 : x + 8, y: y + 16, "text-anchor": left ? "end" : "start" },
      `${rank === 1 ? "1 direction" : `${rank} directions`}: ${share(e, 1)}`,
    ),
  ];
}
