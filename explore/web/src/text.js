// Text that has to fit.

let canvas;
const widths = new Map(); // font and text → pixels: pictures ask for the same in each frame

/** The width of text in pixels, in a font as CSS has it: "12px system-ui". */
export function width(text, font) {
  const key = `${font}\n${text}`;
  let w = widths.get(key);
  if (w === undefined) {
    canvas ??= document.createElement("canvas").getContext("2d");
    canvas.font = font;
    w = canvas.measureText(text).width;
    if (widths.size > 20000) widths.clear();
    widths.set(key, w);
  }
  return w;
}

/** Text of at most n characters: what is longer has … in its middle, since names differ at both ends. */
export function middle(text, n) {
  const all = Array.from(text);
  if (all.length <= n) return text;
  const head = Math.ceil((n - 1) / 2);
  return all.slice(0, head).join("") + "…" + all.slice(all.length - (n - 1 - head)).join("");
}

/** Text as middle has it, of at most so many pixels. */
export function fit(text, font, pixels) {
  if (width(text, font) <= pixels) return text;
  let low = 1,
    high = Math.min(Array.from(text).length, Math.ceil(pixels));
  while (low < high) {
    const n = Math.ceil((low + high) / 2);
    if (width(middle(text, n), font) <= pixels) low = n;
    else high = n - 1;
  }
  return middle(text, low);
}
