// History: commits with the lines between them, and what each cost; beside them the one that is chosen.
import { ask, inReport } from "../ask.js";
import { fill, h } from "../dom.js";
import { bytes, count, day, plural, shortId } from "../format.js";
import { Lanes } from "../history/lanes.js";
import { byWord } from "../kinds.js";
import { linkTo, wayTo } from "../links.js";
import { failed, noCommits, waiting } from "../notice.js";
import { askedModel, chosenModel, modelChoice, revisionChoice } from "../pick.js";
import { change, link } from "../state.js";
import { middle } from "../text.js";

const rowHeight = 34,
  laneWidth = 14,
  mostLanes = 12;

export const history = {
  name: "history",
  title: "History",
  show(root, params) {
    const view = new View(root, params);
    shown = view;
    return () => {
      shown = undefined;
      view.end();
    };
  },
  // Another commit is chosen: the list stays where it is.
  keep(params) {
    return shown?.keep(params) ?? false;
  },
};

let shown;

class View {
  constructor(root, params) {
    this.root = root;
    this.params = params;
    this.stop = new AbortController();
    this.lanes = new Lanes();
    this.page = 0;
    this.most = 1;
    this.last = null; // the row before the next page
    fill(root, waiting("Reading the history…"));
    this.begin().catch((e) => this.failed(e));
  }

  end() {
    this.stop.abort();
    this.sentinel?.disconnect();
  }

  failed(e) {
    if (e.name !== "AbortError") fill(this.root, failed(e.message));
  }

  about(more) {
    return { model: askedModel(this.models, this.model.name), ...more };
  }

  async begin() {
    const models = (this.models = await ask("models", {}, this.stop));
    if (this.stop.signal.aborted) return;
    this.model = chosenModel(models, this.params);
    this.list = h("div", { class: "commits", role: "list", "aria-label": "Commits, the newest first" });
    this.aside = h("aside", { class: "commit", "aria-live": "polite" });
    this.foot = h("div", { class: "note foot" });
    this.title = h("h1", {});
    fill(
      this.root,
      h(
        "section",
        { class: "history" },
        h(
          "div",
          { class: "view-head" },
          this.title,
          modelChoice(models, this.model.name, { also: { rev: null, p: null, at: null } }),
          revisionChoice(this.model, this.params, { p: null, at: null }),
        ),
        h("div", { class: "both" }, h("div", { class: "scroll" }, this.list, this.foot), this.aside),
      ),
    );
    this.list.addEventListener("keydown", (e) => this.key(e));
    const upTo = Number(this.params.get("p")) || 0;
    do await this.more();
    while (this.page <= upTo && this.page < this.pages);
    if (upTo > 0) this.list.children[Math.min(upTo, this.list.children.length - 1)].scrollIntoView();
    if (this.stop.signal.aborted) return;
    this.choose(this.params.get("at"));
    this.sentinel = new IntersectionObserver(
      (seen) => {
        if (seen.some((s) => s.isIntersecting)) this.more().catch((e) => this.failed(e));
      },
      { rootMargin: "800px" },
    );
    this.sentinel.observe(this.foot);
  }

  /** Loads the next page. */
  async more() {
    if (this.loading || (this.pages !== undefined && this.page >= this.pages)) return;
    this.loading = true;
    const answer = await ask("history", this.about({ rev: this.params.get("rev"), p: this.page }), this.stop);
    this.pages = answer.pages;
    this.page++;
    this.loading = false;
    fill(
      this.title,
      plural(answer.total, "commit"),
      h(
        "span",
        { class: "note" },
        this.params.get("rev")
          ? ` of ${middle(this.params.get("rev"), 40)}`
          : ` of ${plural(this.model.branches.length, "branch", "branches")}, ${plural(this.model.tags.length, "tag")}`,
      ),
    );
    if (answer.total === 0) {
      fill(this.list.closest(".both"), noCommits(this.models.length > 1 ? this.model.name : ""));
      return;
    }
    const rows = this.lanes.add(answer.commits);
    this.scale(answer.commits);
    this.list.append(this.pageOf(answer.commits, rows));
    this.last = rows.at(-1) ?? this.last;
    fill(this.foot, this.page < this.pages ? "more…" : "");
    this.mark();
    // What was there already may leave room for more.
    if (this.page < this.pages && this.foot.getBoundingClientRect().top < innerHeight) await this.more();
  }

  /** Bars are as long as a commit cost, of the dearest one that was loaded. */
  scale(commits) {
    this.most = Math.max(this.most, ...commits.map((c) => c.stored));
    this.list.style.setProperty("--most", this.most);
  }

  pageOf(commits, rows) {
    const lanes = Math.min(mostLanes, Math.max(1, ...rows.map((r) => r.width), this.last?.width ?? 1));
    const graph = h(
      "svg",
      { class: "graph", width: lanes * laneWidth + 8, height: rows.length * rowHeight, "aria-hidden": "true" },
      this.last && lines(this.last, -1),
      rows.flatMap(lines),
      rows.map((r, i) =>
        h("circle", { cx: laneX(r.lane), cy: rowY(i), r: 4, class: commits[i].parents.length > 1 ? "merge" : "plain" }),
      ),
    );
    const el = h(
      "div",
      { class: "page" },
      graph,
      h(
        "div",
        { class: "rows" },
        commits.map((c) => this.row(c)),
      ),
    );
    el.style.setProperty("--graph", `${graph.getAttribute("width")}px`);
    el.style.containIntrinsicSize = `auto ${rows.length * rowHeight}px`;
    return el;
  }

  row(c) {
    const bar = h("i", { class: "cost", hidden: c.stored === 0 });
    bar.style.setProperty("--stored", c.stored);
    return h(
      "a",
      { class: "row", role: "listitem", dataset: { id: c.id }, href: this.linkOf(c.id) },
      h(
        "span",
        { class: "what" },
        c.refs.map((r) => h("b", { class: "ref" }, middle(r, 28))),
        h("span", { class: "subject", title: c.subject }, c.subject || "(no message)"),
      ),
      h("span", { class: "who" }, nameOf(c.author)),
      h("time", { datetime: c.time }, day(c.time)),
      h("span", { class: "changed" }, plural(c.files, "file")),
      h("span", { class: "bar" }, bar, bytes(c.stored)),
    );
  }

  linkOf(id) {
    return link("history", { ...Object.fromEntries(this.params), at: id });
  }

  key(e) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) {
      const all = [...this.list.querySelectorAll(".row")];
      all[all.indexOf(document.activeElement) + step]?.focus();
      e.preventDefault();
    }
    if (e.key === "Escape") change({ at: null });
  }

  keep(params) {
    const same = ["model", "rev", "p"].every((name) => params.get(name) === this.params.get(name));
    if (same && this.list) {
      this.params = params;
      this.choose(params.get("at"));
    }
    return same && this.list !== undefined;
  }

  mark() {
    for (const el of this.list.querySelectorAll("[aria-current]")) el.removeAttribute("aria-current");
    if (this.chosen)
      this.list.querySelector(`[data-id="${CSS.escape(this.chosen)}"]`)?.setAttribute("aria-current", "true");
  }

  /** Shows a commit beside the list, the first one unless another is named. */
  choose(id) {
    this.chosen = id ?? this.list.querySelector(".row")?.dataset.id;
    this.mark();
    if (!this.chosen) return;
    ask("commit", this.about({ rev: this.chosen }), this.stop)
      .then((c) => fill(this.aside, detail(c, this.model.name)))
      .catch((e) => {
        if (e.name !== "AbortError") fill(this.aside, failed(e.message));
      });
  }
}

const laneX = (lane) => Math.min(lane, mostLanes - 1) * laneWidth + 10;
const rowY = (i) => (i + 0.5) * rowHeight;

/** The lines from a row to the next. */
function lines(row, i) {
  return row.lines.map(([from, to]) => {
    const x = laneX(from),
      end = laneX(to),
      y = rowY(i),
      bottom = rowY(i + 1);
    const d =
      x === end
        ? `M${x},${y}V${bottom}`
        : `M${x},${y}C${x},${y + rowHeight * 0.7} ${end},${bottom - rowHeight * 0.7} ${end},${bottom}`;
    return h("path", { d, class: from === 0 && to === 0 ? "trunk" : "" });
  });
}

const nameOf = (author) => author.replace(/\s*<[^>]*>\s*$/, "");

const signs = { added: "+", deleted: "−", modified: "±" };

/** All of one commit. */
function detail(c, model) {
  const [subject, ...rest] = c.message.trimEnd().split("\n");
  const body = rest.join("\n").trim();
  const parent = c.parents[0];
  return [
    h("h2", { title: subject }, middle(subject || "(no message)", 240)),
    body && h("p", { class: "body" }, body),
    h("p", { class: "note" }, nameOf(c.author), ", ", day(c.time), " UTC"),
    h(
      "p",
      { class: "note" },
      h("code", {}, shortId(c.id)),
      c.refs.map((r) => [" ", h("b", { class: "ref" }, middle(r, 40))]).flat(),
    ),
    h(
      "p",
      { class: "cost-line" },
      h("strong", {}, bytes(c.stored)),
      " added to the store by ",
      plural(c.files, "file"),
      c.tensors > 0 && `, ${plural(c.tensors, "tensor")} changed`,
    ),
    h(
      "p",
      { class: "links" },
      parent && wayTo("layers", { model, from: parent, to: c.id }, "Compare with parent"),
      wayTo("family", { model, rev: c.id }, "Its family"),
    ),
    h(
      "ul",
      { class: "files" },
      c.changes.map((f) => change1(f, c, model)),
    ),
    c.left > 0 && h("p", { class: "note" }, `and ${count(c.left)} more`),
  ]
    .flat()
    .filter(Boolean);
}

function change1(f, c, model) {
  const gone = f.status === "deleted";
  const sizes = gone
    ? `${bytes(f.before)} removed`
    : f.before && f.before !== f.size
      ? `${bytes(f.before)} → ${bytes(f.size)}`
      : bytes(f.size);
  const name = middle(f.path, 60);
  return h(
    "li",
    {},
    h("span", { class: `sign ${f.status}`, title: f.status }, signs[f.status] ?? "±"),
    h(
      "div",
      {},
      gone ? name : linkTo("file", { model, rev: (inReport() && c.refs[0]) || c.id, path: f.path }, name, { title: f.path }),
      h("span", { class: "note" }, ` ${sizes}`),
      f.sources.slice(0, 3).map((s) =>
        h(
          "div",
          { class: "note" },
          `← ${middle(s.path || "a file in no branch or tag", 40)}${s.rev ? ` @ ${s.rev}` : ""}: `,
          byWord(s.kinds)
            .map((k) => `${count(k.tensors)} ${k.word}`)
            .join(", "),
        ),
      ),
    ),
  );
}
