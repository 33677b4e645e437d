// Paints the picture of a wall: the cells, names in them where there is room, the names of rows, and the axis.
import { bytes, percent } from "../format.js";
import { width as widthOf } from "../text.js";
import { tickText, ticks } from "./lens.js";
import { SAME, cost, depth } from "./share.js";
import { segmentAt } from "./sheet.js";
import { fitted, font, nameIn } from "./text.js";

export const chunksFrom = 320; // pixels: cells that are as wide show their chunks

export function paint(wall, pen) {
  const { dpr, width, height, left, top } = wall;
  pen.setTransform(dpr, 0, 0, dpr, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.save();
  pen.beginPath();
  pen.rect(0, top, width, height - top);
  pen.clip();
  cells(wall, pen);
  names(wall, pen);
  pen.restore();
  axis(wall, pen);
  pen.fillStyle = wall.colours.line;
  pen.fillRect(left, top - 1, wall.cellsWidth, 1);
}

function cells(wall, pen) {
  const { dpr, strips, heights } = wall, tops = [], ends = [], texts = [];
  const rows = [];
  wall.eachItem((item, y) => item.row && rows.push([item.row, y]));
  strips.begin(Math.round(wall.cellsWidth * dpr), rows.length);
  wall.chunks.begin();
  let named; // the layout of the row above: names of tensors stand once for rows that have the same
  for (const [row, y] of rows) {
    line(wall, row, y, row.layout === named ? null : texts);
    if (y >= wall.top) named = row.layout;
    strips.end();
    tops.push(Math.round(y * dpr));
    ends.push(Math.max(tops.at(-1) + 1, Math.round((y + heights.row - heights.gap) * dpr)));
  }
  wall.chunks.end();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  strips.draw(pen, Math.round(wall.left * dpr), tops, ends);
  pen.setTransform(dpr, 0, 0, dpr, 0, 0);
  for (const t of texts) text(wall, pen, t);
}

/** One row's line of the strips; texts, if given, gets what is to be written into its cells. */
function line(wall, row, y, texts) {
  const { lens, strips, sheet, dpr } = wall, { offs } = row.layout, unit = lens.unit(row);
  const scale = lens.scale * unit * dpr, origin = lens.x(0) * dpr, last = row.blobs.length - 1;
  const apart = Math.min(1, wall.heights.row / 14); // lines between cells would be all that thin rows show
  const high = wall.heights.row - wall.heights.gap;
  for (let seg = segmentAt(offs, lens.from / unit); seg <= last && offs[seg] * unit < lens.to; seg++) {
    const x0 = origin + offs[seg] * scale, x1 = origin + offs[seg + 1] * scale, w = x1 - x0;
    if (w <= 0) continue;
    const b = row.blobs[seg], how = row.hues[seg], tint = strips.tint(how, sheet.shades[b]);
    const gap = seg < last ? Math.min(1, Math.max(0, (w / dpr - 3) / 5)) * dpr * apart : 0; // fades in with zoom
    const wide = w / dpr >= chunksFrom && high >= 6 && sheet.blobs.chunks[b] > 1;
    const list = wide ? wall.chunks.list(row, seg) : undefined;
    const striped = list && chunkLine(wall, b, how, list, x0, scale, gap);
    if (!list) strips.cover(x0, x1 - gap, tint);
    if (texts && high >= 15 && w / dpr >= 22) {
      texts.push({ row, seg, x: wall.left + x0 / dpr, w: (w - gap) / dpr, y, tint, striped });
    }
  }
}

/** The chunks of a cell; what is seen before keeps its hue. Says whether their colours are not all one. */
function chunkLine(wall, b, hue, list, x0, scale, gap) {
  const { sheet, strips } = wall, s = sheet.blobs.source[b];
  const below = s >= 0 && s < sheet.shades.length ? sheet.shades[s] : 0;
  const tints = new Set();
  let x = x0;
  list.forEach((chunk, i) => {
    const end = x + chunk.len * scale, c = cost(chunk.how, chunk.stored, chunk.len);
    const own = depth(Math.max(sheet.users[b], chunk.blobs), sheet.most);
    const shade = c * own + (1 - c) * Math.max(below, own);
    const between = i === list.length - 1 ? gap : Math.min(0.5 * gap, Math.max(0, (end - x - 3) / 5));
    const tint = strips.tint(hue === SAME ? SAME : chunk.how, shade);
    tints.add(tint);
    strips.cover(x, end - between, tint);
    x = end;
  });
  return tints.size > 1;
}

/** A tensor's name in its cell, as much of it as tells it apart. */
function text(wall, pen, { row, seg, x, w, y, tint, striped }) {
  const from = Math.max(x, wall.left), to = Math.min(x + w, wall.left + wall.cellsWidth);
  const high = wall.heights.row - wall.heights.gap;
  pen.font = font(11);
  const name = nameIn(pen, row.layout.names[seg], to - from - 8);
  if (!name) return;
  const light = wall.strips.lightness(tint);
  const [ink, under] = light > 0.46 ? ["#000000", "#ffffff"] : ["#ffffff", "#000000"];
  pen.fillStyle = ink;
  pen.strokeStyle = under;
  pen.lineWidth = 3;
  pen.lineJoin = "round";
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  const type = row.layout.types[seg], two = high >= 34 && type && pen.measureText(type).width <= to - from - 8;
  const write = (word, at) => {
    pen.globalAlpha = 0.3;
    if (striped) pen.strokeText(word, from + 4, at);
    pen.globalAlpha = 1;
    pen.fillText(word, from + 4, at);
  };
  write(name, y + high / 2 - (two ? 7 : 0));
  if (two) write(type, y + high / 2 + 7);
}

function names(wall, pen) {
  const { heights } = wall;
  if (heights.row >= 20) {
    wall.eachItem((item, y) => (item.row ? nameOfRow(wall, pen, item.row, y) : nameOfGroup(wall, pen, item, y)));
    return;
  }
  thinNames(wall, pen);
}

const pad = 20, narrowNames = 270; // pixels: with less there is no room for sizes

/** Pixels that names and what stands beside them need. */
export function namesWidth(wall, pen) {
  const { items, heights } = wall, grouped = items[0]?.group !== undefined, thin = heights.row < 20;
  const two = heights.row - heights.gap >= 34;
  pen.font = font(thin ? 11 : 13);
  let widest = 0;
  for (const it of items) {
    if (it.row ? thin && grouped : !thin) continue;
    let w = widthOf(it.row ? pathOf(wall, it.row, grouped) : it.group, pen.font);
    const tag = !thin && it.row?.refs.length ? Math.min(110, 7 * it.row.refs[0].length) + 26 : 0;
    w = two ? Math.max(w, tag + 112) : w + tag;
    widest = Math.max(widest, w);
  }
  return widest + (thin ? 52 : two ? 40 : 130);
}

const pathOf = (wall, row, grouped) => (wall.several && !grouped ? `${row.model} · ${row.path}` : row.path);

function nameOfRow(wall, pen, row, y) {
  const { heights, left, colours } = wall, high = heights.row - heights.gap, two = high >= 34;
  const grouped = wall.items[0]?.group !== undefined;
  const x = pad, right = left - 14, middle = y + high / 2, first = two ? middle - 9 : middle;
  pen.textBaseline = "middle";
  pen.font = font(12);
  pen.fillStyle = colours.faint;
  pen.textAlign = "right";
  const size = bytes(row.size), part = percent(row.shared), narrow = left < narrowNames;
  const second = two ? middle + 9 : middle;
  pen.fillText(part, right, second);
  if (!narrow) pen.fillText(size, right - 40, second);
  pen.textAlign = "left";
  pen.font = font(13);
  pen.fillStyle = colours.text;
  const room = (two ? right : right - (narrow ? 40 : 108)) - x;
  const own = !two && wall.twins.has(row.model + row.path) && row.refs.length > 0 ? 0.42 * room : 0; // for its branch
  const name = fitted(pen, pathOf(wall, row, grouped), room - own);
  pen.fillText(name, x, first);
  const used = pen.measureText(name).width;
  if (two) tags(wall, pen, row, x, second, right - 112);
  else if (room - used > 50) tags(wall, pen, row, x + used + 8, first, x + room);
}

/** Branches and tags as small outlined words, as many as there is room for. */
function tags(wall, pen, row, x, y, end) {
  pen.font = font(11);
  pen.lineWidth = 1;
  for (let i = 0; i < row.refs.length; i++) {
    const rest = row.refs.length - i, room = end - x - 9 - (rest > 1 ? 28 : 0);
    let word = fitted(pen, row.refs[i], Math.min(room, 110));
    if (word.length < Math.min(4, row.refs[i].length)) word = `+${rest}`;
    const w = pen.measureText(word).width + 8;
    if (x + w > end + 1) return;
    pen.strokeStyle = wall.colours.line;
    pen.strokeRect(Math.round(x) + 0.5, Math.round(y - 8) + 0.5, Math.round(w), 15);
    pen.fillStyle = wall.colours.faint;
    pen.fillText(word, Math.round(x) + 4.5, y + 0.5);
    x += w + 5;
    if (word.startsWith("+")) return;
  }
}

function nameOfGroup(wall, pen, item, y) {
  pen.font = font(12, 600);
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillStyle = wall.colours.text;
  pen.fillText(fitted(pen, item.group, wall.left - 3 * pad), 12, y + 13);
  pen.fillStyle = wall.colours.line;
  pen.fillRect(wall.left, y + 13, wall.cellsWidth, 1);
}

/** Rows that are too thin for names: those of groups, or of every so many rows. */
function thinNames(wall, pen) {
  const { heights, colours, left } = wall;
  pen.font = font(11);
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  let free = wall.top + 6;
  const grouped = wall.items[0]?.group !== undefined;
  wall.eachItem((item, y) => {
    if (grouped && item.group !== undefined) {
      const high = item.rows.length * heights.row;
      pen.fillStyle = colours.faint;
      pen.fillRect(left - 8, y + 3, 1, Math.max(1, high - 1));
      if (high < 12) return;
      pen.fillText(fitted(pen, item.group, left - 2 * pad - 12), left - 14, y + 3 + Math.min(high / 2, 400));
    } else if (!grouped && y + heights.row / 2 >= free) {
      const at = y + heights.row / 2;
      pen.fillStyle = colours.faint;
      pen.fillRect(left - 8, Math.round(at), 5, 1);
      pen.fillText(fitted(pen, pathOf(wall, item.row, false), left - 2 * pad - 12), left - 12, at);
      free = at + 15;
    }
  });
}

function axis(wall, pen) {
  const { lens, left, cellsWidth: width, colours } = wall;
  overview(wall, pen);
  pen.font = font(11);
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.fillStyle = colours.faint;
  if (!lens.same) {
    const { step, list } = ticks(lens.from, lens.to, Math.max(2, width / 110));
    let free = left;
    for (const t of list) {
      const x = left + lens.x(t), word = tickText(t, step), half = pen.measureText(word).width / 2;
      pen.fillRect(Math.round(x), 24, 1, 4);
      const from = Math.max(left, Math.min(x - half, left + width - 2 * half));
      if (from < free) continue;
      pen.fillText(word, from, 16);
      free = from + 2 * half + 12;
    }
  } else {
    pen.fillText("each file as wide as the others", left, 16);
  }
  head(wall, pen);
}

/** A thin bar of all bytes, and which of them are seen. */
function overview(wall, pen) {
  const { lens, left, cellsWidth: width, colours } = wall;
  pen.fillStyle = colours.line;
  pen.fillRect(left, 5, width, 1);
  if (lens.whole) return;
  const x = (lens.from / lens.end) * width, w = Math.max(3, width / lens.zoom);
  pen.fillStyle = colours.accent;
  pen.fillRect(left + Math.min(x, width - 3), 4, w, 3);
}

function head(wall, pen) {
  if (wall.heights.row < 20) return;
  pen.textAlign = "right";
  pen.fillStyle = wall.colours.faint;
  const right = wall.left - 14;
  pen.fillText("shared", right, 36.5);
  if (wall.left >= narrowNames && wall.heights.row - wall.heights.gap < 34) pen.fillText("size", right - 48, 36.5);
}
