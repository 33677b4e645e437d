// Tests of how pages are asked for, with a server of our own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eachPage } from "../src/sharing/pages.js";

globalThis.document = { getElementById: () => null };
const { signal } = new AbortController();

/** Answers questions by answer(cursor): a page, or a status. What was asked for is in the list that it gives. */
function serve(answer) {
  const asked = [];
  globalThis.fetch = async (url) => {
    const cursor = new URL(url, "http://here").searchParams.get("cursor") ?? "";
    asked.push(cursor);
    const page = answer(cursor, asked.length);
    return { ok: typeof page !== "number", status: page, json: async () => (typeof page === "number" ? { error: "no" } : page) };
  };
  return asked;
}

test("pages come in order", async () => {
  const asked = serve((cursor) => ({ first_row: Number(cursor), next: cursor === "" ? "1" : "" }));
  const took = [];
  await eachPage(["in order"], (p) => took.push(p.first_row), signal);
  assert.deepEqual([asked, took], [["", "1"], [0, 1]]);
});

test("what changed meanwhile is asked for anew, from the first page on", async () => {
  const asked = serve((cursor, n) => (n === 2 ? 409 : { first_row: cursor === "" ? 0 : 1, at: n, next: cursor === "" ? `1-${n}` : "" }));
  const took = [];
  await eachPage(["changed"], (p) => took.push(p.at), signal);
  assert.deepEqual([asked, took], [["", "1-1", "", "1-3"], [1, 3, 4]]);
});

test("what changes all the time, or fails, is said", async () => {
  const asked = serve((cursor) => (cursor === "" ? { first_row: 0, next: "1" } : 409));
  await assert.rejects(eachPage(["restless"], () => {}, signal), { status: 409 });
  assert.equal(asked.length, 12);
  serve(() => 500);
  await assert.rejects(eachPage(["broken"], () => {}, signal), { status: 500, message: "no" });
});
