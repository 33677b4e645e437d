// Colours for people with any eyes, in light and dark. Hue says how bytes are kept, strength how much they are shared:
// away from the background the more. Hues are apart for all common kinds of colour blindness (blue, orange, green, grey
// of Okabe and Ito). Lightness is that of OKLCH, which eyes see in even steps: strength alone orders cells for those
// who see no hue, and all hues of one strength are equally dark.

export const hows = [
  { name: "stored", label: "stored here", hue: [260, 0.012] },
  { name: "difference", label: "difference", hue: [58, 0.135] },
  { name: "recomputed", label: "recomputed", hue: [165, 0.11] },
  { name: "same", label: "same bytes", hue: [250, 0.15] },
];

export const dark = () => {
  const forced = document.documentElement.dataset.theme;
  return forced ? forced === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

/** A CSS colour for how (index of hows) and strength 0…1. */
export function cell(how, strength) {
  const [hue, chroma] = hows[how].hue;
  const s = Math.max(0, Math.min(1, strength));
  const light = dark() ? 0.26 + 0.51 * s : 0.94 - 0.54 * s;
  return `oklch(${light.toFixed(4)} ${(chroma * (0.22 + 0.78 * Math.min(1, 1.6 * s))).toFixed(4)} ${hue})`;
}

/** The colours of all hows in so many steps, bytes r, g, b from 3·(how·steps + step) on, as the browser mixes them. */
export function ramps(steps) {
  const canvas = new OffscreenCanvas(steps, hows.length), pen = canvas.getContext("2d", { willReadFrequently: true });
  for (let how = 0; how < hows.length; how++) {
    for (let i = 0; i < steps; i++) {
      pen.fillStyle = cell(how, i / (steps - 1));
      pen.fillRect(i, how, 1, 1);
    }
  }
  const { data } = pen.getImageData(0, 0, steps, hows.length);
  const rgb = new Uint8Array(3 * steps * hows.length);
  for (let i = 0; i < rgb.length / 3; i++) rgb.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  return rgb;
}

/** A CSS variable of the theme: themed("--text"). */
export const themed = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
