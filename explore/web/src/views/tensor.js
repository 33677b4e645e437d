// One tensor on two sides: what changed in words, how values and changes are spread, where the change is, and in how many
// directions.
import { fill, h } from "../dom.js";
import { canAsk } from "../ask.js";
import { link, state } from "../state.js";
import { count, percent } from "../format.js";
import { figure, relative, shape, share } from "../layers/figures.js";
import { poll } from "../layers/poll.js";
import { beyond, histogram } from "../tensor/histogram.js";
import { profile } from "../tensor/profile.js";
import { directionsFor, held, values } from "../tensor/spectrum.js";

const names = ["model", "from", "to", "from_path", "to_path", "path", "name"];

export const tensor = {
  name: "tensor",
  title: "Tensor",
  about: (params) => params.get("name"),
  hidden: true,
  show(root, params) {
    const page = new Page(root, Object.fromEntries(names.map((n) => [n, params.get(n) ?? undefined])));
    const redraw = () => requestAnimationFrame(() => page.draw());
    addEventListener("resize", redraw);
    page.load(params.get("rank") === "1");
    return () => {
      removeEventListener("resize", redraw);
      page.stop.abort();
    };
  },
};

class Page {
  constructor(root, asked) {
    this.asked = asked;
    this.stop = new AbortController();
    this.head = h("div", {});
    this.said = h("p", { class: "sentence", "aria-live": "polite" });
    this.body = h("div", {});
    const { name, ...rest } = asked;
    fill(
      root,
      h(
        "div",
        { class: "tensor" },
        h("a", { class: "back", href: link("layers", rest) }, "← all layers"),
        h("h1", {}, name ?? ""),
        this.head,
        this.said,
        this.body,
      ),
    );
  }

  async load(withRank) {
    const { signal } = this.stop;
    try {
      await poll("tensor", this.asked, signal, (a) => {
        this.answer = a.progress ? undefined : a;
        this.draw(a.progress);
      });
      if (withRank) await this.loadRank();
    } catch (e) {
      if (!signal.aborted) fill(this.said, h("span", { class: "error" }, e.message));
    }
  }

  async loadRank() {
    const { signal } = this.stop;
    this.ranking = true;
    this.draw();
    try {
      await poll("rank", this.asked, signal, (r) => {
        if (!r.progress) this.rank = r;
      });
    } catch (e) {
      if (!signal.aborted) this.failed = e.message;
    }
    this.ranking = false;
    if (!signal.aborted) this.draw();
  }

  draw(progress) {
    const a = this.answer;
    if (!a) return progress && fill(this.said, reading(progress));
    fill(this.head, facts(a));
    fill(this.said, sentence(a, this.rank));
    const wide = this.body.clientWidth;
    const width = wide > 900 ? Math.floor((wide - 40) / 2) : wide;
    fill(
      this.body,
      h("div", { class: "plots" }, spreads(a, width), a.change && a.tensor.changed > 0 && profiles(a, width)),
      this.directions(width),
    );
  }

  directions(width) {
    const t = this.answer.tensor;
    if (t.status !== "changed" || t.shape.length !== 2 || !t.changed || !(this.rank || canAsk("rank", this.asked)))
      return null;
    if (!this.rank) {
      return h(
        "section",
        {},
        h("h2", {}, "Directions of the change"),
        this.failed
          ? h("p", { class: "error" }, this.failed)
          : h(
              "button",
              { disabled: this.ranking, onclick: () => this.askRank() },
              this.ranking ? "Computing …" : "Compute singular values",
            ),
      );
    }
    if (!this.rank.known || !this.rank.values.length)
      return h("p", { class: "note" }, "Singular values are known of matrices of floats only.");
    return h(
      "div",
      { class: "plots" },
      part(
        "Singular values of the change",
        values(this.rank, width),
        this.rank.whole ? "" : `the largest ${this.rank.values.length}`,
      ),
      part("Share of the change that the first directions hold", held(this.rank, width)),
    );
  }

  askRank() {
    history.replaceState(null, "", link("tensor", { ...Object.fromEntries(state().params), rank: "1" }));
    this.loadRank();
  }
}

const part = (title, plot, note) =>
  h("section", {}, h("h2", {}, title, note && h("span", { class: "note" }, ` ${note}`)), plot);

function facts(a) {
  const t = a.tensor;
  const rows = [
    ["type", t.dtype_a ? `${t.dtype_a} → ${t.dtype}` : t.dtype],
    ["shape", t.shape_a ? `${shape(t.shape_a)} → ${shape(t.shape)}` : shape(t.shape)],
    ["relative change", t.changed ? relative(t.rel_l2) : "none"],
    ["changed weights", `${share(t.changed, t.elements)} of ${count(t.elements)}`],
    t.changed > 0 && ["largest change", figure(t.max_abs)],
    t.changed > 0 && ["cosine", figure(t.cosine, 6)],
    t.changed > 0 && ["mean shift", figure(a.mean_shift)],
  ].filter(Boolean);
  const place = [a.layer >= 0 ? `layer ${a.layer}` : "", a.module].filter(Boolean).join(" ");
  return [
    h("p", { class: "where" }, `${place} · ${side(a.from)} → ${side(a.to)}`, t.name_b ? ` · there ${t.name_b}` : ""),
    h(
      "dl",
      {},
      rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
    ),
  ];
}

const side = (r) => (r.path ? `${r.rev}:${r.path}` : r.rev);

/** What changed, as one would say it. */
function sentence(a, rank) {
  const t = a.tensor;
  if (t.status === "added" || t.status === "removed") return `It is on one side only: ${t.status}.`;
  if (t.status === "reshaped") {
    const both = Number.isFinite(t.rel_l2 ?? NaN)
      ? `; what both sides have changed by ${relative(t.rel_l2)} of its norm`
      : "";
    return `Its shape went from ${shape(t.shape_a)} to ${shape(t.shape)}${both}.`;
  }
  if (!t.changed) return t.status === "changed" ? "Its values are the same, written otherwise." : "It did not change.";
  const how = Number.isFinite(t.rel_l2 ?? NaN) ? `, by ${relative(t.rel_l2)} of their norm` : "";
  const half = rank?.known && directionsFor(rank, 0.5);
  const within = half
    ? `; half of the change is within ${half === 1 ? "one direction" : `${count(half)} directions`}`
    : "";
  const few =
    rank?.known && !rank.rank_at_least && rank.rank > 0 && rank.rank <= Math.min(...t.shape) / 4
      ? ` Its rank is ${rank.rank}.`
      : "";
  return `${share(t.changed, t.elements)} of its weights changed${how}${within}.${few}`;
}

function spreads(a, width) {
  const both = [a.before, a.after].filter(Boolean);
  const list = [];
  if (a.change && a.tensor.changed > 0) {
    list.push(
      part(
        "Change of each weight",
        histogram([a.change], { width, label: "Histogram of the change of each weight", axis: "change", zeros: "0" }),
        beyond(a.change),
      ),
    );
  }
  if (both.length) {
    const title =
      both.length === 2
        ? ["Weights ", h("span", { class: "was" }, "before"), " and ", h("span", { class: "is" }, "after")]
        : "Weights";
    list.push(
      part(
        title,
        histogram(both, { width, label: "Histogram of the weights", axis: "weight" }),
        beyond(both[both.length - 1]),
      ),
    );
  }
  return list.length ? list : h("p", { class: "note" }, `Numbers of type ${a.tensor.dtype} cannot be shown.`);
}

function profiles(a, width) {
  return [
    a.by_row.length > 1 &&
      part(
        a.columns > 1 ? "By row" : "By position",
        profile(a.by_row, a.rows, { width, what: a.columns > 1 ? "row" : "position" }),
      ),
    a.by_column.length > 1 && part("By column", profile(a.by_column, a.columns, { width, what: "column" })),
  ];
}

function reading({ done, total }) {
  return [
    h("progress", { max: 1, value: total ? done / total : 0, "aria-label": "How much is read" }),
    total ? ` reading: ${percent(done / total)}` : " waiting for its turn",
  ];
}
