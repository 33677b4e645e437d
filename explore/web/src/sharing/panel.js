// The panel lists who shares the bytes of the cell that was clicked: in all models, not only in the rows shown.
import { fill, h } from "../dom.js";
import { ask, canAsk } from "../ask.js";
import { bytes, count, plural } from "../format.js";
import { describe, middle, some } from "./words.js";

const shownAtFirst = 200;

export class Panel {
  /** linkOf(place) is the address of a place; close() is called by its button. */
  constructor(signal, linkOf, close) {
    Object.assign(this, { signal, linkOf, close });
    this.el = h("aside", { class: "sharers", hidden: true, "aria-label": "Who shares these bytes" });
  }

  hide() {
    this.el.hidden = true;
    this.cell = null;
  }

  async show(sheet, cell) {
    if (this.cell?.row === cell.row && this.cell?.seg === cell.seg) return;
    this.cell = cell;
    this.el.hidden = false;
    const d = describe(sheet, cell.row, cell.seg);
    const body = h("div", { class: "note" }, "asking …");
    fill(this.el,
      h("button", { class: "close", "aria-label": "Close", title: "Close (Esc)", onclick: this.close }, "×"),
      h("h2", { title: d.title }, middle(d.title, 80)),
      h("p", {}, d.what, h("br"), h("span", { class: "note" }, `in ${middle(cell.row.path, 60)}`)),
      h("p", {}, d.how, d.cost && [h("br"), d.cost]),
      body);
    const about = { model: cell.row.model, file: cell.row.file, segment: cell.seg };
    try {
      const asked = canAsk("sharers", about);
      const places = asked ? await ask("sharers", about, { signal: this.signal }) : placesOf(sheet, cell);
      if (this.cell === cell) fill(body, this.#groups(places, cell)), body.removeAttribute("class");
    } catch (e) {
      if (this.cell === cell) fill(body, h("p", { class: "error" }, e.message));
    }
  }

  #groups({ places, more }, cell) {
    const self = (p) => p.model === cell.row.model && p.path === cell.row.path && p.file === cell.row.file &&
      p.made === "" && (p.off === undefined || p.tensor === cell.row.layout.names[cell.seg]);
    const others = places.filter((p) => !self(p));
    const groups = [
      ["Made of", others.filter((p) => p.made === "source")],
      ["Same bytes", others.filter((p) => p.made === "")],
      ["Made of these bytes", others.filter((p) => p.made !== "" && p.made !== "source")],
    ];
    const list = groups.filter(([, g]) => g.length > 0).map(([name, g]) => this.#group(name, g));
    if (list.length === 0) list.push(h("p", { class: "note" }, "No other file has these bytes, or is made of them."));
    if (more > 0) list.push(h("p", { class: "note" }, `and ${plural(more, "more place")}`));
    return list;
  }

  #group(name, places) {
    const list = h("ol", {}, places.slice(0, shownAtFirst).map((p) => this.#place(p)));
    const rest = places.length - shownAtFirst;
    const all = rest > 0 && h("button", {
      onclick: (e) => (fill(list, places.map((p) => this.#place(p))), e.target.remove()),
    }, `show ${count(rest)} more`);
    return h("section", {}, h("h3", {}, `${name} `, h("span", { class: "note" }, count(places.length))), list, all);
  }

  #place(p) {
    const made = p.made && p.made !== "source" && p.made !== "delta" ? ` · ${p.made}` : "";
    return h("li", {},
      h("a", { href: this.linkOf(p), title: p.path }, middle(p.path, 48)),
      h("div", { class: "note" },
        [p.model, some(p.refs, 3)].filter(Boolean).join(" · "),
        p.tensor && p.tensor !== this.cell.row.layout.names[this.cell.seg] && [h("br"), middle(p.tensor, 60)],
        ` · ${bytes(p.bytes)}${made}`));
  }
}

/** What the rows here say, for a page that cannot ask. */
function placesOf(sheet, cell) {
  const b = cell.row.blobs[cell.seg], places = [];
  const add = (made) => (row, seg) => {
    const { model, path, refs, file, layout } = row;
    places.push({ model, path, refs, file, tensor: layout.names[seg], bytes: sheet.blobs.len[row.blobs[seg]], made });
  };
  sheet.eachCell(b, add(""));
  const s = sheet.blobs.source[b];
  if (sheet.firstCell(s)) sheet.eachCell(s, add("source"));
  for (const x of sheet.made.get(b) ?? []) sheet.eachCell(x, add(sheet.kinds[sheet.blobs.kind[x]] || "delta"));
  return { places, more: 0 };
}
