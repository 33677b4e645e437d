// Which rows are shown, and in which order. Pure.

/** More rows than these are shown all at once, if nothing else is asked for. */
export const many = 60;

export const sorts = {
  shared: { label: "most shared", by: (a, b) => b.shade - a.shade || a.age - b.age },
  path: { label: "path", by: (a, b) => compare(a.model, b.model) || compare(a.path, b.path) || a.age - b.age },
  age: { label: "age", by: (a, b) => a.age - b.age },
  size: { label: "size", by: (a, b) => b.size - a.size || a.age - b.age },
};

export const groupings = {
  none: { label: "nothing", of: () => "" },
  model: { label: "model", of: (row) => row.model },
  folder: { label: "folder", of: (row) => row.path.slice(0, Math.max(0, row.path.lastIndexOf("/"))) || "no folder" },
  branch: { label: "branch", of: (row) => row.refs[0] ?? "no branch" },
};

/** What rows are grouped by if nothing else is asked for. */
export function usualGrouping(rows) {
  const count = (name) => new Set(rows.map(groupings[name].of)).size;
  if (count("model") > 1) return "model";
  return rows.length > many && count("folder") > 1 && rows.length > 4 * count("folder") ? "folder" : "none";
}

/** The items of a picture from top to bottom: {row} and, where they are grouped, {group, rows} before its rows. */
export function arrange(rows, { sort = "shared", group = "none", only, others = false } = {}) {
  const shown = rows.filter((r) => (others || r.format !== "") && (!only || only.has(r.i)));
  shown.sort((sorts[sort] ?? sorts.shared).by);
  const nameOf = (groupings[group] ?? groupings.none).of;
  const groups = new Map();
  for (const row of shown) {
    const name = nameOf(row);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(row);
  }
  const items = [];
  for (const [name, list] of groups) {
    if (name !== "") items.push({ group: name, rows: list });
    for (const row of list) items.push({ row });
  }
  return items;
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** The rows of items. */
export const rowsOf = (items) => items.filter((it) => it.row).map((it) => it.row);

const headHeight = 24, thinHead = 3, margin = 8;

/**
 * Heights for items in a picture of so many pixels: {tops, row, head, gap, all}. Rows are as high as there is room for,
 * within bounds that keep names readable; fit makes them as thin as it takes to see all at once.
 */
export function stack(items, height, fit) {
  const heads = items.filter((it) => it.group !== undefined).length, n = items.length - heads;
  const room = height - margin;
  let head = headHeight;
  let row = Math.floor((room - heads * head) / Math.max(1, n));
  if (fit && row < 24) {
    head = thinHead;
    row = Math.max(1, (room - heads * head) / Math.max(1, n));
  } else {
    row = Math.max(24, Math.min(Math.max(64, room / 9), row));
  }
  const tops = new Float64Array(items.length + 1);
  items.forEach((it, i) => (tops[i + 1] = tops[i] + (it.row ? row : head)));
  return { tops, row, head, gap: row >= 20 ? 4 : row >= 10 ? 2 : row >= 6 ? 1 : 0, all: tops[items.length] + margin };
}
