// The view "Sharing": which files have which bytes, as a wall of cells that are darker the more their bytes are shared.
import { fill, h } from "../dom.js";
import { ask, inReport } from "../ask.js";
import { change, link, state } from "../state.js";
import { count, plural } from "../format.js";
import { redrawLegend } from "../sharing/legend.js";
import { arrange, groupings, many, rowsOf, sorts, usualGrouping } from "../sharing/order.js";
import { eachPage } from "../sharing/pages.js";
import { Panel } from "../sharing/panel.js";
import { picker } from "../sharing/picker.js";
import { Search } from "../sharing/search.js";
import { Sheet, segmentAt } from "../sharing/sheet.js";
import { table } from "../sharing/table.js";
import { Tip } from "../sharing/tip.js";
import { Wall } from "../sharing/wall.js";
import { failed, noCommits } from "../notice.js";
import { middle } from "../text.js";
import { summary } from "../sharing/words.js";

class View {
  constructor(root, params) {
    this.root = root;
    this.stop = new AbortController();
    this.of = params.getAll("of");
    this.sheet = new Sheet();
    this.#build();
    this.take(params);
    this.#load();
  }

  #build() {
    const { signal } = this.stop;
    this.tip = new Tip();
    this.wall = new Wall(this.sheet, this.of, {
      point: (cell, x, y) => this.tip.show(this.sheet, cell, x, y, this.wall.width, this.wall.height),
      pick: (cell) => this.#pick(cell), moved: () => this.#moved(), escape: () => this.#escape(),
      search: () => this.search.focus(), next: (by) => this.search.go(by),
    }, signal);
    this.panel = new Panel(this.of, signal, (p) => this.#linkOf(p), () => this.#unpick());
    this.search = new Search((find) => this.#find(find), (row, seg) => this.wall.visit(row, seg));
    this.says = h("h1", { class: "says", "aria-live": "polite" }, "asking …");
    this.chip = h("span", { class: "shown", hidden: true });
    this.tools = h("div", { class: "tools" });
    this.legend = h("div", {});
    this.body = h("div", { class: "body" });
    fill(this.root, h("div", { class: "sharing" },
      h("div", { class: "view-head" }, this.says, this.chip, this.tools), this.body, this.legend));
    const dye = () => redrawLegend(this.legend, this.sheet.most ?? 4);
    addEventListener("theme", dye, { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dye, { signal });
    this.#tools(signal);
  }

  #tools(signal) {
    const set = (name) => (e) => change({ [name]: e.target.value });
    const option = (name, label, all) => {
      const el = h("select", { onchange: set(name) },
        Object.entries(all).map(([value, { label: word }]) => h("option", { value }, word)));
      this.controls.push([el, name]);
      return h("label", {}, label, el);
    };
    const toggle = (name, label, title) => {
      const also = name === "same" ? { x: "" } : {}; // its zoom is in other units
      const onchange = (e) => change({ [name]: e.target.checked ? "1" : "0", ...also });
      const el = h("input", { type: "checkbox", onchange });
      this.controls.push([el, name]);
      return h("label", { title }, el, label);
    };
    this.controls = [];
    this.others = toggle("others", "other files", "Also files that are no models, such as config.json");
    fill(this.tools,
      !inReport() && picker(this.of, (of) => change({ of, file: "", segment: "", chunk: "", model: "" }), signal),
      option("sort", "sort", sorts), option("group", "group", groupings),
      toggle("fit", "fit", "All rows at once, as thin as it takes"),
      toggle("same", "same width", "Each file as wide as the others"),
      this.others,
      toggle("table", "table", "The numbers behind the picture"),
      this.search.el);
  }

  async #load() {
    const { signal } = this.stop;
    try {
      await eachPage(this.of, (page) => this.#add(page), signal);
    } catch (e) {
      if (signal.aborted) return;
      if (!this.loaded) return fill(this.root, failed(e.message));
      this.failed = e.message; // what has come stays
      this.loading = false;
      this.take(state().params);
    }
  }

  async #add(page) {
    if (page.total === 0 && (await this.#nothing(this.stop.signal))) return;
    this.sheet.add(page);
    this.loaded = true;
    this.loading = page.next !== "";
    this.take(state().params);
  }

  /** Says that there are no commits, if that is why there are no rows. */
  async #nothing(signal) {
    const models = await ask("models", {}, { signal });
    if (signal.aborted) return true; // another view stands there now
    if (models.some((m) => m.branches.length + m.tags.length > 0)) return false;
    fill(this.root, noCommits());
    return true;
  }

  /** Shows what the address says. */
  take(params) {
    this.params = params;
    const { rows } = this.sheet;
    if (!this.loaded) return;
    this.wall.several = rows.some((r) => r.model !== rows[0].model);
    const usual = { sort: "shared", group: usualGrouping(rows) };
    const get = (name) => params.get(name) ?? usual[name] ?? "";
    this.#choose(get("model"), get("file"), get("segment"), get("chunk"));
    const only = this.chosen && this.sheet.rowsWith(this.chosen.row.blobs[this.chosen.seg]);
    this.items = arrange(rows, { sort: get("sort"), group: get("group"), only, others: get("others") === "1" });
    usual.fit = this.items.length > many ? "1" : "0";
    for (const [el, name] of this.controls) {
      if (el.type === "checkbox") el.checked = get(name) === "1";
      else el.value = get(name);
    }
    this.wall.chosen = this.chosen;
    this.wall.find = get("find");
    this.#say(only);
    this.#picture(get);
    this.search.take(this.sheet, this.items, this.wall.find);
  }

  #picture(get) {
    if (this.chosen) this.panel.show(this.sheet, this.chosen);
    else this.panel.hide();
    if (get("table") === "1") {
      fill(this.body, table(this.sheet, this.items, this.wall.several), this.panel.el);
      return;
    }
    const frame = this.wall.el.parentElement === null || !this.body.contains(this.wall.el);
    if (frame) fill(this.body, h("div", { class: "stage" }, this.wall.el, this.tip.el, this.tip.live), this.panel.el);
    this.wall.show(this.items, { fit: get("fit") === "1", same: get("same") === "1" });
    this.#aim(get);
    redrawLegend(this.legend, this.sheet.most);
  }

  /** Zoom and scroll of the address, unless they are from here. */
  #aim(get) {
    const [from, to] = get("x").split("-").map(Number), y = Number(get("y"));
    if (get("x") !== this.wroteX) {
      if (to > from) this.wall.lens.set(from, to);
      else this.wall.lens.set(0, this.wall.lens.end);
      this.wroteX = get("x");
    }
    if (get("y") !== this.wroteY) {
      this.wall.bar.scrollTop = Number.isFinite(y) ? y : 0;
      if (!this.loading) this.wroteY = get("y");
    }
  }

  #choose(model, file, segment, nth) {
    const row = file && this.sheet.rows.find((r) => r.file.startsWith(file) && (!model || r.model === model));
    const seg = segment === "" ? -1 : Number(segment);
    const chunk = nth === "" ? undefined : Number(nth);
    const cell = row && Number.isInteger(seg) && seg >= 0 && seg < row.blobs.length ? { row, seg, chunk } : null;
    if (!isSame(cell, this.chosen)) this.chosen = cell;
  }

  #say(only) {
    const { sheet } = this, rows = rowsOf(this.items), hidden = sheet.rows.filter((r) => r.format === "").length;
    const extra = [];
    if (this.loading) extra.push(`${count(sheet.rows.length)} of ${plural(sheet.total, "row")} so far`);
    if (this.failed) extra.push(`only ${count(sheet.rows.length)} of ${plural(sheet.total, "row")} came: ${this.failed}`);
    const leftOut = plural(sheet.leftOut, "file is", "files are");
    if (sheet.leftOut > 0) extra.push(`${leftOut} left out: choose fewer branches`);
    const none = rows.length === 0 && !this.loading;
    fill(this.says, none ? "Nothing to show: these branches have no models." : summary(sheet, rows),
      extra.length > 0 && h("span", { class: "note" }, ` · ${extra.join(" · ")}`));
    this.others.hidden = hidden === 0;
    this.others.lastChild.textContent = `also ${plural(hidden, "other file")}`;
    this.chip.hidden = !only;
    if (!only) return;
    const name = this.chosen.row.layout.names[this.chosen.seg] || "these bytes";
    const share = rows.length === 1 ? "has" : "share", onclick = () => this.#unpick();
    fill(this.chip, `shown: ${plural(rows.length, "row")} that ${share} ${middle(name, 30)}`,
      h("button", { "aria-label": "Show all rows", title: "Show all rows (Esc)", onclick }, "×"));
  }

  /** Chooses a cell, or where its chunks are seen the chunk; what is chosen already is let go. */
  #pick({ row, seg, part }) {
    if (seg === undefined) return;
    const chunk = part && part.n - 1;
    if (isSame({ row, seg, chunk }, this.chosen)) return this.#unpick();
    this.wall.point(null); // rows move
    change({ model: row.model, file: row.file.slice(0, 16), segment: seg, chunk, y: "" });
  }

  #find(find) {
    change({ find }, { replace: true });
    this.take(state().params);
  }

  #unpick() {
    change({ model: "", file: "", segment: "", chunk: "" });
  }

  #escape() {
    if (this.wall.focus) this.wall.point(null);
    else if (this.chosen) this.#unpick();
    else if (this.wall.find) this.search.clear();
  }

  /** Keeps zoom and scroll in the address, when they have come to rest. */
  #moved() {
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      if (this.stop.signal.aborted) return;
      const { lens, bar } = this.wall, digits = lens.same ? 6 : 0;
      this.wroteX = lens.whole ? "" : `${lens.from.toFixed(digits)}-${lens.to.toFixed(digits)}`;
      this.wroteY = bar.scrollTop > 0 ? String(Math.round(bar.scrollTop)) : "";
      change({ x: this.wroteX, y: this.wroteY }, { replace: true });
    }, 200);
  }

  /** The address of a place that shares bytes: its row here if it is shown, else that of its model. */
  #linkOf(place) {
    const { model, file, path, off } = place;
    const row = this.sheet.rows.find((r) => r.file === file && r.model === model && r.path === path);
    if (row) {
      const segment = segmentAt(row.layout.offs, off);
      return link("sharing", { ...all(this.params), model, file: file.slice(0, 16), segment, chunk: "" });
    }
    return link("sharing", { of: place.refs?.length ? `${place.model}@${place.refs[0]}` : place.model });
  }
}

const isSame = (a, b) => a?.row === b?.row && a?.seg === b?.seg && a?.chunk === b?.chunk;

function all(params) {
  const values = {};
  for (const name of new Set(params.keys())) values[name] = params.getAll(name);
  return values;
}

let shown; // the view that stands, if it does

export const sharing = {
  name: "sharing",
  title: "Sharing",
  show(root, params) {
    const view = (shown = new View(root, params));
    return () => (view.stop.abort(), (shown = undefined));
  },
  keep(params) {
    if (!shown || String(params.getAll("of")) !== String(shown.of)) return false;
    shown.take(params);
    return true;
  },
};
