// Where the cells of a grid are, in CSS pixels.

const gap = 10;
const lead = 44;
const beside = 36;
const narrow = 46;
const beyond = 110;
const lowest = 8;

/** The smallest cell that has its number in it. */
export const leastHeight = 14;
export const leastWidth = 34;

/**
 * measure(text) → width. Everything fits into width if it can, two grids beside each other where there are several; height
 * is what there is for all rows.
 */
export function layoutOf(grid, { width, height, several, measure }) {
  const { rows, columns } = grid;
  const widest = Math.max(132, width * 0.085);
  const tallest = Math.max(46, height * 0.07);
  const breaks = columns.map((c, i) => (!grid.plain && i > 0 && c.group !== columns[i - 1].group ? gap : 0));
  const spare = breaks.reduce((a, b) => a + b, 0);
  const left = rows.length === 1 && rows[0] === "" ? 0 : lead;
  const likelyDense = height / rows.length < leastHeight || (width - left) / columns.length < leastWidth;
  const half = (width - beside) / 2 - left - spare - 14;
  const room =
    several && half / columns.length >= narrow
      ? half
      : Math.max(60, width - left - spare - 4 - (likelyDense ? beyond : 0));
  const longest = Math.max(0, ...columns.map((c) => measure(c.label)));
  const fitting = (space) => Math.max(3, Math.min(widest, Math.floor(space / columns.length)));
  const turned = !grid.numbered && longest > fitting(room) - 6;
  const over = turned ? Math.min(100, longest * 0.75) : 0; // how far the last name leans out
  const w = fitting(room - over);
  const h = Math.round(
    Math.max(
      4,
      Math.min(grid.still && !grid.plain ? lowest : several ? tallest / 2 : tallest, w * 1.2, height / rows.length),
    ),
  );
  const grouped = !grid.plain && columns.some((c) => c.group);
  const top = (grouped ? 20 : 0) + (turned ? Math.min(120, longest * 0.75 + 14) : 20);
  const xs = [];
  let x = left;
  for (const b of breaks) {
    xs.push((x += b));
    x += w;
  }
  const space = w > 16 && h > 10 ? 2 : w > 6 && h > 6 ? 1 : 0;
  const dense = !grid.still && (h - space < leastHeight || w - space < leastWidth);
  return {
    left,
    top,
    w,
    h,
    xs,
    turned,
    grouped,
    space,
    dense,
    right: x,
    width: x + Math.max(4 + over, dense ? beyond : 0),
    height: top + rows.length * h + 4,
  };
}

/** The cell [row, column] at a point, or undefined. */
export function cellAt(l, grid, x, y) {
  const row = Math.floor((y - l.top) / l.h);
  const column = l.xs.findIndex((left) => x >= left && x < left + l.w);
  return row >= 0 && row < grid.rows.length && column >= 0 ? [row, column] : undefined;
}
