// Family: the graph of files and revisions: what came from what, and what each costs.
import { ask } from "../ask.js";
import { cell, hows } from "../colour.js";
import { fill, h } from "../dom.js";
import { camera } from "../family/camera.js";
import { fold } from "../family/fold.js";
import { box, curve, layout } from "../family/layout.js";
import { place, table } from "../family/table.js";
import { bytes, count, percent, plural } from "../format.js";
import { byWord } from "../kinds.js";
import { noCommits, failed, waiting } from "../notice.js";
import { askedModel, chosenModel, modelChoice, revisionChoice } from "../pick.js";
import { canGo } from "../links.js";
import { change, go } from "../state.js";
import { fit, middle, width } from "../text.js";
import { hideTip, showTip } from "../tip.js";

const nameFont = "600 12.5px system-ui, sans-serif",
  noteFont = "11px system-ui, sans-serif";
const barAt = 19,
  barHeight = 8,
  barMost = 110,
  lineMost = 9;
const strength = 0.62;

export const family = {
  name: "family",
  title: "Family",
  show(root, params) {
    const stop = new AbortController();
    fill(root, waiting("Looking at what came from what…"));
    let end;
    ask("models", {}, stop)
      .then(async (models) => {
        const about = {
          model: params.getAll("model").map((m) => askedModel(models, m)),
          rev: params.get("rev"),
          depth: params.get("depth"),
        };
        const answer = await ask("family", about, stop);
        if (!stop.signal.aborted) end = show(root, models, answer, params);
      })
      .catch((e) => {
        if (e.name !== "AbortError") fill(root, failed(e.message));
      });
    return () => {
      stop.abort();
      end?.();
      hideTip();
    };
  },
};

function show(root, models, answer, params) {
  if (answer.nodes.length === 0) {
    const choose = modelChoice(models, params.get("model") ?? "", { all: "all", also: { rev: null, open: null, at: null } });
    const head = h("div", { class: "view-head" }, h("h1", {}, "Family"), choose);
    fill(root, h("section", { class: "family" }, head, noModels(models, params)));
    return undefined;
  }
  const head = header(models, answer, params);
  if (params.get("table")) {
    fill(root, h("section", { class: "family" }, head, h("div", { class: "family-table" }, table(answer))));
    return undefined;
  }
  const p = picture(answer, params);
  fill(root, h("section", { class: "family" }, head, p.element));
  return p.begin();
}

/** Why there is no picture: no commit, or only other files. */
function noModels(models, params) {
  const asked = params.get("model") ? [chosenModel(models, params)] : models;
  if (asked.some((m) => m.branches.length + m.tags.length > 0)) return waiting("No model is in these branches and tags.");
  return noCommits(asked.length === 1 && models.length > 1 ? asked[0].name : "");
}

function header(models, answer, params) {
  const { nodes } = answer;
  const size = sum(nodes, "size"),
    stored = sum(nodes, "stored");
  const model = params.get("model") && chosenModel(models, params);
  const one = model || models.length === 1;
  return h(
    "div",
    { class: "view-head" },
    h(
      "h1",
      {},
      plural(nodes.length, "model"),
      h(
        "span",
        { class: "note" },
        size > 0 && ` ${bytes(size)} of files; their tensors take ${bytes(stored)}, ${percent(stored / size)}`,
      ),
    ),
    modelChoice(models, params.get("model") ?? "", { all: "all", also: { rev: null, open: null, at: null } }),
    one && revisionChoice(model || models[0], params, { open: null, at: null }),
    h(
      "button",
      {
        onclick: () => change({ table: params.get("table") ? null : 1 }),
        "aria-pressed": params.get("table") ? "true" : "false",
      },
      "Table",
    ),
    nodes.some((n) => n.cut) && h("button", { onclick: () => change({ depth: 0, at: null }) }, "Look further back"),
    legend([3, 2, 1, 0], [["added", "what it adds to the store"]]),
  );
}

/** What hues say, as a line of words. */
export function legend(order = [3, 2, 1, 0], also = []) {
  return h(
    "ul",
    { class: "hues", "aria-label": "Colours" },
    order.map((how) => h("li", {}, h("i", { style: { background: cell(how, strength) } }), hows[how].label)),
    also.map(([name, label]) => h("li", {}, h("i", { class: name }), label)),
  );
}

const sum = (list, field) => list.reduce((n, x) => n + x[field], 0);

/** The parts of a node's bytes by how they came about: [how, bytes]. */
function parts(n) {
  const of = n.fold ? n.fold : [n.node];
  const whole = sum(of, "whole"),
    same = sum(of, "same"),
    made = sum(of, "made"),
    fresh = sum(of, "new");
  const size = sum(of, "size");
  if (whole === 0) return [[0, size]];
  const scale = size / whole;
  return [
    [3, same],
    [2, made],
    [1, Math.max(0, whole - same - made - fresh)],
    [0, fresh],
  ]
    .filter(([, b]) => b > 0)
    .map(([how, b]) => [how, b * scale]);
}

function nameOf(n) {
  if (!n.fold) return n.node.path || "in no branch or tag";
  return `+${count(n.fold.length)} more`;
}

function picture(answer, params) {
  const open = new Set(params.getAll("open"));
  const drawn = fold(answer, open);
  const at = layout(drawn);
  const biggest = Math.max(...answer.nodes.map((n) => n.size), 1);
  const byKey = new Map(drawn.nodes.map((n) => [n.key, n]));
  const several = new Set(answer.nodes.map((n) => n.model)).size > 1;
  const marks = new Map(drawn.nodes.map((n) => [n.key, mark(n, drawn, biggest, several)]));
  const ends = new Map(); // of columns, by where they begin
  for (const [key, { x }] of at.nodes) ends.set(x, Math.max(ends.get(x) ?? 0, marks.get(key).end));
  at.end = (key) => ends.get(at.nodes.get(key).x);
  const lines = drawn.links.map((l) => line(l, at, drawn, biggest));
  const stage = h(
    "g",
    {},
    h(
      "g",
      { class: "links" },
      lines.map((l) => l.element),
    ),
    drawn.nodes.map((n) => {
      const { x, y } = at.nodes.get(n.key);
      const g = marks.get(n.key).element;
      g.setAttribute("transform", `translate(${x},${y})`);
      return g;
    }),
  );
  const said = h("p", { class: "unseen", role: "status", "aria-live": "polite" });
  const svg = h(
    "svg",
    {
      class: "picture",
      role: "group",
      "aria-label": "Models, each right of what it came from. Arrow keys follow the links, Enter opens a model.",
    },
    stage,
  );
  const view = camera(svg, stage, at, params);
  const element = h(
    "div",
    { class: "stage" },
    svg,
    view.buttons,
    drawn.open.length > 0 &&
      h("button", { class: "refold", onclick: () => change({ open: [], at: null }) }, "Fold siblings again"),
    said,
  );

  const light = (key) => {
    const near = new Set([key]);
    for (const l of lines) {
      const on = key !== null && (l.from === key || l.to === key);
      l.element.classList.toggle("on", on);
      if (on) near.add(l.from).add(l.to);
    }
    svg.classList.toggle("lit", key !== null);
    for (const [k, m] of marks) m.element.classList.toggle("near", near.has(k));
  };
  for (const [key, m] of marks) {
    const n = byKey.get(key);
    const tell = () => describe(n, drawn, byKey, answer);
    m.element.addEventListener("pointerenter", (e) => {
      light(key);
      showTip(e.clientX, e.clientY, tell());
    });
    m.element.addEventListener("pointermove", (e) => showTip(e.clientX, e.clientY, tell()));
    m.element.addEventListener("pointerleave", () => {
      light(null);
      hideTip();
    });
    m.element.addEventListener("focus", () => {
      light(key);
      said.textContent = tell().join(". ");
      view.reveal(at.nodes.get(key));
    });
    m.element.addEventListener("blur", () => light(null));
    m.element.addEventListener("click", () => view.moved() || enter(n, open));
    m.element.addEventListener("keydown", (e) => {
      if (e.key === "Enter" || e.key === " ") {
        e.preventDefault();
        enter(n, open);
      }
      const next = step(e.key, n, drawn, at, lines);
      if (next) {
        e.preventDefault();
        marks.get(next).element.focus();
      }
    });
  }
  for (const l of lines) {
    l.element.addEventListener("pointermove", (e) => showTip(e.clientX, e.clientY, l.told()));
    l.element.addEventListener("pointerleave", hideTip);
  }
  return { element, begin: view.begin };
}

/** Opens a model, or a fold. */
function enter(n, open) {
  hideTip();
  if (n.fold) return change({ open: [...open, n.key], at: null });
  if (!n.node.path) return undefined;
  const at = { model: n.node.model, rev: n.node.refs[0] ?? n.node.rev, path: n.node.path };
  return canGo("file", at) && go("file", at);
}

/** Where an arrow key leads from a node. */
function step(key, n, drawn, at, lines) {
  const here = at.nodes.get(n.key);
  const far = (k) => Math.abs(at.nodes.get(k).y - here.y);
  const nearest = (keys) => [...keys].sort((a, b) => far(a) - far(b))[0];
  switch (key) {
    case "ArrowRight":
      return nearest(lines.filter((l) => l.from === n.key).map((l) => l.to));
    case "ArrowLeft":
      return n.above ?? nearest(lines.filter((l) => l.to === n.key).map((l) => l.from));
    case "ArrowUp":
    case "ArrowDown": {
      const side = key === "ArrowUp" ? -1 : 1;
      return nearest(
        drawn.nodes
          .map((o) => o.key)
          .filter((k) => Math.abs(at.nodes.get(k).x - here.x) < 1 && (at.nodes.get(k).y - here.y) * side > 0),
      );
    }
    default:
      return undefined;
  }
}

/** How most of a node came about: ", cast" or ", 89% same bytes". */
function how(n, drawn) {
  const main = drawn.links.find((l) => l.to === n.key && l.from === n.above);
  const [most] = byWord(drawn.links.filter((l) => l.to === n.key).flatMap((l) => l.kinds));
  const whole = sum(n.fold ?? [n.node], "whole");
  if (!main || whole === 0) return "";
  return most.whole > 0.99 * whole ? `, ${most.word}` : `, ${percent(most.whole / whole)} ${most.word}`;
}

/** A node: its name, a bar as long as it is large, in the hues of how it came about, and below it what it takes. */
function mark(n, drawn, biggest, several) {
  const of = n.fold ?? [n.node];
  const size = sum(of, "size"),
    stored = sum(of, "stored");
  const scale = barMost / biggest / of.length; // of a fold, what its models are on average
  const refs = n.fold ? "" : place(n.node) + (several && n.above === null ? ` · ${n.node.model}` : "");
  const refRoom = Math.min(width(refs, noteFont), 90);
  const name = fit(nameOf(n), nameFont, box.width - 8 - (refs ? refRoom + 8 : 0));
  const nameWidth = width(name, nameFont);
  const refText = fit(refs, noteFont, box.width - 8 - nameWidth - 8);
  const known = n.fold || n.node.tensors > 0;
  const numbers = n.node?.cut
    ? `${bytes(size)}, not looked further back`
    : known
      ? `${bytes(stored)} of ${bytes(size)}${how(n, drawn)}`
      : bytes(size);
  let x = 0;
  const bar = parts(n).map(([how, b]) => {
    const r = h("rect", {
      x: x.toFixed(2),
      y: barAt,
      width: Math.max(0.75, b * scale).toFixed(2),
      height: barHeight,
      fill: cell(how, strength),
    });
    x += b * scale;
    return r;
  });
  const barEnd = Math.max(x, 1);
  const element = h(
    "g",
    {
      class: `node${n.fold ? " fold" : ""}`,
      tabindex: 0,
      role: n.fold ? "button" : "link",
      "aria-label": `${nameOf(n)} ${refs}, ${numbers}`,
    },
    h("rect", { class: "hit", x: -6, y: -4, width: box.width + 8, height: box.height + 8 }),
    h("text", { class: "name", x: 0, y: 12 }, name),
    refs && h("text", { class: "refs", x: nameWidth + 8, y: 12 }, refText),
    bar,
    known &&
      !n.node?.cut &&
      h("rect", {
        class: "stored",
        x: 0,
        y: barAt + barHeight + 1.5,
        width: Math.max(0.75, stored * scale).toFixed(2),
        height: 2.5,
      }),
    h("text", { class: "size", x: barEnd + 6, y: barAt + barHeight }, numbers),
  );
  return {
    element,
    end: Math.max(nameWidth + (refs ? 8 + width(refText, noteFont) : 0), barEnd + 6 + width(numbers, noteFont)),
    barEnd,
  };
}

/** A link: as wide as the bytes of what came that way. */
function line(l, at, drawn, biggest) {
  const from = at.nodes.get(l.from),
    to = at.nodes.get(l.to);
  const kinds = byWord(l.kinds),
    whole = sum(kinds, "whole"),
    stored = sum(kinds, "stored"),
    tensors = sum(kinds, "tensors");
  const middleOfBar = barAt + barHeight / 2;
  const target = drawn.nodes.find((n) => n.key === l.to);
  const main = target.above === l.from;
  const leaves = { x: from.x + at.end(l.from) + 8, y: from.y + middleOfBar };
  const arrives = to.x > leaves.x ? { x: to.x - 3, y: to.y + middleOfBar } : { x: to.x, y: to.y + middleOfBar };
  const d = curve(leaves, arrives, to.x + at.end(l.to) + 8);
  const wide = Math.max(1.25, Math.min(1, whole / (target.fold?.length ?? 1) / biggest) * lineMost);
  const word = kinds[0].word;
  const element = h(
    "g",
    { class: main ? "link" : "link also" },
    h("path", { class: "wide", d, "stroke-width": Math.max(12, wide) }),
    h("path", { class: "line", d, stroke: cell(kinds[0].how, strength), "stroke-width": wide.toFixed(2) }),
  );
  return {
    element,
    from: l.from,
    to: l.to,
    told: () => [
      `${plural(tensors, "tensor")}, ${word}`,
      `${bytes(stored)} instead of ${bytes(whole)}`,
      ...(kinds.length > 1
        ? kinds.map((k) => `${plural(k.tensors, "tensor")} ${k.word}: ${bytes(k.stored)} of ${bytes(k.whole)}`)
        : []),
    ],
  };
}

function describe(n, drawn, byKey, answer) {
  const of = n.fold ?? [n.node];
  const size = sum(of, "size"),
    stored = sum(of, "stored");
  const from = drawn.links
    .filter((l) => l.to === n.key)
    .slice(0, 6)
    .map((l) => {
      const kinds = byWord(l.kinds);
      const source = byKey.get(l.from);
      const name = source.fold
        ? nameOf(source)
        : `${middle(source.node.path || "a file in no branch or tag", 60)} @ ${source.node.refs[0] ?? source.node.rev}`;
      const ways = kinds.map(
        (k) => `${plural(k.tensors, "tensor")} ${k.word}, ${bytes(k.stored)} instead of ${bytes(k.whole)}`,
      );
      return `${ways.join("; ")} ← ${name}`;
    });
  if (n.fold) return [nameOf(n), `${bytes(size)} of files take ${bytes(stored)}`, "click: show them all"];
  const x = n.node;
  return [
    middle(x.path || "in no branch or tag", 80),
    [place(x), x.shards > 0 && plural(x.shards, "shard"), x.tensors > 0 && plural(x.tensors, "tensor")]
      .filter(Boolean)
      .join(" · "),
    x.tensors > 0 ? `${bytes(size)}; its tensors added ${bytes(stored)}, ${percent(stored / size)}` : bytes(size),
    ...from,
  ];
}
