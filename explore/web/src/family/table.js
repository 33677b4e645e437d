// The family as a table.
import { h } from "../dom.js";
import { bytes, count, percent, plural } from "../format.js";
import { byWord } from "../kinds.js";
import { linkTo } from "../links.js";
import { middle } from "../text.js";

/** Where a model is: the branches and tags that have it, else a revision that does. */
export const place = (n) => (n.refs.length > 0 ? n.refs.join(", ") : n.path ? n.rev : "");

const fileLink = (n, most) =>
  n.path
    ? linkTo("file", { model: n.model, rev: n.refs[0] ?? n.rev, path: n.path }, middle(n.path, most), { title: n.path })
    : "in no branch or tag";

/** The same as the picture. */
export function table(answer) {
  const { nodes, links } = answer;
  const from = nodes.map(() => []);
  for (const l of links) {
    const kinds = byWord(l.kinds);
    from[l.to].push(
      h(
        "div",
        {},
        `${kinds.map((k) => `${plural(k.tensors, "tensor")} ${k.word}`).join(", ")} ← `,
        fileLink(nodes[l.from], 50),
        ` @ ${nodes[l.from].refs[0] ?? nodes[l.from].rev}`,
      ),
    );
  }
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ["model", "where"].map((t) => h("th", {}, t)),
        ["tensors", "size", "added", "share"].map((t) => h("th", { class: "number" }, t)),
        h("th", {}, "came from"),
      ),
    ),
    h(
      "tbody",
      {},
      nodes.map((n, i) =>
        h(
          "tr",
          {},
          h("td", {}, fileLink(n, 60)),
          h("td", {}, place(n)),
          h("td", { class: "number" }, count(n.tensors)),
          h("td", { class: "number" }, bytes(n.size)),
          h("td", { class: "number" }, n.tensors > 0 && !n.cut ? bytes(n.stored) : "–"),
          h("td", { class: "number" }, n.tensors > 0 && !n.cut ? percent(n.stored / n.size) : "–"),
          h("td", {}, from[i]),
        ),
      ),
    ),
  );
}
