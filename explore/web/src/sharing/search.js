// The search box: tensors by a part of their name, which the wall lights up; next and previous go from one to the next.
import { h } from "../dom.js";
import { count, plural } from "../format.js";
import { rowsOf } from "./order.js";

export class Search {
  #rows = [];
  #at = -1;

  /** set(text) is called when the text has changed, visit(row, seg) to go to a match. */
  constructor(set, visit) {
    this.set = set;
    this.visit = visit;
    this.input = h("input", {
      type: "search", placeholder: "Find tensors", "aria-label": "Find tensors by name",
      title: "Find tensors by a part of their name ( / )",
      oninput: () => this.set(this.input.value.trim()),
      onkeydown: (e) => e.key === "Enter" && (e.preventDefault(), this.go(e.shiftKey ? -1 : 1)),
    });
    this.says = h("span", { class: "note", "aria-live": "polite" });
    const step = (by, word, sign) => h("button", { title: word, "aria-label": word, onclick: () => this.go(by) }, sign);
    this.steps = h("span", { hidden: true }, step(-1, "Previous match", "‹"), step(1, "Next match", "›"));
    this.el = h("span", { class: "search" }, this.input, this.steps, this.says);
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  clear() {
    this.set("");
  }

  take(sheet, items, text) {
    if (this.input.value.trim() !== text) this.input.value = text;
    if (text !== this.text) this.#at = -1;
    this.text = text;
    const found = text === "" ? [] : rowsOf(items).map((row) => [row, sheet.matches(row.layout, text)]);
    this.#rows = found.filter(([, list]) => list.length > 0);
    this.all = this.#rows.reduce((sum, [, list]) => sum + list.length, 0);
    this.steps.hidden = this.all === 0;
    this.#say();
  }

  #say() {
    if (this.text === "") this.says.textContent = "";
    else if (this.#at >= 0) this.says.textContent = `${count(this.#at + 1)} of ${count(this.all)}`;
    else if (this.all === 0) this.says.textContent = "no tensor";
    else this.says.textContent = `${plural(this.all, "tensor")} in ${plural(this.#rows.length, "file")}`;
  }

  /** Goes by so many matches. */
  go(by) {
    if (this.all === 0) return;
    this.#at = this.#at < 0 ? (by > 0 ? 0 : this.all - 1) : (this.#at + by + this.all) % this.all;
    let left = this.#at;
    for (const [row, list] of this.#rows) {
      if (left < list.length) {
        this.visit(row, list[left]);
        break;
      }
      left -= list.length;
    }
    this.#say();
  }
}
