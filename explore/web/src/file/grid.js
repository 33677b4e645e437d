// A long table of which only the rows in sight are in the page.
import { fill, h } from "../dom.js";

const rowHeight = 26,
  around = 12;

/**
 * columns: [{name, title, number, value(row) → sorts, cell(row) → what is shown}]; rows(sort, down) gives the rows to
 * show. onSort(name) is told of a click on a head.
 */
export class Grid {
  constructor(columns, label, onSort) {
    this.columns = columns;
    this.body = h("div", { class: "body", role: "rowgroup" });
    this.heads = columns.map((c) =>
      h(
        "div",
        { role: "columnheader", class: c.number ? "number" : "" },
        h("button", { onclick: () => onSort(c.name) }, c.title),
      ),
    );
    this.element = h(
      "div",
      { class: "grid", role: "table", "aria-label": label, tabindex: 0 },
      h("div", { class: "line heads", role: "row" }, this.heads),
      this.body,
    );
    this.element.style.setProperty("--columns", columns.map((c) => c.width).join(" "));
    this.element.addEventListener("scroll", () => this.#later());
    this.sized = new ResizeObserver(() => this.#later());
    this.sized.observe(this.element);
  }

  end() {
    this.sized.disconnect();
    cancelAnimationFrame(this.frame);
  }

  /** Shows other rows, sorted by a column. */
  show(rows, sort, down) {
    this.rows = rows;
    this.element.setAttribute("aria-rowcount", rows.length + 1);
    this.columns.forEach((c, i) =>
      this.heads[i].setAttribute("aria-sort", c.name !== sort ? "none" : down ? "descending" : "ascending"),
    );
    this.element.scrollTop = 0;
    this.body.style.height = `${rows.length * rowHeight}px`;
    this.from = -1;
    this.#later();
  }

  #later() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    if (!this.rows) return;
    const from = Math.max(0, Math.floor(this.element.scrollTop / rowHeight) - around);
    const to = Math.min(this.rows.length, from + Math.ceil(this.element.clientHeight / rowHeight) + 2 * around);
    if (from === this.from && to === this.to) return;
    [this.from, this.to] = [from, to];
    fill(
      this.body,
      this.rows.slice(from, to).map((row, i) => {
        const el = h(
          "div",
          { class: "line", role: "row", "aria-rowindex": from + i + 2 },
          this.columns.map((c) => h("div", { role: "cell", class: c.number ? "number" : "" }, c.cell(row))),
        );
        el.style.top = `${(from + i) * rowHeight}px`;
        return el;
      }),
    );
  }
}
