// The key to the colours: the ramp with its numbers, and over it a stroke for each cell, so that one sees how the changes are
// spread.
import { h } from "../dom.js";
import { css, plain, rgb } from "./ramp.js";
import { font } from "./paint.js";
import { relative } from "./figures.js";

const wide = 320;
const strokes = 14;
const bar = 12;
const below = 20;
const pad = 22;

/** legend(values, scale, label, cells) → {el, draw(), point(value)}; of what is no colour it tells what cells have. */
export function legend(values, scale, label, cells) {
  const canvas = h("canvas", {
    role: "img",
    "aria-label": `${label}: from ${relative(scale.low)} to ${relative(scale.high)}${scale.log ? ", on a logarithmic scale" : ""}`,
  });
  const g = canvas.getContext("2d");
  const x = (value) => pad + scale.of(value) * wide;
  let pointed;
  const draw = () => {
    const p = plain();
    canvas.width = (wide + 2 * pad) * devicePixelRatio;
    canvas.height = (strokes + bar + below) * devicePixelRatio;
    canvas.style.width = `${wide + 2 * pad}px`;
    canvas.style.height = `${strokes + bar + below}px`;
    g.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    ramp(g);
    g.globalAlpha = Math.max(0.15, Math.min(0.8, 30 / values.length));
    for (const v of values) stroke(g, x(v), 2, strokes - 2, p.text, 1);
    g.globalAlpha = 1;
    numbers(g, x, scale, p);
    if (pointed !== undefined) stroke(g, x(pointed), 0, strokes + bar + 2, p.text, 2);
  };
  return {
    el: h("div", { class: "legend" }, h("span", { class: "label" }, label), canvas, key(cells)),
    draw,
    point: (value) => {
      pointed = value;
      draw();
    },
  };
}

function ramp(g) {
  for (let i = 0; i < wide; i++) {
    g.fillStyle = css(rgb(i / (wide - 1)));
    g.fillRect(pad + i, strokes, 1.5, bar);
  }
}

function stroke(g, x, y, length, colour, width) {
  g.fillStyle = colour;
  g.fillRect(Math.round(x - width / 2), y, width, length);
}

function numbers(g, x, scale, p) {
  g.font = font(11);
  g.textAlign = "center";
  g.textBaseline = "top";
  for (const t of scale.ticks) {
    stroke(g, x(t), strokes + bar, 3, p.faint, 1);
    g.fillStyle = p.faint;
    g.fillText(relative(t), x(t), strokes + bar + 6);
  }
}

const marks = [
  ["·", "unchanged", (c) => c.changed === 0],
  ["+", "added", (c) => c.status === "added"],
  ["−", "removed", (c) => c.status === "removed"],
  ["◥", "another shape, or tensors added or removed", (c) => c.status === "reshaped" || c.also.length > 0],
  ["≠", "no figure", (c) => c.changed > 0 && c.rel_l2 === null && c.status === "changed"],
];

/** What is no colour. */
const key = (cells) =>
  h(
    "ul",
    { class: "key" },
    marks.filter(([, , has]) => cells.some(has)).map(([sign, text]) => h("li", {}, h("b", {}, sign), ` ${text}`)),
  );
