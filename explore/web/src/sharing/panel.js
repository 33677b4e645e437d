// The panel lists who shares the bytes of the cell that was clicked: in all models, not only in the rows shown.
import { fill, h } from "../dom.js";
import { ask, canAsk } from "../ask.js";
import { wayTo } from "../links.js";
import { failed } from "../notice.js";
import { bytes, count, plural } from "../format.js";
import { middle } from "../text.js";
import { describe, some, wayOf } from "./words.js";

const shownAtFirst = 200;

const groups = { chunk: "The same chunk", same: "Same bytes", source: "Made of", made: "Made of these bytes", part: "Partly the same" };

export class Panel {
  /** of is what was asked of "sharing", linkOf(place) is the address of a place; close() is called by its button. */
  constructor(of, signal, linkOf, close) {
    Object.assign(this, { of, signal, linkOf, close });
    this.el = h("aside", { class: "sharers", hidden: true, "aria-label": "Who shares these bytes" });
  }

  hide() {
    this.el.hidden = true;
    this.cell = null;
  }

  async show(sheet, cell) {
    if (this.cell === cell) return;
    this.cell = cell;
    this.el.hidden = false;
    const d = describe(sheet, cell.row, cell.seg);
    const body = h("div", { class: "note" }, "asking …");
    fill(this.el,
      h("button", { class: "close", "aria-label": "Close", title: "Close (Esc)", onclick: this.close }, "×"),
      h("h2", { title: d.title }, middle(d.title, 80)),
      h("p", {}, d.what, cell.chunk !== undefined && `, chunk ${count(cell.chunk + 1)} of it`, h("br"), h("span", { class: "note" }, `in ${middle(cell.row.path, 60)}`)),
      h("p", {}, d.how, d.cost && [h("br"), d.cost]),
      h("p", { class: "links" }, linksOf(sheet, cell)),
      body);
    try {
      const answer = await this.#ask(sheet, cell);
      if (this.cell === cell) fill(body, this.#groups(answer)), body.removeAttribute("class");
    } catch (e) {
      if (this.cell === cell) fill(body, failed(e.message));
    }
  }

  /** The places in all models; of a row that only what is asked for has (a tag, a commit), those in that. */
  async #ask(sheet, { row, seg, chunk }) {
    const about = { model: row.model, file: row.file, segment: seg };
    if (!canAsk("sharers", about)) return placesOf(sheet, row, seg);
    const all = await this.#among(about);
    if (chunk === undefined) return all;
    const { places } = await this.#among({ ...about, chunk });
    return { ...all, chunk, places: [...places.map((p) => ({ ...p, as: "chunk" })), ...all.places] };
  }

  #among(about) {
    if (this.of.length === 0) return ask("sharers", about, this);
    return ask("sharers", about, this).catch(() => ask("sharers", { ...about, of: this.of }, this));
  }

  #groups({ places, more, chunk }) {
    const list = Object.entries(groups).map(([as, name]) => [name, places.filter((p) => p.as === as)])
      .filter(([, found]) => found.length > 0).map(([name, found]) => this.#group(name, found));
    const alone = chunk !== undefined && !places.some((p) => p.as === "chunk");
    if (alone) list.unshift(h("p", { class: "note" }, "No other tensor has this chunk."));
    if (places.length === 0) list.push(h("p", { class: "note" }, "No other file has these bytes, or is made of them."));
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
    const own = this.cell.row.layout.names[this.cell.seg];
    const size = { same: "", chunk: bytes(p.common), part: `${bytes(p.common)} of ${bytes(p.len)}` }[p.as] ?? bytes(p.len);
    return h("li", {},
      h("a", { href: this.linkOf(p), title: p.path }, middle(p.path, 48)),
      h("div", { class: "note" }, said(p.model, some(p.refs, 3))),
      h("div", { class: "note" }, said(p.tensor === own ? "" : middle(p.tensor, 60), size, wayOf(p.kind))));
  }
}

const said = (...parts) => parts.filter(Boolean).join(" · ");

/** Where more is said of a cell: the page of its file, and what changed since its source. */
function linksOf(sheet, { row, seg }) {
  const name = row.layout.names[seg], source = sheet.firstCell(sheet.blobs.source[row.blobs[seg]]);
  const [to] = row.refs, { model, path } = row;
  const links = [to && wayTo("file", { model, rev: to, path }, "the file")];
  if (to && name && source?.row.model === model && source.row.layout.names[source.seg] === name) {
    const from = source.row.refs[0], old = source.row.path;
    const paths = old === path ? { path } : { from_path: old, to_path: path };
    if (from) links.push(wayTo("tensor", { model, from, to, ...paths, name }, "what changed"));
  }
  return links;
}

/** What the rows here say, for a page that cannot ask. */
function placesOf(sheet, row, seg) {
  const b = row.blobs[seg], places = [];
  const add = (as, kind = "") => (r, s) => {
    if (r === row && s === seg) return;
    const { model, path, refs, file, layout } = r, len = sheet.blobs.len[r.blobs[s]];
    places.push({ model, path, refs, file, tensor: layout.names[s], off: layout.offs[s], len, common: 0, as, kind });
  };
  sheet.eachCell(b, add("same"));
  const s = sheet.blobs.source[b];
  if (sheet.firstCell(s)) sheet.eachCell(s, add("source", sheet.kinds[sheet.blobs.kind[b]]));
  for (const x of sheet.made.get(b) ?? []) sheet.eachCell(x, add("made", sheet.kinds[sheet.blobs.kind[x]]));
  return { places, more: 0 };
}
