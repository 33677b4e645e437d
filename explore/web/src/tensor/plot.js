// A plot in SVG: a field with room for axes, and marks of it.
import { h } from "../dom.js";
import ticks from "../../vendor/d3-array-3.2.4/src/ticks.js";
import { figure } from "../layers/figures.js";

const room = { left: 46, right: 14, top: 8, bottom: 34 };

/** Plots are higher where the window is. */
const stretch = () => Math.max(1, Math.min(1.5, innerHeight / 900));

/** plot({width, height, x: [from, to], y: [from, to], logY, label}) → {el, x(v), y(v), add(...marks), …} */
export function plot({ width, height, x, y, logY = false, label, left = room.left, bottom = room.bottom }) {
  height = Math.round(height * stretch());
  const inner = { left, right: width - room.right, top: room.top, bottom: height - bottom };
  const el = h("svg", { width, height, role: "img", "aria-label": label });
  const place = (v, [from, to], a, b) => a + ((v - from) / (to - from || 1)) * (b - a);
  const of = logY ? (v) => Math.log10(Math.max(v, y[0])) : (v) => v;
  const range = y.map(of);
  return {
    el,
    inner,
    x: (v) => place(v, x, inner.left, inner.right),
    y: (v) => place(of(v), range, inner.bottom, inner.top),
    add: (...marks) => el.append(...marks.flat().filter(Boolean)),
  };
}

/** Numbers below the field, and what they are. */
export function axisBelow(p, values, title, text = (v) => figure(v)) {
  const y = p.inner.bottom;
  return [
    h("line", { class: "axis", x1: p.inner.left, x2: p.inner.right, y1: y + 0.5, y2: y + 0.5 }),
    ...values.flatMap((v) => [
      h("line", { class: "axis", x1: p.x(v), x2: p.x(v), y1: y, y2: y + 4 }),
      h("text", { class: "tick", x: p.x(v), y: y + 16, "text-anchor": "middle" }, text(v)),
    ]),
    title &&
      h("text", { class: "tick", x: (p.inner.left + p.inner.right) / 2, y: y + 31, "text-anchor": "middle" }, title),
  ];
}

/** Numbers at the left, with faint lines across. */
export function axisLeft(p, values, text = (v) => figure(v)) {
  return values.flatMap((v) => [
    h("line", { class: "rule", x1: p.inner.left, x2: p.inner.right, y1: p.y(v), y2: p.y(v) }),
    h("text", { class: "tick", x: p.inner.left - 8, y: p.y(v) + 4, "text-anchor": "end" }, text(v)),
  ]);
}

export const between = (from, to, n) => ticks(from, to, n);

/** Powers of ten up to a count, at most five of them. */
export function tens(most) {
  const last = Math.floor(Math.log10(Math.max(1, most)));
  const step = Math.ceil((last + 1) / 5);
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => 10 ** (i * step));
}

/** 12345 → "12k" */
export const short = (n) =>
  n >= 1e9 ? `${n / 1e9}G` : n >= 1e6 ? `${n / 1e6}M` : n >= 1e3 ? `${n / 1e3}k` : String(n);
