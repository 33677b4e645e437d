// The picker: which branches and tags of which models are shown. What it gives are the values of `of`.
import { fill, h } from "../dom.js";
import { ask } from "../ask.js";
import { count, plural } from "../format.js";
import { middle } from "../text.js";

/** What is picked, in a few words. */
export function pickedText(of) {
  if (of.length === 0) return "all branches";
  return of.length === 1 ? middle(of[0], 30) : plural(of.length, "revision");
}

/** A button with a list below it; set(of) is called when the list is closed and the choice has changed. */
export function picker(of, set, signal) {
  const list = h("div", { class: "list" });
  const filter = h("input", { type: "search", placeholder: "Model or branch", "aria-label": "Filter the list" });
  const box = h("details", { class: "picker" },
    h("summary", {}, pickedText(of)),
    h("div", { class: "drop" }, filter, list,
      h("div", { class: "last" },
        h("button", { onclick: () => (box.open = false) }, "Show these"),
        h("button", { onclick: () => (chosen.clear(), (box.open = false)) }, "Show all branches"))));
  const chosen = new Set(of);
  const draw = (all) => fill(list, all.map((m) => section(m, filter.value.trim().toLowerCase(), chosen)));
  let models;
  box.addEventListener("toggle", async () => {
    if (!box.open && String([...chosen].sort()) !== String([...of].sort())) return set([...chosen]);
    if (!box.open || models) return;
    fill(list, h("p", { class: "note" }, "asking …"));
    try {
      models = await ask("models", {}, { signal });
      draw(models);
      filter.focus();
    } catch (e) {
      fill(list, h("p", { class: "error" }, e.message));
    }
  });
  filter.addEventListener("input", () => models && draw(models));
  addEventListener("pointerdown", (e) => box.contains(e.target) || (box.open = false), { signal });
  box.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    box.open = false;
    box.querySelector("summary").focus();
  });
  return box;
}

function section(model, text, chosen) {
  const all = text === "" || model.name.toLowerCase().includes(text);
  const refs = [...model.branches, ...model.tags.map((r) => ({ ...r, tag: true }))]
    .filter((r) => all || r.name.toLowerCase().includes(text));
  if (refs.length === 0) return null;
  return h("fieldset", {},
    h("legend", { title: model.name }, middle(model.name, 44), h("span", { class: "note" }, ` ${count(refs.length)}`)),
    refs.slice(0, 200).map((r) => {
      const value = `${model.name}@${r.name}`;
      return h("label", { title: r.subject }, h("input", {
        type: "checkbox", checked: chosen.has(value),
        onchange: (e) => (e.target.checked ? chosen.add(value) : chosen.delete(value)),
      }), middle(r.name, 40), r.tag && h("span", { class: "note" }, " tag"));
    }),
    refs.length > 200 && h("span", { class: "note" }, `${count(refs.length - 200)} more: type a part of a name`));
}
