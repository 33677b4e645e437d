// The Wall is the picture: rows of cells on a canvas, their names at its left, an axis of bytes above, and marks on a
// second canvas over it, so that pointing at a cell does not draw all again. It draws in animation frames and only what
// is in sight.
import { h } from "../dom.js";
import { themed } from "../colour.js";
import { Chunks } from "./chunks.js";
import { hands } from "./hands.js";
import { Lens } from "./lens.js";
import { mark } from "./marks.js";
import { stack } from "./order.js";
import { chunksFrom, namesWidth, paint } from "./paint.js";
import { segmentAt } from "./sheet.js";
import { Strips } from "./strips.js";

const axisHeight = 44, barWidth = 12;

export class Wall {
  items = [];
  heights = stack([], 0, false);
  focus = null; // {row, seg}: the cell under the pointer or the keyboard's cursor
  chosen = null; // {row, seg}: the cell that was clicked
  find = ""; // what names of tensors are searched for
  scroll = 0;

  /** says are called: point(cell, x, y, row), pick(cell), moved() when zoom or scroll have changed, escape(). */
  constructor(sheet, of, says, signal) {
    Object.assign(this, { sheet, says, signal });
    this.base = h("canvas", { "aria-hidden": "true" });
    this.over = h("canvas", { "aria-hidden": "true" });
    this.room = h("div");
    this.bar = h("div", { class: "bar", tabindex: "-1", onscroll: () => this.#scrolled() }, this.room);
    this.el = h("div", {
      class: "wall", tabindex: "0", role: "application",
      "aria-label": "Cells of files. Arrow keys move from tensor to tensor and from file to file, " +
        "Enter shows who shares it, plus and minus zoom.",
    }, this.base, this.over, this.bar);
    this.strips = new Strips();
    this.chunks = new Chunks(of, signal, () => this.redraw());
    this.lens = new Lens(1, 1, false);
    new ResizeObserver(() => this.resize()).observe(this.el);
    addEventListener("theme", () => this.dye(), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.dye(), { signal });
    this.dye();
    hands(this);
  }

  /** Takes the colours of the theme. */
  dye() {
    this.colours = Object.fromEntries(["back", "text", "faint", "line", "accent"].map((n) => [n, themed(`--${n}`)]));
    this.strips.dye();
    this.redraw();
  }

  /** Shows items (see arrange), with the same zoom as before if there was one. */
  show(items, { fit, same }) {
    this.items = items;
    this.fit = fit;
    this.longest = items.reduce((long, { row }) => (row && row.size > (long?.size ?? 0) ? row : long), undefined);
    const seen = new Set(); // paths that several rows have: their branches tell them apart
    this.twins = new Set();
    for (const { row } of items) {
      if (row) (seen.has(row.model + row.path) ? this.twins : seen).add(row.model + row.path);
    }
    const most = this.sheet.rows.reduce((m, r) => (r.format !== "" || items.length < 3 ? Math.max(m, r.size) : m), 1);
    const old = this.lens, was = old.same === same && !old.whole ? [old.from, old.to] : null;
    this.lens = new Lens(Math.max(1, this.cellsWidth ?? 1), most, same);
    if (was) this.lens.set(...was);
    this.resize();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.el;
    if (width === 0) return;
    this.dpr = devicePixelRatio || 1;
    for (const c of [this.base, this.over]) {
      const [w, hh] = [Math.round(width * this.dpr), Math.round(height * this.dpr)];
      if (c.width !== w || c.height !== hh) Object.assign(c, { width: w, height: hh });
    }
    this.width = width;
    this.height = height;
    this.top = axisHeight;
    this.heights = stack(this.items, height - axisHeight, this.fit);
    this.left = this.#namesWidth();
    this.cellsWidth = width - this.left - barWidth;
    const { from, to } = this.lens;
    this.lens.width = this.cellsWidth;
    this.lens.set(from, to);
    this.bar.style.top = `${axisHeight}px`;
    this.room.style.height = `${this.heights.all}px`;
    this.scroll = this.bar.scrollTop;
    this.redraw();
  }

  /** Pixels for names: what they need, but at most a third of the picture. */
  #namesWidth() {
    const most = Math.round(Math.max(150, Math.min(440, this.width * 0.32)));
    return Math.round(Math.max(100, Math.min(most, namesWidth(this, this.base.getContext("2d")))));
  }

  redraw() {
    this.dirty = true;
    this.remark();
  }

  remark() {
    if (this.frame || this.signal.aborted) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.width || this.signal.aborted) return;
      if (this.dirty) paint(this, this.base.getContext("2d"));
      this.dirty = false;
      mark(this, this.over.getContext("2d"));
    });
  }

  #scrolled() {
    if (this.scroll === this.bar.scrollTop) return;
    this.scroll = this.bar.scrollTop;
    this.redraw();
    this.says.moved();
  }

  /** Calls see(item, y, index) for the items in sight; y is where one begins in the picture. */
  eachItem(see) {
    const { tops } = this.heights;
    for (let i = this.items.length ? segmentAt(tops, this.scroll) : 0; i < this.items.length; i++) {
      const y = this.top + tops[i] - this.scroll;
      if (y > this.height) break;
      see(this.items[i], y, i);
    }
  }

  /** The index of the item at y, or -1. */
  itemAt(y) {
    const at = y - this.top + this.scroll;
    if (y < this.top || at >= this.heights.tops[this.items.length] || this.items.length === 0) return -1;
    return segmentAt(this.heights.tops, at);
  }

  /** The cell at a point, {row, seg}; of a row's name {row}; else null. */
  hit(x, y) {
    const row = this.items[this.itemAt(y)]?.row;
    if (!row || x > this.left + this.cellsWidth) return null;
    if (x < this.left) return { row };
    const at = this.lens.at(x - this.left) / this.lens.unit(row);
    if (!(at >= 0 && at < row.size)) return null;
    const seg = segmentAt(row.layout.offs, at), wide = this.place(row, seg).w >= chunksFrom;
    return { row, seg, part: wide ? this.chunks.at(row, seg, at - row.layout.offs[seg]) : undefined };
  }

  /** Where a cell is: {x, w} in the picture, not cut to it. */
  place(row, seg) {
    const unit = this.lens.unit(row), { offs } = row.layout;
    const x = this.left + this.lens.x(offs[seg] * unit);
    return { x, w: (offs[seg + 1] - offs[seg]) * unit * this.lens.scale };
  }

  /** Zooms to from…to, in steps that eyes can follow. */
  glide(from, to) {
    const { from: a, to: b } = this.lens, began = performance.now();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const glide = (this.gliding = (now) => {
      if (this.gliding !== glide || this.signal.aborted) return;
      const t = still ? 1 : Math.min(1, Math.max(0, (now - began) / 220)), ease = 1 - (1 - t) ** 3;
      this.lens.set(a + (from - a) * ease, b + (to - b) * ease);
      this.redraw();
      if (t < 1) requestAnimationFrame(glide);
      else this.says.moved();
    });
    requestAnimationFrame(glide);
  }

  /** Zooms so that a cell fills most of the picture. */
  zoomTo(row, seg) {
    const unit = this.lens.unit(row), from = row.layout.offs[seg] * unit, to = row.layout.offs[seg + 1] * unit;
    const span = Math.max((to - from) / 0.8, this.lens.narrowest);
    this.glide((from + to - span) / 2, (from + to + span) / 2);
  }

  zoom(factor, x = this.cellsWidth / 2) {
    this.gliding = null;
    this.lens.zoomAt(x, factor);
    this.redraw();
    this.says.moved();
  }

  pan(dx, dy) {
    this.gliding = null;
    this.lens.pan(dx);
    if (dy) this.bar.scrollTop += dy;
    this.redraw();
    this.says.moved();
  }

  whole() {
    this.glide(0, this.lens.end);
  }

  /** Brings a cell into sight and makes it the one that is told about. */
  visit(row, seg) {
    const i = this.items.findIndex((it) => it.row === row);
    if (i < 0) return;
    const { tops } = this.heights, room = this.height - this.top;
    if (tops[i] < this.bar.scrollTop) this.bar.scrollTop = tops[i];
    else if (tops[i + 1] > this.bar.scrollTop + room) this.bar.scrollTop = tops[i + 1] - room;
    const unit = this.lens.unit(row), from = row.layout.offs[seg] * unit, to = row.layout.offs[seg + 1] * unit;
    if (!this.lens.whole) this.lens.reveal(from, to);
    this.scroll = this.bar.scrollTop;
    this.redraw();
    this.point({ row, seg });
    this.says.moved();
  }

  /** Tells of a cell (null: of none); at x, y if by a pointer, else where the cell is. */
  point(cell, x, y) {
    const same = cell?.row === this.focus?.row && cell?.seg === this.focus?.seg;
    this.focus = cell;
    if (!same) this.remark();
    if (cell && x === undefined) {
      const i = this.items.findIndex((it) => it.row === cell.row), p = this.place(cell.row, cell.seg);
      x = Math.max(this.left, Math.min(this.left + this.cellsWidth, p.x + p.w / 2));
      y = this.top + this.heights.tops[i + 1] - this.scroll;
    }
    this.says.point(cell, x, y);
  }
}
