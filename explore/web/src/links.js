// Links between views. A report has only some pages: what it has not is said as plain text.
import { canAsk, inReport, kept } from "./ask.js";
import { h } from "./dom.js";
import { link } from "./state.js";

const askedOf = { // what a view asks at first for values of the address
  file: (p) => ["file", { ...p, model: named(p.model) }],
  history: ({ model, rev }) => ["history", { model: named(model), rev, p: 0 }],
  family: ({ model, rev }) => ["family", { model: named(model), rev }],
  layers: (p) => ["layers", p],
  tensor: (p) => ["tensor", p],
};

const named = (model) => (kept("models").length > 1 ? model : undefined); // as askedModel has it

/** Says whether a view can be shown for these values. */
export const canGo = (view, values) => !inReport() || !askedOf[view] || canAsk(...askedOf[view](values));

/** A link to a view; where it cannot be shown the words alone. */
export const linkTo = (view, values, text, props = {}) =>
  canGo(view, values) ? h("a", { ...props, href: link(view, values) }, text) : h("span", props, text);

/** A link to a view, or nothing where it cannot be shown: for words that only lead there. */
export const wayTo = (view, values, text) => canGo(view, values) && h("a", { href: link(view, values) }, text);
