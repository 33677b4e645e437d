// How tensors came about, in words for people. Kinds are those of `dits lineage`.

const words = {
  new: "stored here",
  identical: "same bytes",
  repeated: "repeated",
  delta: "difference",
  rounded: "quantised",
  hinted: "quantised",
  replayed: "quantised",
  scaled: "quantised",
  scales: "quantised",
  cast: "cast",
  merged: "merged",
  adapter: "merged",
  arranged: "rearranged",
};

/** The word for a kind, with or without what is particular to it: "quantised hinted", "adapter r16". */
export const kindWord = (kind) => words[kind] ?? words[kind.split(" ")[0]] ?? kind.replace(/^(quantised) .*/, "$1");

/** Kinds of a link with the same word as one, that of the most bytes first: [{word, how, tensors, whole, stored}]. */
export function byWord(kinds) {
  const at = new Map();
  for (const k of kinds) {
    const word = kindWord(k.kind);
    const sum = at.get(word) ?? { word, how: k.how, tensors: 0, whole: 0, stored: 0 };
    for (const field of ["tensors", "whole", "stored"]) sum[field] += k[field];
    at.set(word, sum);
  }
  return [...at.values()].sort((a, b) => b.whole - a.whole);
}
