// What a view is about: a choice of models, and of a revision of one.
import { inReport } from "./ask.js";
import { h } from "./dom.js";
import { change } from "./state.js";
import { middle } from "./text.js";

/** A list to choose from; options are [value, label]. What is chosen goes to the address as `name`. */
export function choice(label, name, options, chosen, also = {}) {
  return h(
    "label",
    { class: "choice" },
    label,
    " ",
    h(
      "select",
      { onchange: (e) => change({ ...also, [name]: e.target.value }) },
      options.map(([value, text]) => h("option", { value, selected: value === chosen }, middle(text, 60))),
    ),
  );
}

/** The choice of a model, nothing where there is only one. all: the label of all, if they can be shown at once. */
export function modelChoice(models, chosen, { all, also } = {}) {
  if (models.length < 2) return null;
  const options = models.map((m) => [m.name, m.name]);
  if (all) options.unshift(["", all]);
  return choice("model", "model", options, chosen, also);
}

/** The choice of a branch or tag; a report is of those that it is of, and a model without any has nothing to choose. */
export function revisionChoice(model, params, also) {
  const names = [...model.branches, ...model.tags].map((r) => [r.name, r.name]);
  if (inReport() || names.length === 0) return null;
  return choice("revision", "rev", [["", "all branches and tags"], ...names], params.get("rev") ?? "", also);
}

/** The model that the address names, else the first. */
export const chosenModel = (models, params) => models.find((m) => m.name === params.get("model")) ?? models[0];

/** The model to ask about: named only where there are several, so that one model has one question. */
export const askedModel = (models, name) => (models.length > 1 ? name : undefined);
