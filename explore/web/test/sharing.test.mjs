// Tests of what needs no browser: node --test explore/web/test
import assert from "node:assert/strict";
import { test } from "node:test";
import { Lens, bands, tickText, ticks } from "../src/sharing/lens.js";
import { arrange, rowsOf, stack, usualGrouping } from "../src/sharing/order.js";
import { DIFFERENCE, KEPT, RECOMPUTED, SAME, cost, depth, mostOf, shadesOf, usersOf } from "../src/sharing/share.js";
import { Sheet, segmentAt } from "../src/sharing/sheet.js";
import { middle } from "../src/text.js";
import { describe, summary, wayOf } from "../src/sharing/words.js";

const layout = {
  names: ["", "embed", "layers.0.q"], kinds: ["header", "tensor", "tensor"], types: ["", "BF16 5×10", "BF16 45×10"],
  elements: [0, 50, 450], lens: [10, 100, 900],
};

/** Four files: a base, one with half of it and a difference, one recomputed, and one that nobody knows. */
function family() {
  const same = { model: "a/b", refs: ["main"], size: 1010, format: "safetensors", layout: 0 };
  const row = (path, age, blobs) => ({ ...same, path, file: path, age, blobs });
  return {
    total: 4, left_out: 0, layouts: [layout], kinds: ["", "delta", "quantised replayed"], kin: [],
    rows: [
      row("base", 0, [0, 1, 2]), row("alone", 4, [0, 6, 7]), row("quant", 3, [0, 4, 5]), row("tuned", 2, [0, 1, 3]),
    ],
    blobs: {
      len: [10, 100, 900, 900, 100, 900, 100, 900], how: [0, 0, 0, 1, 2, 2, 0, 0], kind: [0, 0, 0, 1, 2, 2, 0, 0],
      stored: [10, 70, 600, 450, 0, 9, 70, 600], source: [-1, -1, -1, 2, 1, 2, -1, -1],
      chunks: [1, 1, 1, 1, 1, 1, 1, 1],
    },
  };
}

const sheetOf = (...pages) => pages.reduce((s, p) => (s.add(p), s), new Sheet());

test("cost is what had to be stored, of what is made of another", () => {
  assert.equal(cost(KEPT, 10, 100), 1);
  assert.equal(cost(DIFFERENCE, 25, 100), 0.25);
  assert.equal(cost(RECOMPUTED, 300, 100), 1);
  assert.equal(cost(DIFFERENCE, 0, 0), 1);
});

test("users count files made of a blob by what they took over", () => {
  const { users } = sheetOf(family());
  assert.deepEqual([...users].map((u) => +u.toFixed(3)), [4, 3, 2.49, 1, 1, 1, 1, 1]);
});

test("users of users count by what is left", () => {
  const blobs = { len: [8, 8, 8, 8], how: [1, 1, 0, 1], stored: [4, 4, 8, 2], source: [1, 2, -1, 1] };
  assert.deepEqual([...usersOf(blobs, [1, 1, 1, 2])], [1, 3, 2.5, 2]);
  assert.deepEqual([...usersOf({ ...blobs, source: [1, 0, 9, 2] }, [1, 1, 1, 2])], [1, 1, 2.5, 2]);
});

test("the base is darkest, what is made of it follows by cost, what is alone is blank", () => {
  const s = sheetOf(family()), [header, embed, q, tuned, made, quant, lone] = s.shades;
  assert.equal(s.most, 4);
  assert.equal(header, 1);
  assert.ok(embed > q && q > quant && quant > tuned && tuned > 0.3, String(s.shades));
  assert.equal(made, embed);
  assert.equal(lone, 0);
  for (let b = 0; b < 8; b++) if (s.blobs.source[b] >= 0) assert.ok(s.shades[b] <= s.shades[s.blobs.source[b]]);
});

test("sources in a circle end", () => {
  const blobs = { len: [9, 9], how: [1, 1], stored: [1, 1], source: [1, 0] };
  for (const shade of shadesOf(blobs, usersOf(blobs, [1, 1]), 4)) assert.ok(shade >= 0 && shade <= 1);
});

test("bytes in common darken both by their part", () => {
  const blobs = { len: [100, 100, 100], how: [0, 0, 0], stored: [70, 70, 70], source: [-1, -1, -1] };
  const [a, b, c] = shadesOf(blobs, [1, 1, 1], 4, [[0, 1, 50]]);
  assert.equal(a, b);
  assert.equal(a, Math.fround(depth(2, 4) / 2));
  assert.equal(c, 0);
});

test("a few bytes that all have do not set the scale", () => {
  assert.equal(mostOf([300, 25, 25], [1, 500, 500]), 25);
  assert.equal(mostOf([300, 25], [500, 500]), 300);
  assert.equal(mostOf([2], [1]), 4);
  assert.equal(mostOf([], []), 4);
});

test("hues: the oldest row has its own, later rows have the same bytes", () => {
  const s = sheetOf(family()), [base, alone, quant, tuned] = s.rows;
  assert.deepEqual([...base.hues], [KEPT, KEPT, KEPT]);
  assert.deepEqual([...tuned.hues], [SAME, SAME, DIFFERENCE]);
  assert.deepEqual([...quant.hues], [SAME, RECOMPUTED, RECOMPUTED]);
  assert.deepEqual(s.byHue(alone), [1000, 0, 0, 10]);
});

test("pages make the same sheet as all at once", () => {
  const all = family();
  const cut = (from, to) => Object.fromEntries(Object.entries(all.blobs).map(([k, v]) => [k, v.slice(from, to)]));
  const rows = [all.rows[0], all.rows[3], all.rows[2], all.rows[1]]; // in the order in which their blobs are numbered
  const a = sheetOf({ ...all, rows });
  const last = { ...all, layouts: [], rows: rows.slice(2), blobs: cut(4, 8) };
  const b = sheetOf({ ...all, rows: rows.slice(0, 2), blobs: cut(0, 4) }, last);
  assert.deepEqual(a.shades, b.shades);
  assert.deepEqual([...a.rowsWith(2)], [...b.rowsWith(2)]);
});

test("rows that share a cell are those with its bytes, its source and what is made of it", () => {
  const s = sheetOf(family()), paths = (b) => [...s.rowsWith(b)].map((i) => s.rows[i].path).sort();
  assert.deepEqual(paths(2), ["base", "quant", "tuned"]);
  assert.deepEqual(paths(3), ["base", "tuned"]);
  assert.deepEqual(paths(7), ["alone"]);
});

test("sums: what is shared is counted, what is stored once", () => {
  const s = sheetOf(family()), { size, shared, stored } = s.sum(s.rows);
  assert.equal(size, 4040);
  assert.equal(stored, 10 + 70 + 600 + 450 + 0 + 9 + 70 + 600);
  const own = { base: 10 + 100 + 0.99 * 900, tuned: 110 + 450, quant: 110 + 0.99 * 900, alone: 10 };
  assert.ok(Math.abs(shared - Object.values(own).reduce((a, b) => a + b)) < 0.01, `${shared}`);
  assert.match(summary(s, s.rows), /^4 files, 3\.9 KiB, of which 64% is shared; kept in 1\.8 KiB$/);
});

test("words of a cell", () => {
  const s = sheetOf(family()), [base, , quant, tuned] = s.rows;
  const d = describe(s, tuned, 2);
  assert.equal(d.how, "difference to base");
  assert.equal(d.cost, "kept in 450 B, 8.00 bits a weight, 50% of its size");
  assert.equal(describe(s, quant, 2).how, "recomputed from base (quantised)");
  assert.equal(describe(s, tuned, 1).how, "same bytes as base");
  assert.equal(describe(s, base, 2).shared, "2 files are made of them");
  assert.equal(describe(s, base, 1).shared, "1 other file has the same bytes, 1 file is made of them");
  assert.equal(wayOf("quantised hinted fused imatrix"), "quantised, importance matrix");
  assert.equal(wayOf("low rank r16"), "low rank, rank 16");
  assert.equal(wayOf("merged r16"), "merged, rank 16");
  assert.equal(wayOf("delta"), "");
});

test("the middle is cut out of long names, between whole characters", () => {
  assert.equal(middle("short", 10), "short");
  assert.equal(middle("abcdefghij", 5), "ab…ij");
  assert.equal([...middle("😀".repeat(500), 11)].length, 11);
});

test("a lens keeps what is under the pointer, and stays inside", () => {
  const l = new Lens(1000, 1e9, false), at = l.at(300);
  l.zoomAt(300, 50);
  assert.ok(Math.abs(l.at(300) - at) < 1e-3);
  l.pan(-1e9);
  assert.equal(l.from, 0);
  l.zoomAt(500, 1e12);
  assert.ok(Math.abs(l.to - l.from - 2048) < 1e-6);
  l.zoomAt(500, 0);
  assert.ok(l.whole);
});

test("ticks are whole, and say so in few digits", () => {
  const { step, list } = ticks(0, 14 * 2 ** 20, 8);
  assert.equal(step, 2 ** 21);
  assert.equal(list.map((t) => tickText(t, step)).join(", "), "0, 2 MiB, 4 MiB, 6 MiB, 8 MiB, 10 MiB, 12 MiB, 14 MiB");
  assert.equal(tickText(1.25 * 2 ** 30, 2 ** 28), "1.25 GiB");
  assert.equal(tickText(9 * 2 ** 27, 2 ** 27), "1,152 MiB");
});

test("segments are found at each of their bytes", () => {
  const offs = Float64Array.from([0, 10, 110, 1010]);
  assert.deepEqual([0, 9, 10, 109, 110, 1009, 5000].map((at) => segmentAt(offs, at)), [0, 0, 1, 1, 2, 2, 2]);
});

test("a ruler has a band a layer", () => {
  const names = ["model.embed.weight", "model.layers.0.a", "model.layers.0.b", "model.layers.1.a", "lm_head.weight"];
  const list = bands({ names, kinds: names.map(() => "tensor"), offs: [0, 1, 2, 3, 4, 5] });
  const want = [["embed", 0, 1], ["0", 1, 3], ["1", 3, 4], ["lm_head", 4, 5]];
  assert.deepEqual(list.map((b) => [b.label, b.from, b.to]), want);
});

test("rows are sorted, grouped and filtered", () => {
  const s = sheetOf(family()), paths = (items) => items.map((it) => it.group ?? it.row.path);
  assert.deepEqual(paths(arrange(s.rows, {})), ["base", "quant", "tuned", "alone"]);
  assert.deepEqual(paths(arrange(s.rows, { sort: "age", only: new Set([0, 3]) })), ["base", "tuned"]);
  const grouped = arrange(s.rows, { sort: "path", group: "model" });
  assert.deepEqual(paths(grouped), ["a/b", "alone", "base", "quant", "tuned"]);
  assert.equal(rowsOf(arrange(s.rows, { group: "branch" })).length, 4);
  assert.equal(usualGrouping(s.rows), "none");
  const many = Array.from({ length: 90 }, (_, i) => ({ model: "a", refs: [], path: `f${i % 9}/m${i}` }));
  assert.equal(usualGrouping(many), "folder");
});

test("heights: readable rows, or all in sight", () => {
  const items = Array.from({ length: 300 }, (_, i) => ({ row: { i } }));
  assert.equal(stack(items, 700, false).row, 24);
  assert.ok(stack(items, 700, true).all <= 700);
  assert.equal(stack(items.slice(0, 3), 700, true).row, 692 / 9);
});

test("a first page begins anew", () => {
  const first = { ...family(), first_row: 0 };
  const sheet = sheetOf(first, first);
  assert.equal(sheet.rows.length, 4);
  assert.equal(sheet.blobs.len.length, 8);
  assert.equal(sheet.pairs.length, 0);
});
