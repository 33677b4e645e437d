// explore/web/src/dom.js
var svgNames = /* @__PURE__ */ new Set(["svg", "g", "path", "rect", "line", "circle", "text", "title", "defs", "marker", "polyline", "polygon"]);
function h(name, props = {}, ...children) {
  const svg = svgNames.has(name) && name !== "title";
  const el = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [k, v] of Object.entries(props)) {
    if (v === void 0 || v === null || v === false) continue;
    if (k.startsWith("on")) el.addEventListener(k.slice(2), v);
    else if (k === "style") Object.assign(el.style, v);
    else if (k === "dataset") Object.assign(el.dataset, v);
    else if (v === true) el.setAttribute(k, "");
    else el.setAttribute(k, v);
  }
  el.append(...children.flat().filter((c) => c !== void 0 && c !== null && c !== false));
  return el;
}
function fill(el, ...children) {
  el.replaceChildren(...children.flat().filter((c) => c !== void 0 && c !== null && c !== false));
  return el;
}

// explore/web/src/ask.js
var answers = /* @__PURE__ */ new Map();
function key(question, about = {}) {
  const q = new URLSearchParams();
  for (const name of Object.keys(about).sort()) {
    for (const v of [about[name]].flat()) {
      if (v !== void 0 && v !== null && v !== "") q.append(name, v);
    }
  }
  const text = q.toString();
  return text ? `${question}?${text}` : question;
}
var inReport = () => document.getElementById("answers") !== null;
var kept;
function keptAnswers() {
  kept ??= JSON.parse(document.getElementById("answers").textContent);
  return kept;
}
async function ask(question, about, { signal } = {}) {
  const k = key(question, about);
  if (answers.has(k)) return answers.get(k);
  let answer;
  if (inReport()) {
    if (!Object.hasOwn(keptAnswers(), k)) throw new Error("this report does not have it: ask dits serve");
    answer = keptAnswers()[k];
  } else {
    const r = await fetch(`/explore/${k}`, { signal });
    const body = await r.json();
    if (!r.ok) throw new Error(body.error ?? r.statusText);
    answer = body;
  }
  answers.set(k, answer);
  return answer;
}

// explore/web/src/state.js
var listeners = /* @__PURE__ */ new Set();
function state() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { view: path || "sharing", params: new URLSearchParams(query) };
}
function link(view, params = {}) {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const v of [value].flat()) if (v !== void 0 && v !== null && v !== "") q.append(name, v);
  }
  const text = q.toString();
  return `#/${view}${text ? `?${text}` : ""}`;
}
function onChange(fn) {
  listeners.add(fn);
}
addEventListener("hashchange", () => listeners.forEach((fn) => fn(state())));

// explore/web/src/views/sharing.js
var sharing = {
  name: "sharing",
  title: "Sharing",
  show(root) {
    const stop = new AbortController();
    ask("models", {}, stop).then((models) => fill(root, h("pre", {}, JSON.stringify(models, null, 1))), (e) => fill(root, h("p", { class: "error" }, e.message)));
    return () => stop.abort();
  }
};

// explore/web/src/app.js
var views = [sharing];
var main = h("main", { id: "view", tabindex: "-1" });
var shown;
var done;
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
    try {
      localStorage.setItem("dits-theme", theme);
    } catch {
    }
    dispatchEvent(new Event("theme"));
  };
  let was;
  try {
    was = localStorage.getItem("dits-theme");
  } catch {
  }
  if (was) document.documentElement.dataset.theme = was;
  return h("button", {
    class: "theme",
    title: "Light or dark",
    "aria-label": "Light or dark",
    onclick: () => set(matchMedia("(prefers-color-scheme: dark)").matches !== (document.documentElement.dataset.theme === void 0 ? false : document.documentElement.dataset.theme === "dark" !== matchMedia("(prefers-color-scheme: dark)").matches) ? "light" : "dark")
  }, "◐");
}
document.body.append(
  h(
    "header",
    {},
    h("a", { class: "brand", href: link("sharing") }, "dits"),
    h("nav", { "aria-label": "Views" }, views.filter((v) => !v.hidden).map((v) => h("a", { href: link(v.name), dataset: { view: v.name } }, v.title))),
    inReport() && h("span", { class: "note" }, document.getElementById("answers").dataset.made),
    themeButton()
  ),
  main
);
onChange(show);
addEventListener("theme", () => show(state()));
show(state());
