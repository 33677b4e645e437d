// Draws a grid on a canvas.
import { css, ink, rgb } from "./ramp.js";
import { relative, share } from "./figures.js";
import { leastHeight, leastWidth } from "./layout.js";

export const font = (size, weight = 400) =>
  `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif`;

/** How a cell looks: {fill, text, mark}. */
export function lookOf(cell, metric, scale) {
  if (cell.status === "added") return { mark: "+" };
  if (cell.status === "removed") return { mark: "−" };
  if (cell.changed === 0) return { same: true };
  const value = metric.of(cell);
  if (value === null || !Number.isFinite(value)) return { mark: cell.status === "reshaped" ? "◥" : "≠" };
  const text = metric.name === "share" ? share(cell.changed, cell.elements) : relative(value);
  return { fill: rgb(scale.of(value)), text, corner: cell.status === "reshaped" || cell.also.length > 0 };
}

/** g is a 2d context in CSS pixels; p the colours of the theme. */
export function paint(g, l, grid, { metric, scale, colours: p, working, best }) {
  g.clearRect(0, 0, l.width, l.height);
  labels(g, l, grid, p);
  for (const [key, cell] of grid.cells) {
    const [row, column] = key.split(" ").map(Number);
    const box = boxOf(l, row, column);
    if (working && cell.changed > 0) unknown(g, box, p);
    else drawCell(g, box, lookOf(cell, metric, scale), p);
  }
  if (best && !working && l.dense) point(g, l, grid, best, metric, scale, p);
}

/** Where no cell has its number, the one that changed most has it at the right of its row. */
function point(g, l, grid, best, metric, scale, p) {
  const box = boxOf(l, ...best);
  mark(g, box, p.text, 1.5);
  g.font = font(12, 600);
  g.textAlign = "left";
  g.textBaseline = "middle";
  g.fillStyle = p.text;
  const { text } = lookOf(grid.cells.get(best.join(" ")), metric, scale);
  g.fillText(`◂ ${grid.columns[best[1]].label} ${text}`, l.right + 6, box.y + box.h / 2);
}

export function boxOf(l, row, column) {
  return { x: l.xs[column] + l.space / 2, y: l.top + row * l.h + l.space / 2, w: l.w - l.space, h: l.h - l.space };
}

/** A frame around a cell. */
export function mark(g, { x, y, w, h }, colour, width) {
  g.strokeStyle = colour;
  g.lineWidth = width;
  g.strokeRect(x - width / 2 + 0.25, y - width / 2 + 0.25, w + width - 0.5, h + width - 0.5);
}

function unknown(g, { x, y, w, h }, p) {
  g.fillStyle = p.line;
  g.fillRect(x, y, w, h);
}

function drawCell(g, box, look, p) {
  const { x, y, w, h } = box;
  if (look.same) return dot(g, box, p);
  if (look.mark) return glyph(g, box, look.mark, p);
  g.fillStyle = css(look.fill);
  g.fillRect(x, y, w, h);
  if (look.corner && h > 8) corner(g, box, p);
  const size = h >= 58 ? 16 : h >= 26 ? 13 : 11;
  if (h < leastHeight || w < leastWidth) return;
  g.font = font(size);
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillStyle = ink(look.fill);
  if (g.measureText(look.text).width < w - 4) g.fillText(look.text, x + w / 2, y + h / 2 + 0.5);
}

/** What did not change is left empty but for a dot, so that the least change is told from none. */
function dot(g, { x, y, w, h }, p) {
  const r = Math.min(1.6, w / 4, h / 4);
  g.fillStyle = p.faint;
  g.beginPath();
  g.arc(x + w / 2, y + h / 2, r, 0, 7);
  g.fill();
}

function glyph(g, box, text, p) {
  const { x, y, w, h } = box;
  g.strokeStyle = p.line;
  g.lineWidth = 1;
  g.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
  if (h < 7) return;
  g.font = font(Math.min(15, h - 1, w), 600);
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillStyle = p.text;
  g.fillText(text, x + w / 2, y + h / 2 + 0.5);
}

/** A corner says that there is more to a cell than its figure: tensors that were reshaped, came or went. */
function corner(g, { x, y, w }, p) {
  g.fillStyle = p.text;
  g.beginPath();
  g.moveTo(x + w - 7, y);
  g.lineTo(x + w, y);
  g.lineTo(x + w, y + 7);
  g.fill();
}

function labels(g, l, grid, p) {
  g.textBaseline = "middle";
  g.fillStyle = p.faint;
  g.font = font(12);
  g.textAlign = "right";
  const every = l.h >= 12 ? 1 : l.h >= 7 ? 5 : 10;
  if (l.left) {
    grid.rows.forEach((text, i) => i % every === 0 && g.fillText(text, l.left - 10, l.top + i * l.h + l.h / 2));
  }
  if (l.grouped) groupNames(g, l, grid, p);
  g.fillStyle = p.text;
  const step = grid.numbered ? Math.ceil(26 / l.w) : 1;
  grid.columns.forEach((c, i) => i % step === 0 && columnName(g, l, c.label, l.xs[i] + l.w / 2));
}

function columnName(g, l, text, x) {
  g.save();
  g.translate(x, l.top - (l.turned ? 5 : 10));
  if (l.turned) g.rotate(-Math.PI / 4);
  g.textAlign = l.turned ? "left" : "center";
  g.fillText(text, l.turned ? 2 : 0, 0);
  g.restore();
}

/** The name of each group stands at its left, with a line over its columns. */
function groupNames(g, l, grid, p) {
  g.font = font(11);
  g.textAlign = "left";
  let first = 0;
  grid.columns.forEach((c, i) => {
    if (i + 1 < grid.columns.length && grid.columns[i + 1].group === c.group) return;
    const x = l.xs[first];
    const end = l.xs[i] + l.w;
    first = i + 1;
    if (!c.group || c.group === c.label) return;
    g.strokeStyle = p.line;
    g.lineWidth = 1;
    g.beginPath();
    g.moveTo(x + l.space / 2, 16.5);
    g.lineTo(end - l.space / 2, 16.5);
    g.stroke();
    g.fillStyle = p.faint;
    if (g.measureText(c.group).width <= Math.max(end - x, 30) + gapAfter) g.fillText(c.group, x + l.space / 2, 7);
  });
  g.font = font(12);
}

const gapAfter = 8;
