// File: all of one file or model: what it is, how its bytes are kept, what it came from, and its tensors.
import { ask, canAsk, inReport } from "../ask.js";
import { cell, hows } from "../colour.js";
import { fill, h } from "../dom.js";
import { bar } from "../file/bar.js";
import { Grid } from "../file/grid.js";
import { bytes, count, percent, plural } from "../format.js";
import { byWord, kindWord } from "../kinds.js";
import { linkTo, wayTo } from "../links.js";
import { failed, waiting } from "../notice.js";
import { askedModel, chosenModel } from "../pick.js";
import { change, link, state } from "../state.js";
import { middle } from "../text.js";
import { hideTip } from "../tip.js";

const strength = 0.62,
  mostValue = 160,
  mostRelatives = 12;

export const file = {
  name: "file",
  title: "File",
  about: (params) => middle(params.get("path") ?? "", 60),
  hidden: true,
  show(root, params) {
    const stop = new AbortController();
    let grid;
    fill(root, waiting("Reading the file…"));
    ask("models", {}, stop)
      .then(async (models) => {
        const model = askedModel(models, chosenModel(models, params).name);
        const f = await ask("file", { model, rev: params.get("rev"), path: params.get("path") }, stop);
        if (stop.signal.aborted) return;
        grid = f.tensors.length > 0 ? tensors(f, params) : undefined;
        fill(root, page(f, grid, relatives(f, stop)));
        grid?.sorted();
      })
      .catch((e) => {
        if (e.name !== "AbortError") fill(root, failed(e.message));
      });
    shown = () => grid;
    return () => {
      stop.abort();
      grid?.end();
      hideTip();
      shown = undefined;
    };
  },
  // Another order or filter of the table.
  keep(params) {
    const grid = shown?.();
    if (!grid || !["model", "rev", "path"].every((n) => params.get(n) === grid.params.get(n))) return false;
    grid.params = params;
    grid.sorted();
    return true;
  },
};

let shown;

function page(f, grid, related) {
  const report = f.report;
  return h(
    "section",
    { class: "file" },
    h(
      "div",
      { class: "view-head" },
      h("h1", { title: f.path }, middle(f.path, 90)),
      h(
        "span",
        {},
        f.refs.length > 0
          ? f.refs.slice(0, 8).map((r) => h("b", { class: "ref" }, middle(r, 30)))
          : h("b", { class: "ref" }, middle(f.rev, 30)),
        f.refs.length > 8 && ` and ${f.refs.length - 8} more`,
      ),
      h(
        "span",
        { class: "links" },
        f.tensors.length > 0 && h("a", { href: sharingOf(f) }, "Sharing"),
        f.tensors.length > 0 && wayTo("family", { model: f.model }, "Family"),
        wayTo("history", { model: f.model, rev: inReport() ? undefined : f.rev }, "History"),
      ),
    ),
    h("p", { class: "facts" }, facts(f)),
    report &&
      report.problems.map((p) => h("p", { class: "error" }, `${p.path === f.path ? "" : `${p.path}: `}${p.text}`)),
    h(
      "div",
      { class: "columns" },
      h(
        "div",
        { class: "main" },
        f.kept.length > 0 && h("section", {}, h("h2", {}, "How its bytes are kept"), keptBar(f)),
        f.dtypes.length > 0 && h("section", {}, h("h2", {}, "Types of numbers"), typesBar(f), mix(report.mix)),
        f.text !== null && h("section", {}, h("h2", {}, "Text"), h("pre", { class: "text", tabindex: 0 }, f.text)),
        !report &&
          f.text === null &&
          h("p", { class: "note" }, "No model, and no short text: there is nothing to show of it."),
        grid &&
          h(
            "section",
            { class: "tensors" },
            h("h2", {}, plural(f.tensors.length, "tensor"), " ", grid.filter, grid.said),
            grid.element,
          ),
      ),
      h(
        "aside",
        {},
        related,
        report?.adapter && section("Adapter", adapter(report.adapter)),
        report?.tokenizer && section("Tokenizer", tokenizer(report.tokenizer)),
        report?.metadata?.length > 0 && section("Metadata", metadata(report.metadata)),
      ),
    ),
  );
}

/** Who shares its largest tensor. */
function sharingOf(f) {
  const most = f.tensors.reduce((a, b) => (b.size > a.size ? b : a));
  return link("sharing", {
    model: f.model,
    file: f.files[most.shard],
    segment: most.segment < 0 ? undefined : most.segment,
  });
}

const section = (title, ...children) => h("section", {}, h("h2", {}, title), ...children);

const big = (n) =>
  n >= 1e9 ? `${(n / 1e9).toPrecision(3)} billion` : n >= 1e6 ? `${(n / 1e6).toPrecision(3)} million` : count(n);

/** One line: what it is. */
function facts(f) {
  const r = f.report;
  const own = f.kept.reduce((n, k) => n + k.stored, 0);
  return [
    f.format || "no model",
    r?.architecture,
    r?.name && `“${middle(r.name, 40)}”`,
    f.files.length > 1 && plural(f.files.length, "shard"),
    bytes(f.size),
    r && r.parameters > 0 && `${big(r.parameters)} parameters`,
    r?.bits_per_weight !== null && r && `${r.bits_per_weight.toFixed(2)} bits a weight`,
    f.kept.length > 0 ? `adds ${bytes(own)} to the store, ${percent(own / f.size)}` : `takes ${bytes(f.needs)}`,
    f.kept.length > 0 && `needs ${bytes(f.needs)} of it, shared or not`,
  ]
    .filter(Boolean)
    .join(" · ");
}

function keptBar(f) {
  return bar(
    f.kept.map((k) => ({
      size: k.bytes,
      colour: cell(k.how, strength),
      label: hows[k.how].label,
      note: `${bytes(k.bytes)} in ${plural(k.tensors, "tensor")}${k.how === 3 ? "" : `, takes ${bytes(k.stored)}`}`,
    })),
    "How its bytes are kept",
  );
}

/** Types in one hue, the largest the strongest: names are beside them. */
function typesBar(f) {
  return bar(
    f.dtypes.map((d, i) => ({
      size: d.bytes,
      colour: `color-mix(in srgb, var(--text) ${Math.max(16, 72 - 14 * i)}%, var(--back))`,
      label: d.dtype,
      note:
        `${bytes(d.bytes)} in ${plural(d.tensors, "tensor")}` +
        (d.bits_per_weight === null ? "" : `, ${d.bits_per_weight.toFixed(2)} bits a weight`),
    })),
    "Types of numbers",
  );
}

const runs = (layers) =>
  layers.length === 0 ? "–" : layers.map(([a, b]) => (a === b ? `${a}` : `${a}–${b}`)).join(", ");

function mix(list) {
  if (list.length < 2) return null;
  return h(
    "details",
    {},
    h("summary", {}, "Which modules have which"),
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", {}, "layers"),
          h("th", {}, "type"),
          h("th", { class: "number" }, "bytes"),
          h("th", {}, "modules"),
        ),
      ),
      h(
        "tbody",
        {},
        list
          .slice(0, 200)
          .map((m) =>
            h(
              "tr",
              {},
              h("td", {}, `${m.stack} ${runs(m.layers)}`.trim()),
              h("td", {}, m.dtype, m.scales && " scales"),
              h("td", { class: "number" }, bytes(m.bytes)),
              h("td", {}, middle(m.modules.join(", "), 120)),
            ),
          ),
      ),
    ),
  );
}

function adapter(a) {
  return h(
    "p",
    {},
    `rank ${a.ranks.length > 3 ? `${a.ranks[0]}–${a.ranks.at(-1)}` : a.ranks.join(", ")}`,
    a.alpha !== null && `, alpha ${a.alpha}`,
    a.rslora && ", rsLoRA",
    a.dora && ", DoRA",
    `, changes ${plural(a.changes, "matrix", "matrices")}: ${middle(a.targets.join(", "), 200)}`,
    a.base && `; for ${middle(a.base, 80)}`,
  );
}

function tokenizer(t) {
  return h(
    "p",
    {},
    [
      t.model || "in the folder",
      t.pre && `(${t.pre})`,
      t.tokens > 0 && `${count(t.tokens)} tokens`,
      t.chat_template ? `chat template in ${t.chat_template}` : "no chat template",
    ]
      .filter(Boolean)
      .join(", "),
  );
}

/** The pairs of a header. Long values are cut until one wants all. */
function metadata(pairs) {
  return h(
    "dl",
    {},
    pairs.slice(0, 500).flatMap(({ key, value }) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      const dd = h("dd", {}, text.length <= mostValue ? text : `${text.slice(0, mostValue)}… `);
      if (text.length > mostValue)
        dd.append(
          h(
            "button",
            {
              class: "all",
              onclick: () => {
                fill(dd, text);
              },
            },
            `show all, ${count(text.length)} characters`,
          ),
        );
      return [h("dt", {}, middle(key, 80)), dd];
    }),
    pairs.length > 500 && h("dd", { class: "note" }, `and ${count(pairs.length - 500)} more`),
  );
}

/** What it came from, and what was made of it: the family says it, which may take longer. */
function relatives(f, stop) {
  const box = h("div", { class: "relatives" });
  const about = canAsk("family", {}) ? {} : { model: f.model };
  if (f.tensors.length === 0 && f.format === "" && !f.path.includes("imatrix")) return box;
  ask("family", about, stop)
    .then((family) => {
      const here = new Set(
        family.nodes.flatMap((n, i) => (n.model === f.model && f.files.includes(n.file) ? [i] : [])),
      );
      const list = (title, links, end, toLayers) =>
        links.length > 0 &&
        section(
          title,
          h(
            "ul",
            {},
            links.slice(0, mostRelatives).map((l) => relative(f, family.nodes[l[end]], l, toLayers)),
          ),
          links.length > mostRelatives &&
            h(
              "p",
              { class: "note" },
              `and ${count(links.length - mostRelatives)} more: `,
              wayTo("family", { model: f.model }, "the family"),
            ),
        );
      fill(
        box,
        list(
          "Came from",
          family.links.filter((l) => here.has(l.to) && !here.has(l.from)),
          "from",
          true,
        ),
        list(
          "Made of it",
          family.links.filter((l) => here.has(l.from) && !here.has(l.to)),
          "to",
          false,
        ),
      );
    })
    .catch((e) => {
      if (e.name !== "AbortError") fill(box, h("p", { class: "note" }, e.message));
    });
  return box;
}

function relative(f, n, l, toLayers) {
  const kinds = byWord(l.kinds);
  const rev = n.refs[0] ?? n.rev;
  const layers =
    toLayers &&
    n.path &&
    n.format === f.format &&
    kinds.some((k) => k.how === 1 || n.path === f.path) &&
    wayTo("layers", {
      model: f.model,
      from: rev,
      to: f.rev,
      ...(n.path === f.path ? { path: f.path } : { from_path: n.path, to_path: f.path }),
    }, "which layers changed");
  return h(
    "li",
    {},
    h("i", { class: "hue", style: { background: cell(kinds[0].how, strength) } }),
    h(
      "div",
      {},
      n.path
        ? linkTo("file", { model: n.model, rev, path: n.path }, middle(n.path, 44), { title: n.path })
        : "a file in no branch or tag",
      h("span", { class: "note" }, ` ${middle(rev, 36)}`),
      kinds.map((k) =>
        h(
          "div",
          { class: "note" },
          `${plural(k.tensors, "tensor")}, ${k.word}: ${bytes(k.stored)} instead of ${bytes(k.whole)}`,
        ),
      ),
      layers && h("div", {}, layers),
    ),
  );
}

/** A name of which both ends stay in sight where there is no room for all of it. */
function ends(name) {
  const text = middle(name, 300),
    cut = Math.max(0, text.length - 24);
  return h("span", { class: "both-ends" }, h("span", {}, text.slice(0, cut)), h("span", {}, text.slice(cut)));
}

/** The table of tensors: sorted and filtered as the address says. */
function tensors(f, params) {
  const all = f.tensors.map((t, i) => ({ ...t, at: i }));
  const most = Math.max(1, ...all.map((t) => t.size));
  const lineOf = (t) => {
    const g = h("span", { class: "sizes" }, h("i", { style: { background: cell(t.how, strength) } }));
    g.firstChild.style.width = `${(100 * t.size) / most}%`;
    return g;
  };
  const from = (t) => {
    const s = f.sources[t.source];
    if (!s) return "";
    return [s.path !== f.path && (s.path || "no branch or tag"), s.rev !== f.rev && `@ ${s.rev}`]
      .filter(Boolean)
      .join(" ");
  };
  const columns = [
    {
      name: "name",
      title: "name",
      width: "minmax(220px, 4.5fr)",
      value: (t) => t.name,
      cell: (t) =>
        h(
          "a",
          {
            title: t.name,
            href: link("sharing", {
              model: f.model,
              file: f.files[t.shard],
              segment: t.segment < 0 ? undefined : t.segment,
            }),
          },
          ends(t.name),
        ),
    },
    { name: "type", title: "type", width: "5.5em", value: (t) => t.type, cell: (t) => t.type },
    {
      name: "shape",
      title: "shape",
      width: "minmax(90px, 1fr)",
      number: true,
      value: (t) => t.shape.reduce((n, x) => n * x, 1),
      cell: (t) => t.shape.join(" × "),
    },
    { name: "size", title: "size", width: "5.5em", number: true, value: (t) => t.size, cell: (t) => bytes(t.size) },
    { name: "bar", title: "", width: "90px", value: (t) => t.size, cell: lineOf },
    {
      name: "stored",
      title: "takes",
      width: "5.5em",
      number: true,
      value: (t) => t.stored,
      cell: (t) => (t.how === 3 ? "–" : bytes(t.stored)),
    },
    {
      name: "how",
      title: "how",
      width: "minmax(90px, .8fr)",
      value: (t) => kindWord(t.kind),
      cell: (t) => h("span", { title: t.kind }, kindWord(t.kind)),
    },
    {
      name: "from",
      title: "from",
      width: "minmax(90px, 1.1fr)",
      value: from,
      cell: (t) => h("span", { title: from(t) }, middle(from(t).split("/").pop(), 40)),
    },
  ];
  const grid = new Grid(columns, "Tensors", (name) => {
    const down =
      grid.params.get("sort") === name ? grid.params.get("down") !== "1" : columns.find((c) => c.name === name).number;
    change({ sort: name, down: down ? 1 : null }, { replace: true });
    grid.params = state().params;
    grid.sorted();
  });
  grid.params = params;
  grid.filter = h("input", {
    type: "search",
    placeholder: "filter by name",
    "aria-label": "Filter tensors by name",
    value: params.get("q") ?? "",
  });
  grid.said = h("span", { class: "note", "aria-live": "polite" });
  grid.filter.addEventListener("input", () => {
    change({ q: grid.filter.value }, { replace: true });
    grid.params = state().params;
    grid.sorted();
  });
  grid.sorted = () => {
    const words = (grid.params.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const column = columns.find((c) => c.name === grid.params.get("sort")),
      down = grid.params.get("down") === "1";
    const rows = all.filter((t) => words.every((w) => t.name.toLowerCase().includes(w)));
    if (column) {
      const side = down ? -1 : 1;
      rows.sort((a, b) => {
        const [x, y] = [column.value(a), column.value(b)];
        return side * (typeof x === "string" ? x.localeCompare(y, "en", { numeric: true }) : x - y) || a.at - b.at;
      });
    }
    fill(grid.said, words.length > 0 ? ` ${count(rows.length)} match` : "");
    grid.show(rows, column?.name, down);
  };
  return grid;
}
