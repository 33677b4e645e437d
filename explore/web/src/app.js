// The frame: names of the views, the theme, and the view that the address names.
//
// A view is {name, title, show(root, params) → done()}: show fills root for the params of the address and keeps it up to
// date; it is called again when they change, after done() (if it gave one). keep(params) → true says that the view itself
// has drawn the change already.
import { fill, h } from "./dom.js";
import { inReport } from "./ask.js";
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
let shown, done;

function show({ view: name, params }) {
  const view = views.find((v) => v.name === name) ?? views[0];
  if (view === shown && view.keep?.(params)) return;
  done?.();
  shown = view;
  document.title = `${view.title} · dits`;
  for (const a of document.querySelectorAll("nav a")) {
    if (a.dataset.view === view.name) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
  fill(main);
  done = view.show(main, params);
}

function themeButton() {
  const set = (theme) => {
    document.documentElement.dataset.theme = theme;
    try { localStorage.setItem("dits-theme", theme); } catch { /* a report that is opened as a file may not keep it */ }
    dispatchEvent(new Event("theme"));
  };
  let was;
  try { was = localStorage.getItem("dits-theme"); } catch { /* as above */ }
  if (was) document.documentElement.dataset.theme = was;
  return h("button", {
    class: "theme", title: "Light or dark", "aria-label": "Light or dark",
    onclick: () => set(matchMedia("(prefers-color-scheme: dark)").matches !== (document.documentElement.dataset.theme === undefined
      ? false : (document.documentElement.dataset.theme === "dark") !== matchMedia("(prefers-color-scheme: dark)").matches) ? "light" : "dark"),
  }, "◐");
}

document.body.append(
  h("header", {},
    h("a", { class: "brand", href: link("sharing") }, "dits"),
    h("nav", { "aria-label": "Views" }, views.filter((v) => !v.hidden)
      .map((v) => h("a", { href: link(v.name), dataset: { view: v.name } }, v.title))),
    inReport() && h("span", { class: "note" }, document.getElementById("answers").dataset.made),
    themeButton()),
  main);
onChange(show);
addEventListener("theme", () => show(state()));
show(state());
