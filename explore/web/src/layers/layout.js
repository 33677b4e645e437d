// Where the cells of a grid are, in CSS pixels.

const widest = 132, tallest = 46, gap = 10, lead = 44;

/** measure(text) → width. Everything fits into width if it can; height is what there is for all rows. */
export function layoutOf(grid, { width, height, measure }) {
  const { rows, columns } = grid;
  const breaks = columns.map((c, i) => (!grid.plain && i > 0 && c.group !== columns[i - 1].group ? gap : 0));
  const spare = breaks.reduce((a, b) => a + b, 0);
  const left = rows.length === 1 && rows[0] === "" ? 0 : lead;
  const room = Math.max(60, width - left - spare);
  const w = Math.max(3, Math.min(widest, Math.floor(room / columns.length)));
  const longest = Math.max(0, ...columns.map((c) => measure(c.label)));
  const turned = !grid.numbered && longest > w - 6;
  const h = Math.round(Math.max(5, Math.min(tallest, w * 1.2, height / rows.length)));
  const grouped = !grid.plain && columns.some((c) => c.group);
  const top = (grouped ? 20 : 0) + (turned ? Math.min(110, longest * 0.75 + 14) : 20);
  const xs = [];
  let x = left;
  for (const b of breaks) {
    xs.push((x += b));
    x += w;
  }
  return { left, top, w, h, xs, turned, grouped, width: x + (turned ? 40 : 4), height: top + rows.length * h + 4, space: w > 16 && h > 10 ? 2 : w > 6 && h > 6 ? 1 : 0 };
}

/** The cell [row, column] at a point, or undefined. */
export function cellAt(l, grid, x, y) {
  const row = Math.floor((y - l.top) / l.h);
  const column = l.xs.findIndex((left) => x >= left && x < left + l.w);
  return row >= 0 && row < grid.rows.length && column >= 0 ? [row, column] : undefined;
}
