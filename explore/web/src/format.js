// Numbers as people read them.

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** 1536 → "1.5 KiB": as the command line says it. */
export function bytes(n) {
  let u = 0;
  while (n >= 1024 && u < units.length - 1) (n /= 1024), u++;
  return `${u === 0 || n >= 100 ? Math.round(n) : n.toFixed(n >= 10 ? 0 : 1)} ${units[u]}`;
}

/** 0.0123 → "1.2%" */
export function percent(x) {
  if (!Number.isFinite(x)) return "–";
  const p = 100 * x;
  return `${p !== 0 && Math.abs(p) < 10 ? p.toPrecision(2) : Math.round(p)}%`;
}

/** 1234567 → "1,234,567" */
export const count = (n) => n.toLocaleString("en-US");

/** plural(1, "file") → "1 file" */
export const plural = (n, word, many = `${word}s`) => `${count(n)} ${n === 1 ? word : many}`;

/** Bits a weight. */
export const bits = (stored, elements) => (elements > 0 ? `${((8 * stored) / elements).toFixed(2)} bits a weight` : "");

export const shortId = (id) => id.slice(0, 10);

/** "2026-11-29 16:16" */
export const day = (iso) => iso.slice(0, 16).replace("T", " ");
