// Lists of chunks, asked for when cells are so wide that their chunks can be seen. The same bytes are asked for once.
import { ask, canAsk } from "../ask.js";

const atOnce = 4;

export class Chunks {
  #lists = new Map(); // blob → list, or undefined while it is on its way
  #waiting = new Map(); // blob → what to ask
  #asking = 0;

  /** of is what was asked of "sharing", signal ends all, and came() is called when a list has come. */
  constructor(of, signal, came) {
    this.of = of;
    this.signal = signal;
    this.came = came;
  }

  /** Begins a picture: what is still to be asked and not in it will not be. */
  begin() {
    this.#waiting.clear();
  }

  /** The chunks of a cell; undefined until they have come. */
  list(row, seg) {
    const b = row.blobs[seg];
    if (!this.#lists.has(b) && !this.#waiting.has(b)) {
      const about = { of: this.of, model: row.model, file: row.file, segment: seg };
      if (canAsk("chunks", about)) this.#waiting.set(b, about);
    }
    return this.#lists.get(b);
  }

  /** The chunk at a byte of a cell, as {n, of, chunk}; undefined if its chunks have not come, or it is one. */
  at(row, seg, byte) {
    const list = this.#lists.get(row.blobs[seg]) ?? [];
    let end = 0;
    const i = list.findIndex((c) => (end += c.len) > byte);
    return i >= 0 && list.length > 1 ? { n: i + 1, of: list.length, chunk: list[i] } : undefined;
  }

  /** Ends a picture: asks for what it lacked. */
  end() {
    for (let i = this.#asking; i < atOnce; i++) this.#next();
  }

  async #next() {
    const [first] = this.#waiting;
    if (this.#asking >= atOnce || !first || this.signal.aborted) return;
    const [b, about] = first;
    this.#waiting.delete(b);
    this.#lists.set(b, undefined);
    this.#asking++;
    try {
      this.#lists.set(b, (await ask("chunks", about, { signal: this.signal })).chunks);
      this.came();
    } catch {
      // The cell stays whole: what is wrong with it is said by who asks about it by a click.
    } finally {
      this.#asking--;
      this.#next();
    }
  }
}
