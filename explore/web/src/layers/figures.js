// Figures of changes, as `dits diff` says them.

/** A relative change in percent, with two digits: "2.4%", "0.024%", "130%"; "≠" where there is none. */
export function relative(x) {
  if (x === null || x === undefined || !Number.isFinite(x)) return "≠";
  const p = 100 * x;
  if (p === 0) return "0%";
  if (p < 0.00095) return "<0.001%";
  if (p >= 99.5) return `${Math.round(p).toLocaleString("en-US")}%`;
  const rounded = Number(p.toPrecision(2));
  return `${rounded.toFixed(Math.max(0, 1 - Math.floor(Math.log10(rounded))))}%`;
}

/** A share of a whole: as relative, but neither 0% of some nor 100% of nearly all. */
export function share(part, whole) {
  if (!(whole > 0) || part === 0) return "0%";
  if (part === whole) return "100%";
  const text = relative(part / whole);
  return text === "100%" ? ">99%" : text;
}

/** A small or large number with some digits: "0.0076", "1.2e-7", "1,234". */
export function figure(x, digits = 3) {
  if (x === null || x === undefined || !Number.isFinite(x)) return "–";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e6 || size < 1e-4)
    return Number(x.toPrecision(digits)).toExponential().replace("e+", "e").replaceAll("-", "−");
  if (size >= 1000) return Math.round(x).toLocaleString("en-US").replace("-", "−");
  return String(Number(x.toPrecision(digits))).replace("-", "−");
}

/** [4096, 11008] → "4096×11008" */
export const shape = (dims) => (dims.length ? dims.join("×") : "one number");

/** The middle of a long name goes. */
export const middle = (text, most = 60) =>
  text.length <= most
    ? text
    : `${text.slice(0, Math.ceil(most / 2) - 1)}…${text.slice(text.length - Math.floor(most / 2) + 1)}`;
