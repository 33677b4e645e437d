// Colours for people with any eyes, in light and dark. Hue says how bytes are kept, strength how much they are shared: away
// from the background the more. Hues are apart for all common kinds of colour blindness (blue, orange, green, grey of
// Okabe and Ito), and strength alone orders cells for those who see no hue.

export const hows = [
  { name: "stored", label: "stored here", hue: [0, 0, 60] },
  { name: "difference", label: "difference", hue: [28, 95, 50] },
  { name: "recomputed", label: "recomputed", hue: [164, 90, 34] },
  { name: "same", label: "same bytes", hue: [205, 95, 42] },
];

export const dark = () => {
  const forced = document.documentElement.dataset.theme;
  return forced ? forced === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

/** A CSS colour for how (index of hows) and strength 0…1. */
export function cell(how, strength) {
  const [hue, saturation] = hows[how].hue;
  const s = Math.max(0, Math.min(1, strength));
  const light = dark() ? 18 + 52 * s : 93 - 60 * s;
  return `hsl(${hue} ${how === 0 ? 6 : Math.round(saturation * (0.45 + 0.55 * s))}% ${light.toFixed(1)}%)`;
}

/** A CSS variable of the theme: themed("--text"). */
export const themed = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
