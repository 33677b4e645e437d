// The state of the page is its address: #/VIEW?name=value&…. Each state has a permalink, and Back works.

const listeners = new Set();

/** {view: "sharing", params: URLSearchParams} */
export function state() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { view: path || "sharing", params: new URLSearchParams(query) };
}

/** The link of a state; values that are undefined, null or "" are left out, lists are given as often as they are long. */
export function link(view, params = {}) {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const v of [value].flat()) if (v !== undefined && v !== null && v !== "") q.append(name, v);
  }
  const text = q.toString();
  return `#/${view}${text ? `?${text}` : ""}`;
}

/** Goes to a state; replace: without a step for Back (zoom, hover). */
export function go(view, params = {}, { replace = false } = {}) {
  const to = link(view, params);
  if (to === location.hash) return;
  if (replace) {
    history.replaceState(null, "", to);
  } else {
    location.hash = to;
  }
}

/** The same view with some values changed. */
export function change(values, options) {
  const { view, params } = state();
  const all = {};
  for (const name of new Set(params.keys())) all[name] = params.getAll(name);
  go(view, { ...all, ...values }, options);
}

export function onChange(fn) {
  listeners.add(fn);
}

addEventListener("hashchange", () => listeners.forEach((fn) => fn(state())));
