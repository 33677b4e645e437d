// Layers: how far each module of each layer changed between two revisions.
import { fill, h } from "../dom.js";
import { ask, canAsk, inReport } from "../ask.js";
import { change, go, link } from "../state.js";
import { about, choice, revisions, suggestions } from "../layers/choose.js";
import { keepFocus } from "../layers/focus.js";
import { expertsOf, gridsOf, isExperts, metrics } from "../layers/grids.js";
import { heat } from "../layers/heat.js";
import { legend } from "../layers/legend.js";
import { scaleOf } from "../layers/scale.js";
import { table } from "../layers/table.js";
import { tip } from "../layers/tip.js";
import { describe, headline, isChanged, isOneSided, nothing, placeOf, progress } from "../layers/words.js";
import { failed, noCommits } from "../notice.js";
import { poll } from "../layers/poll.js";

let page; // what is shown

export const layers = {
  name: "layers",
  title: "Layers",
  show(root, params) {
    page = new Page(root);
    page.update(params);
    const redraw = () => page.draw();
    addEventListener("resize", redraw);
    return () => {
      removeEventListener("resize", redraw);
      page.stop.abort();
      page = undefined;
    };
  },
  keep(params) {
    page.update(params);
    return true;
  },
};

class Page {
  constructor(root) {
    this.root = root;
    this.stop = new AbortController();
    this.side = h("aside", { "aria-label": "What is worth comparing" });
    this.bar = h("div", { class: "bar" });
    this.said = h("div", { class: "said", "aria-live": "polite" });
    this.picture = h("div", { class: "picture" });
    this.tip = tip();
    fill(
      root,
      h("div", { class: "layers" }, this.side, h("section", {}, this.bar, this.said, this.picture), this.tip.parts),
    );
    this.figures = [];
  }

  async update(params) {
    this.stop.abort();
    this.stop = new AbortController();
    const { signal } = this.stop;
    try {
      const models = await ask("models", {}, { signal });
      const model = models.find((m) => m.name === params.get("model")) ?? models[0];
      const pairs = ask("pairs", { model: model.name }, { signal }).catch(() => []);
      const named = params.get("from") !== null || params.get("to") !== null;
      if (named) pairs.then((list) => !signal.aborted && this.suggest(model, list, this.asked(params, model, list)));
      if (!named && this.figures.length === 0) this.say("Looking for what is worth comparing …");
      const list = named ? [] : await pairs;
      if (signal.aborted) return;
      const asked = this.asked(params, model, list);
      keepFocus(this.root, () => this.choices(models, model, asked));
      if (!named) this.suggest(model, list, asked);
      if (!asked.from && model.branches.length + model.tags.length === 0)
        return fill(this.said, noCommits(models.length > 1 ? model.name : ""));
      if (!asked.from) return this.say("Nothing to compare yet: there is only one version of each model here.");
      if (this.figures.length === 0) this.say("Comparing …");
      await poll("layers", asked, signal, (answer) => keepFocus(this.root, () => this.show(answer, asked, params)));
    } catch (e) {
      if (!signal.aborted) (fill(this.said, failed(e.message)), fill(this.picture));
    }
  }

  /** What is to be compared: as the address says, else the most interesting pair. */
  asked(params, model, pairs) {
    const value = (name) => params.get(name) ?? undefined;
    if (!value("from") && !value("to")) {
      return pairs.length ? about(model.name, pairs[0]) : { model: model.name };
    }
    return {
      model: model.name,
      from: value("from") ?? model.head,
      to: value("to") ?? model.head,
      from_path: value("from_path"),
      to_path: value("to_path"),
      path: value("path"),
    };
  }

  choices(models, model, asked) {
    const pick = (values) =>
      change({ ...asked, path: undefined, from_path: undefined, to_path: undefined, open: undefined, ...values });
    const tools = [...this.bar.children].filter((c) => c.dataset.of);
    const swapped = { from: asked.to, to: asked.from, from_path: asked.to_path, to_path: asked.from_path };
    fill(
      this.bar,
      models.length > 1 &&
        choice("Model", [["", models.map((m) => [m.name, m.name])]], model.name, (v) => go("layers", { model: v })),
      asked.from &&
        (inReport()
          ? h("span", { class: "note" }, asked.from === asked.to ? `in ${asked.to}` : `${asked.from} → ${asked.to}`)
          : [
              choice("From", revisions(model), asked.from, (v) => pick({ from: v })),
              h(
                "button",
                {
                  class: "plain swap",
                  title: "The other way round",
                  "aria-label": "Swap the two",
                  onclick: () => pick(swapped),
                },
                "⇄",
              ),
              choice("To", revisions(model), asked.to, (v) => pick({ to: v })),
            ]),
      tools,
    );
  }

  suggest(model, pairs, asked) {
    const some = pairs.filter((p) => canAsk("layers", about(model.name, p)));
    fill(
      this.side,
      suggestions(
        model.name,
        some,
        (p) =>
          p.from === asked.from &&
          p.to === asked.to &&
          p.from_path === asked.from_path &&
          p.to_path === asked.to_path &&
          (asked.from_path || !asked.path || asked.path === p.path),
      ),
    );
  }

  say(text) {
    fill(this.said, h("p", {}, text));
    fill(this.picture);
  }

  show(answer, asked, params) {
    const file = answer.files[answer.shown];
    this.tip.hide();
    fill(this.said, file ? headline(answer, file) : h("h1", {}, nothing(answer)));
    fill(
      this.bar,
      [...this.bar.children].filter((c) => !c.dataset.of),
      file && this.tools(answer, asked, params),
    );
    this.figures = [];
    if (!file) return fill(this.picture);
    const metric = metrics[params.get("by")] ?? metrics.rel;
    const working = Boolean(answer.progress);
    const grids = isOneSided(file) ? [] : [...gridsOf(answer.cells), ...this.experts(answer, params)];
    const cells = grids.flatMap((g) => [...g.cells.values()]);
    const values = working
      ? []
      : cells
          .filter(isChanged)
          .map(metric.of)
          .filter((v) => v > 0);
    const scale = scaleOf(values, metric.most);
    const link = linker(asked, answer);
    this.legend = legend(values, scale, metric.label, cells);
    this.figures = grids.map((grid) =>
      heat(grid, {
        metric,
        scale,
        working,
        best: bestOf(grid, metric),
        note: this.note(grid, params),
        hover: (c, box) => this.hover(c, box, answer, metric),
        open: (c) => this.open(c, grid, answer, link),
      }),
    );
    fill(
      this.picture,
      working ? progress(answer.progress) : values.length > 0 && this.legend.el,
      answer.warning && h("p", { class: "note" }, answer.warning),
      h(
        "div",
        { class: "grids" },
        this.figures.map((f) => f.el),
      ),
      params.get("table") && this.behind(answer, params, link, working),
    );
    this.draw();
  }

  /** What is said beside the title of a grid: how to see experts one by one, or together again. */
  note(grid, params) {
    const others = params.getAll("open").filter((m) => m !== grid.module);
    if (grid.still && !grid.plain) return h("span", { class: "note" }, " unchanged");
    if (grid.module) return h("button", { class: "plain", onclick: () => change({ open: others }) }, "close");
    return (
      grid.columns.some((c) => isExperts(c.module)) &&
      h("span", { class: "note" }, " experts of a layer together; click to see each")
    );
  }

  tools(answer, asked, params) {
    const files = answer.files.map((f) => [f.path, f.path_b ? `${f.path} → ${f.path_b}` : f.path]);
    const by = params.get("by") ?? "rel";
    const toggle = (label, on, values) =>
      h(
        "button",
        { "aria-pressed": String(on), onclick: () => change(values, { replace: true }) || this.again() },
        label,
      );
    return [
      files.length > 1 &&
        !inReport() &&
        h(
          "span",
          { dataset: { of: "1" } },
          choice("File", [["", files]], answer.files[answer.shown].path, (v) =>
            change({ ...asked, path: v, open: undefined }),
          ),
        ),
      h(
        "span",
        { class: "tools", dataset: { of: "1" } },
        fill(
          h("span", { class: "segments", role: "group", "aria-label": "What is shown" }),
          Object.values(metrics).map((m) =>
            toggle(m.label, m.name === by, { by: m.name === "rel" ? undefined : m.name }),
          ),
        ),
        toggle("Table", params.get("table") === "1", { table: params.get("table") ? undefined : "1" }),
      ),
    ];
  }

  /** The address changed without a step for Back. */
  again() {
    dispatchEvent(new HashChangeEvent("hashchange"));
  }

  experts(answer, params) {
    const grids = gridsOf(answer.cells);
    return params
      .getAll("open")
      .map((module) => {
        const grid = grids.find((g) => g.columns.some((c) => c.module === module));
        return grid && expertsOf(grid, module, answer.tensors);
      })
      .filter(Boolean);
  }

  /** A cell of one tensor leads to its page, one of experts to these, any other to its rows of the table. */
  open(cell, grid, answer, link) {
    if (cell.tensors.length === 1) {
      const to = link(answer.tensors[cell.tensors[0]]);
      if (to) location.hash = to;
    } else if (isExperts(cell.module) && expertsOf(grid, cell.module, answer.tensors)) change({ open: cell.module });
    else change({ table: "1", cell: [cell.stack, cell.layer ?? "", cell.module].join("/") });
  }

  hover(cell, box, answer, metric) {
    const value = cell && isChanged(cell) && !answer.progress ? metric.of(cell) : undefined;
    this.legend.point(Number.isFinite(value) ? value : undefined);
    if (!cell) return this.tip.hide();
    this.tip.show(describe(cell, answer), box);
  }

  behind(answer, params, link, working) {
    const wanted = params.get("cell");
    const cell = answer.cells.find((c) => [c.stack, c.layer ?? "", c.module].join("/") === wanted);
    const tensors = cell ? cell.tensors.map((i) => answer.tensors[i]) : answer.tensors;
    return h(
      "div",
      {},
      cell &&
        h(
          "p",
          { class: "chip" },
          `Only ${placeOf(cell)} `,
          h("button", { onclick: () => change({ cell: undefined }) }, "show all"),
        ),
      table(tensors, {
        sort: params.get("sort") ?? "rel",
        down: params.get("up") === null,
        link,
        working,
        resort: (sort, down) => {
          change({ sort, up: down ? undefined : "1" }, { replace: true });
          this.again();
        },
      }),
    );
  }

  draw() {
    requestAnimationFrame(() => {
      const height = Math.max(240, innerHeight - 340);
      const several = this.figures.length > 2;
      for (const f of this.figures) f.draw(this.picture.clientWidth - 2, height, several);
      this.legend?.draw();
    });
  }
}

/** The link of a tensor's page; a report may not have it. */
function linker(asked, answer) {
  const file = answer.files[answer.shown];
  return (t) => {
    const about = { ...asked, path: asked.from_path ? undefined : file.path, name: t.name };
    return canAsk("tensor", about) ? link("tensor", about) : undefined;
  };
}

/** The place in a grid of what changed most; undefined where all have their number anyway, or nothing changed. */
function bestOf(grid, metric) {
  let best;
  let most = 0;
  for (const [key, c] of grid.cells) {
    const v = isChanged(c) ? metric.of(c) : 0;
    if (v > most) [best, most] = [key, v];
  }
  return !grid.plain && grid.cells.size > 2 && best ? best.split(" ").map(Number) : undefined;
}
