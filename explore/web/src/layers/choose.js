// What is compared: the model, two revisions, and pairs that are worth a look.
import { h } from "../dom.js";
import { count, plural } from "../format.js";
import { link } from "../state.js";
import { middle } from "./figures.js";

const option = (value, label, chosen) => h("option", { value, selected: value === chosen }, label);

/** A list of names to choose from; what is chosen is always among them. */
export function choice(label, groups, chosen, pick) {
  const known = groups.some(([, list]) => list.some(([value]) => value === chosen));
  const select = h(
    "select",
    { "aria-label": label, onchange: (e) => pick(e.target.value) },
    known || !chosen ? null : option(chosen, middle(chosen, 40), chosen),
    groups.flatMap(([name, list]) => {
      const options = list.map(([v, text]) => option(v, middle(text, 50), chosen));
      return name ? h("optgroup", { label: name }, options) : options;
    }),
  );
  select.value = chosen ?? "";
  return select;
}

/** Branches and tags of a model, for choice. */
export const revisions = (model) => [
  ["Branches", model.branches.map((b) => [b.name, b.name])],
  ...(model.tags.length ? [["Tags", model.tags.map((t) => [t.name, t.name])]] : []),
];

/** The state in the address that shows a pair. */
export const about = (model, p) => ({
  model,
  from: p.from,
  to: p.to,
  from_path: p.from_path,
  to_path: p.to_path,
  path: p.from_path ? undefined : p.path,
});

const headings = { trained: "Trained further", converted: "Converted" };

/** The pairs as a list of links; that which is shown is marked. */
export function suggestions(model, pairs, isShown) {
  return Object.entries(headings)
    .map(([why, heading]) => {
      const some = pairs.filter((p) => p.why === why);
      const alike = (p) => some.filter((q) => q.from === p.from && q.to === p.to).length;
      return some.length
        ? [
            h("h2", {}, heading),
            h(
              "ul",
              {},
              some.map((p) => suggestion(model, p, isShown(p), alike(p) > 1)),
            ),
          ]
        : [];
    })
    .flat();
}

/** Two paths without what both have: {name: "base → ft", folder: "models"}. */
function together(from, to) {
  const at = from.lastIndexOf("/") + 1;
  const folder = to.startsWith(from.slice(0, at)) && !to.slice(at).includes("/") ? from.slice(0, at) : "";
  const end = /\.[a-z]+$/.exec(from)?.[0] ?? "";
  const ending = end && to.endsWith(end) ? end.length : 0;
  const short = (path) => path.slice(folder.length, path.length - ending);
  return { name: `${short(from)} → ${short(to)}`, folder: folder.slice(0, -1) };
}

/** What a pair goes by, its revisions or its files, and what else is said of it. */
function wordsOf(p, byFile) {
  const revs = `${p.from} → ${p.to}`;
  if (p.from_path && p.from === p.to) {
    const { name, folder } = together(p.from_path, p.to_path);
    return [name, `${folder ? `${folder}, ` : ""}in ${p.from}`];
  }
  const files = p.from_path ? `${p.from_path} → ${p.to_path}` : p.path;
  return byFile ? [files, revs] : [revs, files];
}

function suggestion(model, p, shown, byFile) {
  const [name, where] = wordsOf(p, byFile);
  const title = `${p.from} → ${p.to}: ${p.from_path ? `${p.from_path} → ${p.to_path}` : p.path}`;
  return h(
    "li",
    {},
    h(
      "a",
      { href: link("layers", about(model, p)), "aria-current": shown ? "true" : undefined, title },
      h("span", { class: "pair" }, middle(name, 50)),
      h("span", { class: "what" }, `${middle(where, 38)} · ${count(p.changed)} of ${plural(p.tensors, "tensor")}`),
    ),
  );
}
