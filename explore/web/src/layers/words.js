// What the picture of layers says in words.
import { h } from "../dom.js";
import { count, percent, plural } from "../format.js";
import { figure, middle, relative, shape, share } from "./figures.js";

/** What changed in a model, in a line or two. */
export function headline(answer, file) {
  const s = file.summary;
  const n = s.changed - s.equal_values + s.reshaped;
  if (isOneSided(file)) return alone(file);
  const none = s.equal_values ? "The same values, kept otherwise" : "No tensor changed";
  const parts = [n ? `${count(n)} of ${plural(s.tensors, "tensor")} changed` : none];
  if (s.added) parts.push(`${count(s.added)} added`);
  if (s.removed) parts.push(`${count(s.removed)} removed`);
  const most = answer.progress ? undefined : largest(answer.cells);
  const text = [
    !answer.progress && n > 0 && `${share(s.elements_changed, s.elements)} of the weights differ.`,
    most && `Most: ${placeOf(most)}, by ${relative(most.rel_l2)} of its norm.`,
  ]
    .filter(Boolean)
    .join(" ");
  return [
    h(
      "h1",
      {},
      `${parts.join(", ")} `,
      h("span", { class: "of" }, `in ${middle(file.path_b ? `${file.path} → ${file.path_b}` : file.path)}`),
    ),
    text && h("p", {}, text),
  ];
}

/** A model, or a cell, that one side alone has. */
export const isOneSided = ({ status }) => status === "added" || status === "removed";

const alone = (file) => [
  h("h1", {}, `${middle(file.path)} `, h("span", { class: "of" }, `is ${file.status === "added" ? "new" : "gone"}`)),
  h("p", {}, `The other side has no such model to compare its ${plural(file.summary.tensors, "tensor")} with.`),
];

/** Why there is nothing to be drawn. */
export const nothing = (answer) =>
  answer.from.commit === answer.to.commit
    ? "Both are the same commit."
    : answer.others
      ? "No model differs, only other files."
      : "Nothing differs.";

/** A cell that both sides have, with other weights. */
export const isChanged = (c) => c.changed > 0 && !isOneSided(c);
const largest = (cells) =>
  cells
    .filter((c) => isChanged(c) && Number.isFinite(c.rel_l2 ?? NaN))
    .reduce((a, b) => (a && a.rel_l2 >= b.rel_l2 ? a : b), undefined);

/** Where a cell is. */
export const placeOf = (c) =>
  [
    c.stack,
    c.layer !== null && c.layer !== undefined ? `layer ${c.layer}` : "",
    c.expert !== undefined ? `${c.module} of expert ${c.expert}` : middle(c.module, 40),
  ]
    .filter(Boolean)
    .join(" ");

/** All about a cell, line by line. */
export function describe(cell, answer) {
  const one = cell.tensors.length === 1 ? answer.tensors[cell.tensors[0]] : undefined;
  const lines = [placeOf(cell)];
  if (isOneSided(cell)) lines.push(`${cell.status}: ${plural(cell.tensors.length, "tensor")}`);
  else if (cell.changed === 0) lines.push("unchanged");
  else if (answer.progress) lines.push("changed; how far is being read");
  else
    lines.push(
      `relative change ${relative(cell.rel_l2)}`,
      `${share(cell.changed, cell.elements)} of ${plural(cell.elements, "weight")} changed`,
    );
  for (const other of cell.also) lines.push(`${other.status}: ${plural(other.tensors.length, "tensor")}`);
  if (!one) return [...lines, `${plural(cell.tensors.length, "tensor")} together`];
  if (cell.changed && one.max_abs !== null && !answer.progress) lines.push(`largest change ${figure(one.max_abs)}`);
  return [...lines, `${one.dtype_a ? `${one.dtype_a} → ` : ""}${one.dtype} ${shape(one.shape)}`, middle(one.name, 56)];
}

/** How far reading is. */
export function progress({ done, total }) {
  const part = total ? done / total : 0;
  const bar = h("progress", { max: 1, value: part, "aria-label": "How much is read" });
  return h(
    "div",
    { class: "reading" },
    bar,
    h("span", {}, total ? `reading weights: ${percent(part)}` : "waiting for its turn"),
  );
}
