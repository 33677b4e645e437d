// A Lens says which part of the files is seen: from and to are bytes from the start of a file, or with same (every row
// as wide as any) parts of it. It maps them to pixels and back. Pure.

export class Lens {
  constructor(width, most, same) {
    Object.assign(this, { width, same, end: same ? 1 : Math.max(1, most), least: Math.max(1, most) });
    this.from = 0;
    this.to = this.end;
  }

  /** Units of the lens in a byte of a row. */
  unit(row) {
    return this.same ? 1 / Math.max(1, row.size) : 1;
  }

  /** Pixels to a unit. */
  get scale() {
    return this.width / (this.to - this.from);
  }

  x(at) {
    return (at - this.from) * this.scale;
  }

  at(x) {
    return this.from + x / this.scale;
  }

  /** How far in: 1 for all of it. */
  get zoom() {
    return this.end / (this.to - this.from);
  }

  get whole() {
    return this.zoom < 1.0001;
  }

  /** The narrowest view: 2 KiB of the longest file. */
  get narrowest() {
    return Math.min(this.end, (this.end / this.least) * 2048);
  }

  /** Sees from…to, moved and widened to what there is. */
  set(from, to) {
    const span = Math.min(this.end, Math.max(this.narrowest, to - from));
    const middle = (from + to) / 2;
    this.from = Math.max(0, Math.min(this.end - span, middle - span / 2));
    this.to = this.from + span;
  }

  /** Zooms by a factor and leaves what is at pixel x where it is. */
  zoomAt(x, factor) {
    const at = this.at(x), span = Math.min(this.end, Math.max(this.narrowest, (this.to - this.from) / factor));
    const from = at - (x / this.width) * span;
    this.from = Math.max(0, Math.min(this.end - span, from));
    this.to = this.from + span;
  }

  pan(pixels) {
    const by = pixels / this.scale;
    this.set(this.from + by, this.to + by);
  }

  /** Moves as little as it takes to see from…to; zooms out where that is wider than the view. */
  reveal(from, to) {
    const span = this.to - this.from;
    if (to - from > span) this.set(from, to);
    else if (from < this.from) this.set(from, from + span);
    else if (to > this.to) this.set(to - span, to);
  }
}

/** Marks of an axis over from…to bytes, at most so many: multiples of a power of two. */
export function ticks(from, to, most) {
  let step = 1;
  while ((to - from) / step > most) step *= 2;
  const list = [];
  for (let t = Math.ceil(from / step) * step; t <= to; t += step) list.push(t);
  return { step, list };
}

const digits = new Intl.NumberFormat("en-US");

/** A tick as text, in the largest unit of which its step is a quarter or more. */
export function tickText(at, step) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  if (at === 0) return "0";
  let u = 0;
  while (u < units.length - 1 && at >= 1024 ** (u + 1) && step >= 1024 ** (u + 1) / 4) u++;
  return `${digits.format(at / 1024 ** u)} ${units[u]}`;
}

/** Runs of segments with names alike, for a ruler: layer 0, 1, …; what stands alone has the last part of its name. */
export function bands(layout) {
  const list = [];
  layout.names.forEach((name, seg) => {
    const m = /^(.*?[._])?(\d+)[._]/.exec(name);
    const key = m ? m[0] : name;
    const last = list[list.length - 1];
    if (layout.kinds[seg] !== "tensor") return;
    if (last && last.key === key) last.to = layout.offs[seg + 1];
    else {
      const label = m ? m[2] : plain(name);
      list.push({ key, label, number: !!m, from: layout.offs[seg], to: layout.offs[seg + 1] });
    }
  });
  return list;
}

const plain = (name) => name.replace(/^model\./, "").replace(/\.(weight|bias)$/, "").split(".").pop();
