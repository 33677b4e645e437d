// Tests of what the family, the savings and the history need no browser for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fold } from "../src/family/fold.js";
import { curve, layout } from "../src/family/layout.js";
import { Lanes } from "../src/history/lanes.js";
import { byWord, kindWord } from "../src/kinds.js";
import { apart, sizes, steps } from "../src/savings/scale.js";
import { middle } from "../src/text.js";

const commit = (id, ...parents) => ({ id, parents });

test("a line of commits stays in one lane", () => {
  const rows = new Lanes().add([commit("c", "b"), commit("b", "a"), commit("a")]);
  assert.deepEqual(
    rows.map((r) => r.lane),
    [0, 0, 0],
  );
  assert.deepEqual(rows[0].lines, [[0, 0]]);
  assert.deepEqual(rows[2].lines, []);
});

test("a merge opens a lane, which ends where both sides meet", () => {
  const rows = new Lanes().add([commit("m", "a", "b"), commit("b", "r"), commit("a", "r"), commit("r")]);
  assert.deepEqual(
    rows.map((r) => r.lane),
    [0, 1, 0, 1],
  );
  assert.deepEqual(rows[0].lines, [
    [0, 0],
    [0, 1],
  ]);
  assert.deepEqual(rows[2].lines, [
    [1, 1],
    [0, 1],
  ]);
});

test("lines go on from page to page, each to the row of its commit", () => {
  const commits = [];
  for (let i = 60; i > 0; i--) commits.push(commit(`${i}`, ...[i - 1, i % 7 === 0 ? i - 5 : 0].filter((p) => p > 0).map(String)));
  const whole = new Lanes().add(commits);
  const paged = new Lanes();
  assert.deepEqual([...paged.add(commits.slice(0, 25)), ...paged.add(commits.slice(25))], whole);
  whole.forEach(({ lines }, i) => {
    const into = new Set(lines.map(([, to]) => to));
    if (i + 1 < whole.length && commits[i].parents.includes(commits[i + 1].id)) assert.ok(into.has(whole[i + 1].lane), `${i}`);
    const next = whole[i + 1]?.lines ?? [];
    for (const [from] of next) if (from !== whole[i + 1].lane) assert.ok(into.has(from), `the line in lane ${from} of row ${i + 1} comes from somewhere`);
  });
});

/** A base, and so many models of it. */
function large(n) {
  const node = (above, stored) => ({ above, stored, size: 10, whole: 10, path: `${stored}` });
  const nodes = [node(-1, 10), ...Array.from({ length: n }, (_, i) => node(0, i))];
  const kinds = [{ kind: "delta", how: 1, tensors: 1, whole: 10, stored: 1 }];
  return { nodes, links: nodes.slice(1).map((_, i) => ({ from: 0, to: i + 1, kinds })) };
}

test("a small family is drawn whole, of a large one siblings fold, and open", () => {
  assert.equal(fold(large(20)).nodes.length, 21);
  const folded = fold(large(300));
  assert.equal(folded.nodes.length, 4);
  const [one] = folded.nodes.filter((n) => n.fold);
  assert.equal(one.fold.length, 298);
  assert.equal(folded.links.find((l) => l.to === one.key).kinds.length, 298);
  assert.ok(!one.fold.some((n) => n.stored >= 298), "those that take the most are drawn");
  const open = fold(large(300), new Set([one.key]));
  assert.equal(open.nodes.length, 301);
  assert.deepEqual(open.open, [one.key]);
});

test("what is made of a model stands right of it", () => {
  const { nodes } = layout(fold(large(5)));
  for (let i = 1; i <= 5; i++) assert.ok(nodes.get(`${i}`).x > nodes.get("0").x);
  assert.match(curve({ x: 0, y: 0 }, { x: 100, y: 50 }, 0), /100,50$/);
  assert.match(curve({ x: 100, y: 0 }, { x: 100, y: 50 }, 120), /120,50$/);
});

test("kinds have words, and those of one word are one", () => {
  assert.equal(kindWord("quantised hinted"), "quantised");
  assert.equal(kindWord("low rank r16"), "low rank r16");
  const sums = byWord([
    { kind: "cast", how: 2, tensors: 1, whole: 5, stored: 1 },
    { kind: "hinted", how: 2, tensors: 2, whole: 10, stored: 3 },
    { kind: "rounded", how: 2, tensors: 3, whole: 1, stored: 1 },
  ]);
  assert.deepEqual(
    sums.map((s) => [s.word, s.tensors, s.whole, s.stored]),
    [
      ["quantised", 5, 11, 4],
      ["cast", 1, 5, 1],
    ],
  );
});

test("sizes are round, and few", () => {
  const MiB = 1 << 20;
  assert.deepEqual(sizes(160 * MiB), [0, 50 * MiB, 100 * MiB, 150 * MiB]);
  assert.deepEqual(sizes(0), [0]);
  for (const most of [1, 700, 1023, 1025, 3e5, 1e9, 7e13]) assert.ok(sizes(most).length >= 2 && sizes(most).length <= 7, `${most}`);
});

test("labels move apart within their room", () => {
  assert.deepEqual(apart([10, 11, 12], 15, 0, 100), [10, 25, 40]);
  assert.deepEqual(apart([90, 95, 99], 15, 0, 100), [70, 85, 100]);
});

test("areas have steps", () => {
  assert.equal(
    steps((i) => i * 10, [5, 3]),
    "M0,5V5H10V3H20",
  );
  assert.equal(
    steps((i) => i * 10, [5, 3], [9, 9]),
    "M0,5V5H10V3H20V9H10V9H0Z",
  );
});

test("long names keep both ends, and whole characters", () => {
  assert.equal(middle("abcdefgh", 5), "ab…gh");
  assert.equal(middle("abc", 5), "abc");
  assert.equal(middle("😀😀😀😀😀", 3), "😀…😀");
});
