// The tip says what is under the pointer or the cursor; a screen reader hears the same.
import { fill, h } from "../dom.js";
import { bytes, count, percent, plural } from "../format.js";
import { hows } from "../colour.js";
import { middle } from "../text.js";
import { describe, some } from "./words.js";

export class Tip {
  constructor() {
    this.el = h("div", { class: "told", hidden: true });
    this.live = h("div", { class: "unseen", "aria-live": "polite" });
  }

  /** Says what a cell is, or a row where cell has no seg; null: nothing. */
  show(sheet, cell, x, y, width, height) {
    this.el.hidden = !cell;
    if (!cell) return;
    if (this.row !== cell.row || this.seg !== cell.seg || this.part?.n !== cell.part?.n) this.#say(sheet, cell);
    const { offsetWidth: w, offsetHeight: hh } = this.el;
    const below = y + 18 + hh < height;
    this.el.style.transform = `translate(${Math.round(Math.max(4, Math.min(x + 14, width - w - 8)))}px, ` +
      `${Math.round(below ? y + 18 : Math.max(4, y - hh - 12))}px)`;
  }

  #say(sheet, { row, seg, part }) {
    Object.assign(this, { row, seg, part });
    const lines = seg === undefined ? ofRow(sheet, row) : ofCell(sheet, row, seg);
    if (part) lines.push(["how", ofChunk(part)]);
    fill(this.el, lines.filter(([, text]) => text).map(([name, text]) => h("div", { class: name }, text)));
    this.live.textContent = lines.map(([, text]) => text).filter(Boolean).join(". ");
  }
}

function ofCell(sheet, row, seg) {
  const d = describe(sheet, row, seg);
  return [
    ["title", middle(d.title, 90)],
    ["note", `${d.what} · ${middle(row.path, 60)}`],
    ["how", d.how],
    ["", d.cost],
    ["", d.shared],
  ];
}

function ofChunk({ n, of, chunk }) {
  const how = chunk.stored < chunk.len || chunk.how > 0 ? `, ${hows[chunk.how].label} in ${bytes(chunk.stored)}` : "";
  const others = chunk.blobs > 1 ? `, in ${plural(chunk.blobs - 1, "other tensor")} too` : "";
  return `chunk ${count(n)} of ${count(of)}: ${bytes(chunk.len)}${how}${others}`;
}

function ofRow(sheet, row) {
  const sums = sheet.byHue(row);
  const parts = [3, 1, 2, 0].filter((how) => sums[how] > 0)
    .map((how) => `${hows[how].label} ${percent(sums[how] / row.size)}`);
  return [
    ["title", middle(row.path, 160)],
    ["note", `${middle(row.model, 80)} · ${some(row.refs, 6)}`],
    ["", `${bytes(row.size)}, ${percent(row.shared)} of it shared`],
    ["", parts.join(", ")],
  ];
}
