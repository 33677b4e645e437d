// Histograms of values, with counts on a logarithmic scale, and what is exactly 0 apart at the left.
import { h } from "../dom.js";
import { count } from "../format.js";
import { share } from "../layers/figures.js";
import { axisBelow, axisLeft, between, plot, short, tens } from "./plot.js";

const apart = 44; // room for the bar of zeros

/**
 * histogram(spreads, {width, label, axis, zeros}): the first spread as bars, the second as a line over it. zeros is what
 * the bar of zeros is called; undefined leaves it out.
 */
export function histogram(spreads, { width, label, axis, zeros }) {
  const [first] = spreads;
  const range = [first.low, first.high];
  const most = Math.max(1, ...spreads.flatMap((s) => [...s.bins, zeros ? s.zeros : 0]));
  const p = plot({
    width,
    height: 210,
    x: range,
    y: [0.7, most * 1.15],
    logY: true,
    label,
    left: 46 + (zeros ? apart : 0),
  });
  p.add(
    axisLeft({ ...p, inner: { ...p.inner, left: 46 } }, tens(most), short),
    bars(p, first),
    spreads[1] && outline(p, spreads[1]),
  );
  if (zeros) p.add(zeroBar(p, first, zeros));
  p.add(axisBelow(p, between(...range, Math.max(3, Math.min(7, width / 110))), axis));
  return p.el;
}

const edge = (s, i) => s.low + ((s.high - s.low) * i) / s.bins.length;

function bars(p, s) {
  return s.bins.map((n, i) => {
    if (!n) return undefined;
    const x = p.x(edge(s, i));
    const y = p.y(n);
    return h("rect", {
      class: "bar",
      x: x + 0.25,
      y,
      width: Math.max(0.5, p.x(edge(s, i + 1)) - x - 0.5),
      height: p.inner.bottom - y,
    });
  });
}

function outline(p, s) {
  const points = s.bins
    .flatMap((n, i) => [
      [edge(s, i), n],
      [edge(s, i + 1), n],
    ])
    .map(([x, n]) => `${p.x(x).toFixed(1)},${Math.min(p.inner.bottom, p.y(n)).toFixed(1)}`);
  return h("polyline", { class: "after", points: points.join(" ") });
}

function zeroBar(p, s, label) {
  const x = 52;
  const wide = 12;
  const y = s.zeros ? p.y(s.zeros) : p.inner.bottom;
  return [
    h("rect", { class: "zeros", x, y, width: wide, height: p.inner.bottom - y }),
    h("line", { class: "axis", x1: x - 4, x2: x + wide + 4, y1: p.inner.bottom + 0.5, y2: p.inner.bottom + 0.5 }),
    h("text", { class: "tick", x: x + wide / 2, y: p.inner.bottom + 16, "text-anchor": "middle" }, label),
    h(
      "text",
      { class: "tick", x: x + wide / 2, y: p.inner.bottom + 31, "text-anchor": "middle" },
      share(s.zeros, s.count),
    ),
  ];
}

/** What no bin has, in words. */
export function beyond(s) {
  const parts = [];
  if (s.under + s.over) parts.push(`${count(s.under + s.over)} beyond the ends`);
  if (s.not_finite) parts.push(`${count(s.not_finite)} not a number`);
  return parts.join(", ");
}
