// Texts on a canvas that fit in so many pixels.
import { fit, width } from "../text.js";

const family = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

export const font = (size, weight = 400) => `${weight} ${size}px ${family}`;

/** The text, with its middle cut out if it is too wide for a pen; "" where not even that has room. */
export const fitted = (pen, text, pixels) => (pixels < 18 ? "" : fit(text, pen.font, pixels));

/** The longest form of a tensor's name that fits: without its layer (the ruler says it), or less of its last part. */
export function nameIn(pen, name, pixels) {
  if (pixels < 12 || name === "" || name.length > 200) return "";
  return forms(name).find((f) => width(f, pen.font) <= pixels) ?? "";
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
