// Savings: what files are and what they take over the history, and what each would free.
import { ask } from "../ask.js";
import { cell } from "../colour.js";
import { fill, h } from "../dom.js";
import { bytes, count, day, percent, plural, shortId } from "../format.js";
import { linkTo } from "../links.js";
import { failed, noCommits, waiting } from "../notice.js";
import { askedModel, chosenModel, modelChoice } from "../pick.js";
import { apart, sizes, steps } from "../savings/scale.js";
import { change, go, link } from "../state.js";
import { middle, width } from "../text.js";
import { hideTip, showTip } from "../tip.js";

const strength = 0.62,
  fewFiles = 40;
const labelFont = "12.5px system-ui, sans-serif";

// From the bottom up; what says how files are put together counts with what is stored here.
const layers = [
  { name: "stored here", how: 0, of: (p) => p.own + p.lists },
  { name: "difference", how: 1, of: (p) => p.difference },
  { name: "recomputed", how: 2, of: (p) => p.recomputed },
];
const storedOf = (p) => layers.reduce((n, l) => n + l.of(p), 0);

export const savings = {
  name: "savings",
  title: "Savings",
  show(root, params) {
    const stop = new AbortController();
    let sized;
    fill(root, waiting("Adding up…"));
    ask("models", {}, stop)
      .then(async (models) => {
        const model = chosenModel(models, params);
        const answer = await ask("savings", { model: askedModel(models, model.name) }, stop);
        if (stop.signal.aborted) return;
        const head = h(
          "div",
          { class: "view-head" },
          title(answer),
          modelChoice(models, model.name, { also: { all: null } }),
        );
        if (answer.points.length === 0) {
          fill(
            root,
            h("section", { class: "savings" }, head, noCommits(models.length > 1 ? model.name : "")),
          );
          return;
        }
        const stage = h("div", { class: "chart" });
        fill(root, h("section", { class: "savings" }, head, stage, files(answer, model.name, params)));
        let frame;
        sized = new ResizeObserver(() => {
          cancelAnimationFrame(frame);
          frame = requestAnimationFrame(() => draw(stage, answer, model.name));
        });
        sized.observe(stage);
      })
      .catch((e) => {
        if (e.name !== "AbortError") fill(root, failed(e.message));
      });
    return () => {
      stop.abort();
      sized?.disconnect();
      hideTip();
    };
  },
};

function title(answer) {
  const last = answer.points.at(-1);
  if (!last) return h("h1", {}, "Savings");
  return h(
    "h1",
    {},
    `${bytes(last.logical)} in ${bytes(storedOf(last))}`,
    h(
      "span",
      { class: "note" },
      ` ${plural(last.files, "version")} of files in all commits; the packs on the disk have ${bytes(answer.packs)}`,
    ),
  );
}

/** The picture, as large as its place. */
function draw(stage, answer, model) {
  const { points } = answer;
  const { width: w, height: hh } = stage.getBoundingClientRect();
  if (w < 50) return;
  const last = points.at(-1),
    n = points.length;
  const margin = { left: 74, right: Math.min(200, w * 0.22), top: 26, bottom: 30 };
  const inner = { w: w - margin.left - margin.right, h: hh - margin.top - margin.bottom };
  const most = Math.max(...points.map((p) => Math.max(p.logical, storedOf(p))), 1) * 1.02;
  const x = (i) => +(margin.left + (inner.w * i) / n).toFixed(2);
  const y = (b) => +(margin.top + inner.h * (1 - b / most)).toFixed(2);

  const grid = sizes(most).map((b) =>
    h(
      "g",
      {},
      h("line", { class: b === 0 ? "base" : "grid", x1: margin.left, x2: margin.left + inner.w, y1: y(b), y2: y(b) }),
      h("text", { class: "tick", x: margin.left - 8, y: y(b) + 4, "text-anchor": "end" }, b === 0 ? "0" : bytes(b)),
    ),
  );
  let below = points.map(() => 0);
  const areas = layers.map((l) => {
    const above = points.map((p, i) => below[i] + l.of(p));
    const d = steps(x, above.map(y), below.map(y));
    below = above;
    return h("path", { d, fill: cell(l.how, strength) });
  });
  const gap = h("path", {
    class: "gap",
    d: steps(
      x,
      points.map((p) => y(p.logical)),
      below.map(y),
    ),
  });
  const line = h("path", {
    class: "logical",
    d: steps(
      x,
      points.map((p) => y(p.logical)),
    ),
  });

  const cursor = h(
    "g",
    { class: "cursor", visibility: "hidden" },
    h("line", { y1: margin.top, y2: margin.top + inner.h }),
    h("circle", { r: 3.5 }),
  );
  const said = h("p", { class: "unseen", role: "status", "aria-live": "polite" });
  const svg = h(
    "svg",
    {
      width: w,
      height: hh,
      tabindex: 0,
      role: "application",
      "aria-label":
        `Over ${plural(n, "commit")} files grew to ${bytes(last.logical)}; they take ` +
        `${bytes(storedOf(last))}. Arrow keys go from commit to commit, Enter opens one.`,
    },
    grid,
    gap,
    areas,
    line,
    refMarks(points, x, margin, inner),
    dates(points, x, margin, inner),
    saved(points, x, y, inner),
    ends(last, y, margin, inner),
    cursor,
  );
  let at = n - 1;
  const point = (i, clientX, clientY) => {
    at = Math.max(0, Math.min(n - 1, i));
    const p = points[at],
      cx = (x(at) + x(at + 1)) / 2;
    cursor.setAttribute("visibility", "visible");
    cursor.firstChild.setAttribute("x1", cx);
    cursor.firstChild.setAttribute("x2", cx);
    cursor.lastChild.setAttribute("cx", cx);
    cursor.lastChild.setAttribute("cy", y(p.logical));
    const lines = told(p);
    said.textContent = lines.join(". ");
    const r = svg.getBoundingClientRect();
    showTip(clientX ?? r.left + cx, clientY ?? r.top + y(p.logical), lines);
  };
  const leave = () => {
    cursor.setAttribute("visibility", "hidden");
    hideTip();
  };
  const open = () => go("history", { model, at: points[at].commit });
  svg.addEventListener("pointermove", (e) => {
    const i = Math.floor(((e.clientX - svg.getBoundingClientRect().left - margin.left) / inner.w) * n);
    if (i >= 0 && i < n) point(i, e.clientX, e.clientY);
    else leave();
  });
  svg.addEventListener("pointerleave", leave);
  svg.addEventListener("blur", leave);
  svg.addEventListener("click", () => {
    if (cursor.getAttribute("visibility") === "visible") open();
  });
  svg.addEventListener("keydown", (e) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: n - 1, PageUp: at - 50, PageDown: at + 50 }[
      e.key
    ];
    if (to !== undefined) {
      e.preventDefault();
      point(to);
    }
    if (e.key === "Enter") open();
    if (e.key === "Escape") leave();
  });
  fill(stage, svg, said);
}

function told(p) {
  const stored = storedOf(p);
  return [
    middle(p.subject || shortId(p.commit), 70),
    [day(p.time), ...p.refs.slice(0, 4)].join(" · "),
    `${plural(p.files, "version")} of files, ${bytes(p.logical)}`,
    `take ${bytes(stored)}: ${layers.map((l) => `${bytes(l.of(p))} ${l.name}`).join(", ")}`,
    `saved ${bytes(p.logical - stored)}, ${percent(1 - stored / p.logical)}`,
  ];
}

/** What is saved, said in the gap where it is widest. */
function saved(points, x, y, inner) {
  const last = points.at(-1),
    stored = storedOf(last);
  if (last.logical <= stored) return null;
  const text = `saved ${bytes(last.logical - stored)}`,
    share = percent(1 - stored / last.logical);
  const room = y(stored) - y(last.logical);
  if (room < 34) return null;
  // As far right as the gap is, up to where the line climbs into it.
  const from = points.findIndex((p) => y(storedOf(p)) - y(p.logical) > Math.min(room * 0.75, 80));
  const wide = width(text, "600 20px system-ui, sans-serif");
  const right = x(points.length) - 18;
  if (right - x(from) < wide && inner.w > 400) return null;
  const middleY = (y(stored) + y(last.logical)) / 2;
  return h(
    "g",
    { class: "saved" },
    h("text", { x: right, y: middleY, "text-anchor": "end" }, text),
    room > 60 &&
      h(
        "text",
        { class: "share", x: right, y: middleY + 20, "text-anchor": "end" },
        `${share} of ${bytes(last.logical)}`,
      ),
  );
}

/** What lines and areas end at, right of them. */
function ends(last, y, margin, inner) {
  let below = 0;
  const all = layers
    .map((l) => {
      const b = l.of(last);
      below += b;
      return { y: y(below - b / 2), text: l.name, size: b, how: l.how };
    })
    .filter((l) => l.size > 0);
  all.push({ y: y(last.logical), text: "all files", size: last.logical });
  all.sort((a, b) => a.y - b.y);
  const at = apart(
    all.map((l) => l.y),
    17,
    margin.top,
    margin.top + inner.h,
  );
  const left = margin.left + inner.w;
  return h(
    "g",
    { class: "ends" },
    all
      .map((l, i) => [
        h("path", {
          d: `M${left + 2},${l.y}L${left + 14},${at[i]}`,
          stroke: l.how === undefined ? "var(--text)" : cell(l.how, strength),
        }),
        h("text", { x: left + 18, y: at[i] + 4 }, `${l.text} ${bytes(l.size)}`),
      ])
      .flat(),
  );
}

/** Branches and tags where they end, as far as there is room for their names: the last one first. */
function refMarks(points, x, margin, inner) {
  const taken = [];
  const named = points.map((p, i) => [p, i]).filter(([p]) => p.refs.length > 0);
  return h(
    "g",
    {},
    [...named.slice(-1), ...named.slice(0, -1)].map(([p, i]) => {
      const at = (x(i) + x(i + 1)) / 2;
      const name = middle(p.refs[0], 18) + (p.refs.length > 1 ? ` +${p.refs.length - 1}` : "");
      const wide = width(name, labelFont) + 10;
      const left = Math.min(at - wide / 2, margin.left + inner.w - wide);
      if (taken.some(([from, to]) => left < to && from < left + wide)) return null;
      taken.push([left, left + wide]);
      return h(
        "g",
        { class: "ref-mark" },
        h("line", { x1: at, x2: at, y1: margin.top - 6, y2: margin.top + inner.h }),
        h("text", { x: left + 5, y: margin.top - 11 }, name),
      );
    }),
  );
}

/** Days below the picture. */
function dates(points, x, margin, inner) {
  const text = points.map((p) => p.time.slice(0, 10));
  const oneDay = text[0] === text.at(-1);
  const out = [];
  let free = -Infinity;
  points.forEach((p, i) => {
    const name = oneDay ? (i === 0 ? day(p.time) : p.time.slice(11, 16)) : text[i];
    if (i > 0 && name === (oneDay ? points[i - 1].time.slice(11, 16) : text[i - 1])) return;
    const at = x(i),
      wide = width(name, labelFont);
    if (at < free || at + wide > margin.left + inner.w + 20) return;
    free = at + wide + 26;
    out.push(
      h(
        "g",
        { class: "date" },
        h("line", { x1: at, x2: at, y1: margin.top + inner.h, y2: margin.top + inner.h + 5 }),
        h("text", { x: at, y: margin.top + inner.h + 20 }, name),
      ),
    );
  });
  return h("g", {}, out);
}

/** What each file would free: its bar is what it needs, the dark part what would go with it. */
function files(answer, model, params) {
  const all = params.get("all") ? answer.files : answer.files.slice(0, fewFiles);
  const most = Math.max(1, ...answer.files.map((f) => f.stored));
  const rest = answer.files.length - all.length + answer.left.files;
  const sum = (field) => answer.files.reduce((n, f) => n + f[field], 0) + (answer.left[field] ?? 0);
  const row = (f) => {
    const needs = h("i", { class: "needs" }),
      frees = h("i", { class: "frees" });
    needs.style.width = `${(100 * f.stored) / most}%`;
    frees.style.width = `${(100 * f.freed) / most}%`;
    const rev = f.refs[0] ?? f.rev;
    return h(
      "tr",
      {},
      h("td", {}, linkTo("file", { model, rev, path: f.path }, middle(f.path, 60), { title: f.path })),
      h("td", { class: "note where" }, f.refs.length > 0 ? middle(f.refs.join(", "), 34) : shortId(f.rev)),
      h("td", { class: "number" }, bytes(f.freed)),
      h("td", { class: "bars" }, h("span", {}, needs, frees)),
      h("td", { class: "number" }, bytes(f.stored)),
      h("td", { class: "number" }, bytes(f.logical)),
    );
  };
  return h(
    "div",
    { class: "files" },
    h(
      "h2",
      {},
      "What each file would free",
      h("span", { class: "note" }, " if no commit had it any more; what others need of it stays"),
    ),
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", {}, "file"),
          h("th", {}, "where"),
          h("th", { class: "number" }, "frees"),
          h(
            "th",
            {},
            h("span", { class: "key" }, h("i", { class: "frees" }), "frees", h("i", { class: "needs" }), "needs"),
          ),
          h("th", { class: "number" }, "needs"),
          h("th", { class: "number" }, "size"),
        ),
      ),
      h("tbody", {}, all.map(row)),
      h(
        "tfoot",
        {},
        rest > 0 &&
          h(
            "tr",
            {},
            h(
              "td",
              { colspan: 6 },
              params.get("all")
                ? h("span", { class: "note" }, `and ${count(rest)} more`)
                : h("button", { onclick: () => change({ all: 1 }) }, `Show ${count(rest)} more`),
            ),
          ),
        h(
          "tr",
          { class: "total" },
          h("td", {}, plural(answer.files.length + answer.left.files, "file")),
          h("td", {}),
          h("td", { class: "number" }, bytes(sum("freed"))),
          h("td", { class: "note" }, "each for itself"),
          h("td", {}),
          h("td", { class: "number" }, bytes(sum("logical"))),
        ),
      ),
    ),
  );
}
