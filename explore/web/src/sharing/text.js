// Texts on a canvas that fit in so many pixels.
import { middle } from "./words.js";

const family = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

export const font = (size, weight = 400) => `${weight} ${size}px ${family}`;

const widths = new Map(); // font, text → pixels

/** Pixels of a text in the font of a pen. */
export function widthOf(pen, text) {
  const key = `${pen.font}\n${text}`;
  let w = widths.get(key);
  if (w === undefined) {
    if (widths.size > 20000) widths.clear();
    w = pen.measureText(text).width;
    widths.set(key, w);
  }
  return w;
}

/** The text, with its middle cut out if it is too wide; "" where not even that has room. */
export function fitted(pen, text, width) {
  const shown = text.length > 400 ? middle(text, 400) : text;
  if (widthOf(pen, shown) <= width) return shown;
  let lo = 0, hi = [...shown].length;
  while (hi - lo > 1) {
    const mid = (lo + hi) >> 1;
    if (pen.measureText(middle(shown, mid)).width <= width) lo = mid;
    else hi = mid;
  }
  return lo >= 3 ? middle(shown, lo) : "";
}

/** The longest form of a tensor's name that fits: without its layer (the ruler says it), or less of its last part. */
export function nameIn(pen, name, width) {
  if (width < 12 || name === "" || name.length > 200) return "";
  return forms(name).find((f) => widthOf(pen, f) <= width) ?? "";
}

const known = new Map(); // name → its forms

function forms(name) {
  let list = known.get(name);
  if (!list) {
    if (known.size > 20000) known.clear();
    const short = name.replace(/^model\./, "").replace(/\.(weight|bias)$/, "");
    const module = short.replace(/^.*\.\d+\./, "").replace(/^blk\.\d+\./, "");
    list = [module, module.split(".").pop(), module.split(".").pop().replace(/_(proj|tokens|layernorm)$/, "")];
    known.set(name, list);
  }
  return list;
}
