// A heat map of a grid: a canvas that tells what is under the pointer, and has a cursor for the keyboard.
import { fill, h } from "../dom.js";
import { boxOf, font, mark, paint } from "./paint.js";
import { cellAt, layoutOf } from "./layout.js";
import { plain } from "./ramp.js";

const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * heat(grid, {metric, scale, working, best, note, hover, open}) → {el, draw(width, height, several)}. note stands beside the title. hover(cell, box) is
 * told of the cell under pointer or cursor, undefined for none; open(cell) of a click or Enter.
 */
export function heat(grid, o) {
  const canvas = h("canvas", {
    tabindex: "0",
    role: "application",
    "aria-label": `${grid.title}: a heat map of ${grid.rows.length} rows and ${grid.columns.length} columns. Arrow keys go from cell to cell, Enter opens one.`,
  });
  const g = canvas.getContext("2d");
  const top = h("canvas", { class: "over", "aria-hidden": "true" });
  const el = h(
    "figure",
    { class: "heat" },
    h("figcaption", {}, grid.title, o.note),
    fill(h("div", { class: "canvases" }), canvas, top),
  );
  let l, cursor;

  const cell = (at) => at && grid.cells.get(`${at[0]} ${at[1]}`);
  const point = (at) => {
    const c = top.getContext("2d");
    c.clearRect(0, 0, l.width, l.height);
    cursor = at;
    const found = cell(at);
    if (!found) return o.hover(undefined);
    const box = boxOf(l, ...at);
    const page = canvas.getBoundingClientRect();
    mark(c, box, plain().text, 2);
    o.hover(found, { x: page.left + box.x, y: page.top + box.y, w: box.w, h: box.h });
  };
  canvas.addEventListener("pointermove", (e) => {
    const at = cellAt(l, grid, e.offsetX, e.offsetY);
    if (String(at) !== String(cursor)) point(at);
    canvas.style.cursor = cell(at) ? "pointer" : "default";
  });
  canvas.addEventListener("pointerleave", () => point(undefined));
  canvas.addEventListener("blur", () => point(undefined));
  canvas.addEventListener("click", (e) => {
    const found = cell(cellAt(l, grid, e.offsetX, e.offsetY));
    if (found) o.open(found, grid);
  });
  canvas.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && cell(cursor)) return o.open(cell(cursor), grid);
    if (e.key === "Escape") return point(undefined);
    const step = steps[e.key];
    if (!step) return;
    e.preventDefault();
    const next = cursor ? [cursor[0] + step[0], cursor[1] + step[1]] : [0, 0];
    if (grid.rows[next[0]] !== undefined && grid.columns[next[1]] !== undefined) point(next);
  });

  const draw = (width, height, several) => {
    g.font = font(12);
    l = layoutOf(grid, { width, height, several, measure: (text) => g.measureText(text).width });
    for (const c of [canvas, top]) {
      c.width = Math.ceil(l.width * devicePixelRatio);
      c.height = Math.ceil(l.height * devicePixelRatio);
      c.style.width = `${l.width}px`;
      c.style.height = `${l.height}px`;
      c.getContext("2d").setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    }
    paint(g, l, grid, { ...o, colours: plain() });
  };
  return { el, draw };
}
