// h("div", {class: "a", onclick: f}, "text", child) makes an element. Text is always text: no markup in a name of a file
// or tensor is ever read as such, and nothing here writes HTML.

const svgNames = new Set(["svg", "g", "path", "rect", "line", "circle", "text", "title", "defs", "marker", "polyline", "polygon"]);

export function h(name, props = {}, ...children) {
  const svg = svgNames.has(name) && name !== "title";
  const el = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [k, v] of Object.entries(props)) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith("on")) el.addEventListener(k.slice(2), v);
    else if (k === "style") Object.assign(el.style, v);
    else if (k === "dataset") Object.assign(el.dataset, v);
    else if (v === true) el.setAttribute(k, "");
    else el.setAttribute(k, v);
  }
  el.append(...children.flat().filter((c) => c !== undefined && c !== null && c !== false));
  return el;
}

/** Puts children in place of what an element has. */
export function fill(el, ...children) {
  el.replaceChildren(...children.flat().filter((c) => c !== undefined && c !== null && c !== false));
  return el;
}
