// The colours of changes: one sequence whose lightness alone orders it, away from the background. Stops are near those of
// matplotlib's inferno (CC0), which people with any eyes can read.
import { dark, themed } from "../colour.js";

const light = ["#fdf1d3", "#fddb98", "#fcb761", "#f48849", "#dd5746", "#b23360", "#7a1f6d", "#431158"];
const bright = ["#37224f", "#5c1f6b", "#8a2867", "#b93d57", "#e05c3b", "#f58a1f", "#f9be3c", "#fbf3a0"];

const parts = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/** The colour of a strength 0…1, as three bytes. */
export function rgb(strength) {
  const stops = dark() ? bright : light;
  const at = Math.max(0, Math.min(1, strength)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  const from = parts(stops[i]);
  const to = parts(stops[i + 1]);
  return from.map((v, k) => Math.round(v + (to[k] - v) * (at - i)));
}

export const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;

const linear = (byte) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);

/** Black or white, whichever is easier to read on a colour. */
export function ink(colour) {
  const [r, g, b] = colour.map(linear);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.1791 ? "#000000" : "#ffffff";
}

/** Colours for what is no change. */
export const plain = () => ({
  text: themed("--text"),
  faint: themed("--faint"),
  line: themed("--line"),
  back: themed("--back"),
  panel: themed("--panel"),
});
