// Marks over the picture: every place that has the bytes of the cell that is pointed at or chosen, what is made of
// them, and what a search finds; the rest steps back.
import { bands } from "./lens.js";
import { font } from "./text.js";

export function mark(wall, pen) {
  const { dpr, width, height, top, left, cellsWidth } = wall;
  pen.setTransform(dpr, 0, 0, dpr, 0, 0);
  pen.clearRect(0, 0, width, height);
  const at = wall.focus?.seg !== undefined ? wall.focus : wall.chosen;
  ruler(wall, pen, wall.focus?.row ?? wall.longest);
  pen.save();
  pen.beginPath();
  pen.rect(0, top, left + cellsWidth, height - top);
  pen.clip();
  const found = wall.find && matchesIn(wall);
  const shared = at && sharers(wall, at);
  if (found) wash(wall, pen, 0.78, found);
  else if (shared && shared.length > 1) wash(wall, pen, 0.5, shared);
  if (shared) outline(wall, pen, shared, at);
  if (wall.focus) rowMark(wall, pen, wall.focus.row);
  pen.restore();
}

/** Above the cells, the layers of a row: the one that is pointed at, or the longest. */
function ruler(wall, pen, row) {
  if (!row) return;
  const { lens, left, cellsWidth: width, colours } = wall, unit = lens.unit(row);
  pen.font = font(11);
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  for (const band of (row.layout.bands ??= bands(row.layout))) {
    const x0 = left + Math.max(0, lens.x(band.from * unit)), x1 = left + Math.min(width, lens.x(band.to * unit));
    if (x1 - x0 < 8) continue;
    pen.fillStyle = colours.line;
    pen.fillRect(x1 - 1, 31, 1, 12);
    const word = band.number && x1 - x0 > 60 ? `layer ${band.label}` : band.label;
    if (pen.measureText(word).width > x1 - x0 - 4) continue;
    pen.fillStyle = colours.faint;
    pen.fillText(word, (x0 + x1) / 2, 36.5);
  }
}

/** Places of all cells in sight with the bytes of one, and with what is related to it. */
function sharers(wall, { row, seg }) {
  const { sheet } = wall, b = row.blobs[seg], list = [];
  const ys = new Map();
  wall.eachItem((item, y) => item.row && ys.set(item.row.i, y));
  const add = (related) => (r, s) => {
    const y = ys.get(r.i);
    if (y !== undefined) list.push({ ...wall.place(r, s), y, related, row: r, seg: s });
  };
  for (const x of sheet.related(b)) sheet.eachCell(x, add(true));
  sheet.eachCell(b, add(false));
  return list;
}

function matchesIn(wall) {
  const list = [];
  wall.eachItem((item, y) => {
    if (!item.row) return;
    let end = -Infinity;
    for (const seg of wall.sheet.matches(item.row.layout, wall.find)) {
      const p = wall.place(item.row, seg);
      const right = p.x + p.w; // out of sight, or in the pixel of the one before
      if (right < Math.max(wall.left, end) || p.x > wall.left + wall.cellsWidth) continue;
      list.push({ ...p, y });
      end = Math.ceil(right);
    }
  });
  return list;
}

/** Lets all cells step back but those. */
function wash(wall, pen, alpha, places) {
  const high = highOf(wall);
  pen.globalAlpha = alpha;
  pen.fillStyle = wall.colours.back;
  const { tops } = wall.heights, end = Math.min(wall.height, wall.top + tops[wall.items.length] - wall.scroll);
  pen.fillRect(wall.left, wall.top, wall.cellsWidth, end - wall.top);
  pen.globalAlpha = 1;
  for (const p of places) {
    const { x, w } = cut(wall, p);
    if (w > 0) pen.clearRect(x, p.y, w, high);
  }
}

function outline(wall, pen, places, at) {
  const high = highOf(wall);
  for (const p of places) {
    const { x, w } = cut(wall, p), own = p.row === at.row && p.seg === at.seg;
    if (w <= 0) continue;
    pen.strokeStyle = pen.fillStyle = wall.colours.text;
    pen.setLineDash([]);
    tick(wall, pen, p.y + high / 2, p.related);
    if (high < 5 && !own) continue;
    pen.lineWidth = own ? 2 : 1;
    pen.setLineDash(p.related ? [3, 2] : []);
    const out = w < 8 ? 1.5 : -0.5; // around what is narrow, inside of what is wide
    pen.strokeRect(x - out, p.y + 0.5, w + 2 * out, Math.max(1, high - 1));
  }
  pen.setLineDash([]);
}

/** A tick at the left edge says which rows have a part in it: filled for the same bytes, else open. */
function tick(wall, pen, y, related) {
  const x = wall.left - 5;
  pen.beginPath();
  if (wall.heights.row < 6) return pen.fillRect(wall.left - 4, Math.round(y - 0.5), related ? 2 : 4, 1);
  pen.lineWidth = 1;
  pen.arc(x, y, 2, 0, 7);
  if (related) pen.stroke();
  else pen.fill();
}

/** The row that is pointed at. */
function rowMark(wall, pen, row) {
  const i = wall.items.findIndex((it) => it.row === row);
  if (i < 0) return;
  const y = wall.top + wall.heights.tops[i] - wall.scroll;
  pen.fillStyle = wall.colours.accent;
  pen.fillRect(0, y, 3, Math.max(2, highOf(wall)));
}

const highOf = (wall) => Math.max(1, wall.heights.row - wall.heights.gap);

/** A place cut to the picture, and wide enough to be seen. */
function cut(wall, { x, w }) {
  const from = Math.max(x, wall.left), to = Math.min(Math.max(x + w, x + 2), wall.left + wall.cellsWidth);
  return { x: from, w: to - from };
}
