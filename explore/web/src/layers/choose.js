// What is compared: the model, two revisions, and pairs that are worth a look.
import { fill, h } from "../dom.js";
import { plural } from "../format.js";
import { link } from "../state.js";
import { middle } from "./figures.js";

const option = (value, label, chosen) => h("option", { value, selected: value === chosen }, label);

/** A list of names to choose from; what is chosen is always among them. */
export function choice(label, groups, chosen, pick) {
  const known = groups.some(([, list]) => list.some(([value]) => value === chosen));
  const select = h("select", { "aria-label": label, onchange: (e) => pick(e.target.value) },
    known || !chosen ? null : option(chosen, middle(chosen, 40), chosen),
    groups.map(([name, list]) => (name ? h("optgroup", { label: name }, list.map(([v, text]) => option(v, middle(text, 40), chosen)))
      : list.map(([v, text]) => option(v, middle(text, 60), chosen)))));
  select.value = chosen ?? "";
  return select;
}

/** Branches and tags of a model, for choice. */
export const revisions = (model) => [
  ["Branches", model.branches.map((b) => [b.name, b.name])],
  ...(model.tags.length ? [["Tags", model.tags.map((t) => [t.name, t.name])]] : []),
];

/** The state in the address that shows a pair. */
export const about = (model, p) => ({ model, from: p.from, to: p.to, from_path: p.from_path, to_path: p.to_path, path: p.from_path ? undefined : p.path });

const headings = { trained: "Trained further", converted: "Converted" };

/** The pairs as a list of links; that which is shown is marked. */
export function suggestions(model, pairs, isShown) {
  return Object.entries(headings).map(([why, heading]) => {
    const some = pairs.filter((p) => p.why === why);
    return some.length ? [h("h2", {}, heading), fill(h("ul", {}), some.map((p) => suggestion(model, p, isShown(p))))] : [];
  }).flat();
}

function suggestion(model, p, shown) {
  const same = p.from === p.to;
  const name = same ? `${p.from_path} → ${p.to_path}` : `${p.from} → ${p.to}`;
  const where = same ? `in ${p.from}` : p.from_path ? `${p.from_path} → ${p.to_path}` : p.path;
  return h("li", {}, h("a", { href: link("layers", about(model, p)), "aria-current": shown ? "true" : undefined, title: name },
    h("span", { class: "pair" }, middle(name, 44)),
    h("span", { class: "what" }, `${middle(where, 38)} · ${p.changed} of ${plural(p.tensors, "tensor")}`)));
}
