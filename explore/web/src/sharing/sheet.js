// A Sheet is what the pages of the answer to "sharing" say, put together: rows, their layouts, blobs, and for each blob
// the cells that have it. A cell is a segment of a row: a pair of numbers. Nothing here draws.
import { KEPT, SAME, cost, mostOf, shadesOf, sharedParts, usersOf } from "./share.js";

export class Sheet {
  total = 0;
  leftOut = 0;

  constructor() {
    this.#clear();
  }

  #clear() {
    this.rows = [];
    this.layouts = [];
    this.blobs = { len: [], how: [], kind: [], stored: [], source: [], chunks: [] };
    this.kinds = [""];
    this.pairs = []; // [a, b, bytes]: blobs that are not the same, but have chunks in common; a had them first
  }

  /** Takes a page in. Pages come in order; the first one begins anew. */
  add(page) {
    if (page.first_row === 0) this.#clear();
    this.total = page.total;
    this.leftOut = page.left_out;
    this.kinds = page.kinds ?? this.kinds;
    for (const l of page.layouts ?? []) this.layouts.push({ ...l, offs: sums(l.lens), matches: new Map() });
    for (const [name, list] of Object.entries(this.blobs)) for (const v of page.blobs[name] ?? []) list.push(v);
    for (const pair of page.kin ?? []) this.pairs.push(pair);
    for (const r of page.rows ?? []) {
      const layout = this.layouts[r.layout], blobs = Int32Array.from(r.blobs);
      this.rows.push({ ...r, i: this.rows.length, refs: r.refs ?? [], blobs, layout });
    }
    this.#index();
  }

  #index() {
    const n = this.blobs.len.length;
    const start = new Int32Array(n + 1), have = new Int32Array(n), seen = new Int32Array(n).fill(-1);
    for (const row of this.rows) {
      for (const b of row.blobs) {
        start[b + 1]++;
        if (seen[b] !== row.i) (seen[b] = row.i), have[b]++;
      }
    }
    for (let b = 0; b < n; b++) start[b + 1] += start[b];
    const at = start.slice(), cellRow = new Int32Array(start[n]), cellSeg = new Int32Array(start[n]);
    this.first = new Int32Array(n).fill(-1); // of each blob, the oldest cell
    for (const row of this.rows) {
      row.blobs.forEach((b, seg) => {
        const c = at[b]++;
        cellRow[c] = row.i;
        cellSeg[c] = seg;
        if (this.first[b] < 0 || row.age < this.rows[cellRow[this.first[b]]].age) this.first[b] = c;
      });
    }
    Object.assign(this, { start, have, cellRow, cellSeg });
    this.#measure();
  }

  #measure() {
    this.kin = new Map(); // of a blob, the other that had most of its chunks first, and what part of it those are
    for (const [blob, b, bytes] of this.pairs) {
      const part = bytes / Math.max(1, this.blobs.len[b]);
      if (part > (this.kin.get(b)?.part ?? 0)) this.kin.set(b, { blob, part });
    }
    this.users = usersOf(this.blobs, this.have);
    this.most = mostOf(this.users, this.#weights());
    this.shades = shadesOf(this.blobs, this.users, this.most, this.pairs);
    this.parts = sharedParts(this.blobs, this.have, this.pairs);
    this.made = listsOf(this.blobs.source);
    for (const row of this.rows) {
      row.hues = Uint8Array.from(row.blobs, (b) => this.#hue(row, b));
      let shared = 0, shade = 0;
      row.blobs.forEach((b) => {
        shared += this.parts[b] * this.blobs.len[b];
        shade += this.shades[b] * this.blobs.len[b];
      });
      row.shared = row.size > 0 ? shared / row.size : 0;
      row.shade = row.size > 0 ? shade / row.size : 0;
    }
  }

  /** Bytes of all cells of each blob, tensors only. */
  #weights() {
    const weights = new Float64Array(this.have.length);
    for (const { layout, blobs } of this.rows) {
      blobs.forEach((b, seg) => layout.kinds[seg] === "tensor" && (weights[b] += this.blobs.len[b]));
    }
    return weights;
  }

  /** The hue of a cell: same bytes for what an older row has, or most of it another blob, else how its blob is kept. */
  #hue(row, b) {
    if (this.rows[this.cellRow[this.first[b]]].age < row.age) return SAME;
    return this.blobs.how[b] === KEPT && this.kin.get(b)?.part > 0.5 ? SAME : this.blobs.how[b];
  }

  /** Calls see(row, seg) for each cell that has blob b. */
  eachCell(b, see) {
    for (let c = this.start[b]; c < this.start[b + 1]; c++) see(this.rows[this.cellRow[c]], this.cellSeg[c]);
  }

  /** The oldest cell that has blob b; undefined if no row here has it. */
  firstCell(b) {
    const c = b >= 0 && b < this.first.length ? this.first[b] : -1;
    return c < 0 ? undefined : { row: this.rows[this.cellRow[c]], seg: this.cellSeg[c] };
  }

  /** The blobs that are made directly of b, have chunks of it, and the one that it is made of, in one list. */
  related(b) {
    const list = [...(this.made.get(b) ?? [])];
    for (const [x, y] of this.pairs) if (x === b || y === b) list.push(x === b ? y : x);
    const s = this.blobs.source[b];
    if (s >= 0 && s < this.have.length) list.push(s);
    return list;
  }

  /** The rows that have b, or something that is related to it. */
  rowsWith(b) {
    const rows = new Set();
    for (const x of [b, ...this.related(b)]) this.eachCell(x, (row) => rows.add(row.i));
    return rows;
  }

  /** What part of a blob had to be stored for it. */
  cost(b) {
    return cost(this.blobs.how[b], this.blobs.stored[b], this.blobs.len[b]);
  }

  /** Segments of a layout whose name has the text. */
  matches(layout, text) {
    const want = text.toLowerCase();
    let list = layout.matches.get(want);
    if (!list) {
      list = [];
      layout.names.forEach((name, seg) => name.toLowerCase().includes(want) && list.push(seg));
      layout.matches.clear(); // the last search is the only one that is drawn
      layout.matches.set(want, list);
    }
    return list;
  }

  /** What rows have in all: {size, shared, stored}, bytes. Common chunks are counted once. */
  sum(rows) {
    const seen = new Set();
    let size = 0, shared = 0, stored = 0;
    for (const row of rows) {
      size += row.size;
      shared += row.shared * row.size;
      for (const b of row.blobs) if (!seen.has(b)) seen.add(b), (stored += this.blobs.stored[b]);
    }
    for (const [a, b, bytes] of this.pairs) {
      if (!seen.has(a) || !seen.has(b) || this.blobs.len[b] === 0) continue;
      stored -= (bytes / this.blobs.len[b]) * this.blobs.stored[b];
    }
    return { size, shared, stored: Math.max(0, stored) };
  }

  /** How the bytes of a row are kept: bytes by hue. */
  byHue(row) {
    const sums = [0, 0, 0, 0];
    row.blobs.forEach((b, seg) => (sums[row.hues[seg]] += this.blobs.len[b]));
    return sums;
  }
}

/** Where each begins, and the end. */
function sums(lens) {
  const offs = new Float64Array(lens.length + 1);
  lens.forEach((l, i) => (offs[i + 1] = offs[i] + l));
  return offs;
}

/** value → the indexes that have it. */
function listsOf(values) {
  const lists = new Map();
  values.forEach((v, i) => {
    if (v < 0) return;
    if (!lists.has(v)) lists.set(v, []);
    lists.get(v).push(i);
  });
  return lists;
}

/** The segment that has byte at of a layout, by halving. */
export function segmentAt(offs, at) {
  let lo = 0, hi = offs.length - 2;
  while (lo < hi) {
    const mid = (lo + hi + 1) >> 1;
    if (offs[mid] <= at) lo = mid;
    else hi = mid - 1;
  }
  return lo;
}

