// The frame: names of the views, the theme, and the view that the address names.
//
// A view is {name, title, show(root, params) → done()}: show fills root for the params of the address and keeps it up to
// date; it is called again when they change, after done() (if it gave one). keep(params) → true says that the view itself
// has drawn the change already.
import { fill, h } from "./dom.js";
import { ask, inReport } from "./ask.js";
import { dark } from "./colour.js";
import { link, onChange, state } from "./state.js";
import { family } from "./views/family.js";
import { file } from "./views/file.js";
import { history } from "./views/history.js";
import { layers } from "./views/layers.js";
import { savings } from "./views/savings.js";
import { sharing } from "./views/sharing.js";
import { tensor } from "./views/tensor.js";

const views = [sharing, layers, family, savings, history, tensor, file];

const main = h("main", { id: "view", tabindex: "-1" });
const which = h("span", { class: "which" }); // the model that the view is about
let shown, done;

function show({ view: name, params }) {
  const view = views.find((v) => v.name === name) ?? views[0];
  if (view === shown && view.keep?.(params)) return void entitle(view, params);
  done?.();
  shown = view;
  entitle(view, params);
  for (const a of document.querySelectorAll("nav a")) {
    if (a.dataset.view === view.name) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
  fill(main);
  done = view.show(main, params);
}

/** Says in the head and in the title of the window what the view is about: the model, if it is one. */
async function entitle(view, params) {
  const title = (...of) => (document.title = [view.title, ...of, "dits"].filter(Boolean).join(" · "));
  title();
  const models = await ask("models").catch(() => []);
  const one = models.length === 1 ? models[0].name : view !== sharing && params.get("model"); // there it is of a cell
  if (shown !== view) return;
  which.textContent = which.title = one || "";
  title(view.about?.(params), one);
}

function themeButton() {
  const root = document.documentElement.dataset;
  try { if (localStorage.getItem("dits-theme")) root.theme = localStorage.getItem("dits-theme"); } catch { /* as below */ }
  const turn = () => {
    root.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("dits-theme", root.theme); } catch { /* a report that is opened as a file may not keep it */ }
    dispatchEvent(new Event("theme"));
  };
  return h("button", { class: "theme", title: "Light or dark", "aria-label": "Light or dark", onclick: turn }, "◐");
}

document.body.append(
  h("header", {},
    h("a", { class: "brand", href: link("sharing") }, "dits"),
    h("nav", { "aria-label": "Views" }, views.filter((v) => !v.hidden)
      .map((v) => h("a", { href: link(v.name), dataset: { view: v.name } }, v.title))),
    inReport() ? h("span", { class: "note" }, document.getElementById("answers").dataset.made) : which,
    themeButton()),
  main);
onChange(show);
addEventListener("theme", () => show(state()));
show(state());
