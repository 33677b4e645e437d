// The lines between commits. Lanes are columns; each waits for a commit that a line leads to.

/** The lines of a history: add(commits) gives a row for each, in order; what is open goes on in the next ones. */
export class Lanes {
  #waits = []; // the commit that each lane waits for; null: the lane is free

  /**
   * Rows are {lane, lines}: the lane of the commit, and lines to the next row as [from, to] lanes. So many lanes as
   * `width` says were needed.
   */
  add(commits) {
    return commits.map((c) => this.#row(c));
  }

  #row({ id, parents }) {
    const waits = this.#waits;
    let lane = waits.indexOf(id);
    if (lane < 0) lane = this.#free();
    waits[lane] = null;
    const lines = [];
    waits.forEach((w, i) => {
      if (w !== null) lines.push([i, i]);
    });
    parents.forEach((p, i) => {
      let to = waits.indexOf(p);
      if (to < 0) {
        to = i === 0 ? lane : this.#free(lane);
        waits[to] = p;
      }
      lines.push([lane, to]);
    });
    while (waits.length > 0 && waits.at(-1) === null) waits.pop();
    return { lane, lines, width: Math.max(lane, ...lines.flat()) + 1 };
  }

  /** A lane that is free, but not that one. */
  #free(not = -1) {
    let i = this.#waits.findIndex((w, at) => w === null && at !== not);
    if (i < 0) {
      i = Math.max(this.#waits.length, not + 1);
      while (this.#waits.length <= i) this.#waits.push(null);
    }
    return i;
  }
}
