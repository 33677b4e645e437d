// Which grids the cells of an answer make: one for each stack, one for what is outside of layers, and one for the experts of
// a module.

import { middle } from "./figures.js";

export const metrics = {
  rel: { name: "rel", label: "relative change", of: (c) => c.rel_l2, most: Infinity },
  share: { name: "share", label: "changed weights", of: (c) => (c.elements ? c.changed / c.elements : 0), most: 1 },
};

const isOneSided = (status) => status === "added" || status === "removed";

/** A grid is {title, rows: [label], columns: [{module, label, group}], cells: Map("row column" → cell)}. */
export function gridsOf(cells) {
  const stacks = new Map();
  for (const c of cells) {
    const name = c.layer === null ? null : c.stack;
    if (!stacks.has(name)) stacks.set(name, []);
    stacks.get(name).push(c);
  }
  const inside = [...stacks].filter(([name]) => name !== null).map(([name, list]) => gridOf(name || "Layers", list));
  const outside = stacks.has(null) ? [gridOf("Outside of layers", stacks.get(null), true)] : [];
  return [...inside, ...outside];
}

/** plain: modules are as they come, in no groups. */
function gridOf(title, list, plain = false) {
  const layers = [...new Set(list.map((c) => c.layer))].sort((a, b) => a - b);
  const columns = columnsOf(list, plain);
  const at = new Map(columns.map((c, i) => [c.module, i]));
  const cells = new Map();
  for (const c of list) put(cells, `${layers.indexOf(c.layer)} ${at.get(c.module)}`, c);
  return {
    title,
    rows: layers.map((l) => (l === null ? "" : String(l))),
    columns,
    cells,
    plain,
    still: list.every((c) => c.changed === 0),
  };
}

/** What one side alone has is said beside what both have. */
function put(cells, key, c) {
  const there = cells.get(key);
  if (!there) cells.set(key, { ...c, also: [] });
  else if (isOneSided(there.status)) cells.set(key, { ...c, also: [...there.also, there] });
  else there.also.push(c);
}

/** Modules by the part of a layer that they are in, in the order in which layers have them. */
function columnsOf(list, plain) {
  const modules = [...new Set(list.map((c) => c.module))];
  const columns = modules.map((module) => ({ module, group: groupOf(module), label: labelOf(module) }));
  const rank = (c) => (c.group ? groups.findIndex(([name]) => name === c.group) : groups.length);
  return plain ? columns : columns.sort((a, b) => rank(a) - rank(b));
}

const groups = [
  ["attention", /^(q|k|v|o|qkv)_proj$|^qkv$|attn|^[qk]v?_[ab]_proj|^kv_|sinks|^relative_attention/],
  ["cross attention", /^cross\./],
  ["state space", /^ssm\./],
  ["feed forward", /^(gate|up|down|fc\d|gate_up)$|mlp|ffn/],
  ["experts", /^experts\.|^router$/],
  ["shared expert", /^shared\./],
  ["norms", /norms?$/],
];

/** The part of a layer that a module is in. */
export const groupOf = (module) => groups.find(([, pattern]) => pattern.test(module))?.[0] ?? "";

/** A module's name without what its group says. */
const labelOf = (module) =>
  middle(module.replace(/^(experts|shared|cross|ssm)\./, "").replace(/_proj$/, "") || module, 20);

export const isExperts = (module) => /^experts\./.test(module);

const expertOf = (name) => Number(/\.experts\.(\d+)\./.exec(name)?.[1] ?? -1);

/** The grid layer × expert of a module whose experts are tensors of their own; undefined where they are not. */
export function expertsOf(grid, module, tensors) {
  const column = grid.columns.findIndex((c) => c.module === module);
  const rows = [];
  const cells = new Map();
  let most = -1;
  grid.rows.forEach((label, r) => {
    const cell = grid.cells.get(`${r} ${column}`);
    if (!cell || cell.tensors.length < 2) return;
    for (const i of cell.tensors) {
      const expert = expertOf(tensors[i].name);
      if (expert < 0) continue;
      most = Math.max(most, expert);
      cells.set(`${rows.length} ${expert}`, {
        ...tensors[i],
        layer: Number(label),
        module,
        stack: cell.stack,
        tensors: [i],
        also: [],
        expert,
      });
    }
    rows.push(label);
  });
  if (most < 1) return undefined;
  const columns = Array.from({ length: most + 1 }, (_, i) => ({ module: String(i), label: String(i), group: "" }));
  return { title: `${module}, by expert`, rows, columns, cells, numbered: true, module };
}
