// What is said of cells and rows, in words. Pure.
import { bits, bytes, percent, plural } from "../format.js";
import { kindWord } from "../kinds.js";
import { middle } from "../text.js";
import { SAME } from "./share.js";

/** The first names of a list, and how many more there are. */
export function some(names, most) {
  const list = names ?? [], more = list.length - most;
  return list.slice(0, most).map((n) => middle(n, 40)).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** What a segment is called. */
export function segmentName(layout, seg) {
  if (layout.names[seg]) return layout.names[seg];
  return { header: "header", padding: "padding", other: "all of the file" }[layout.kinds[seg]] ?? layout.kinds[seg];
}

/** How something is made of its source, beyond that it is a difference: "quantised, importance matrix". */
export function wayOf(kind) {
  if (kind === "delta" || kind === "relative") return "";
  const rank = / r(\d+)$/.exec(kind);
  const more = [kind.includes("imatrix") && "importance matrix", rank && `rank ${rank[1]}`].filter(Boolean);
  return [kindWord(rank ? kind.slice(0, rank.index) : kind), ...more].join(", ");
}

/** {title, what, how, shared}: lines that say what a cell is. */
export function describe(sheet, row, seg) {
  const { layout } = row, b = row.blobs[seg], { len, stored, how } = sheet.blobs;
  const type = layout.types[seg];
  return {
    title: segmentName(layout, seg),
    what: `${type ? `${type} · ` : ""}${bytes(len[b])}`,
    how: howOf(sheet, row, seg, b),
    cost: how[b] === 0 && row.hues[seg] === SAME ? "" : costOf(layout.elements[seg], len[b], stored[b]),
    shared: sharedBy(sheet, row, b),
  };
}

function howOf(sheet, row, seg, b) {
  const place = (cell) => {
    if (!cell) return "a file that is not shown";
    const name = segmentName(cell.row.layout, cell.seg);
    const own = segmentName(row.layout, seg);
    const ref = cell.row.path === row.path && cell.row.refs[0] ? ` (${cell.row.refs[0]})` : "";
    return `${name === own ? "" : `${middle(name, 48)} of `}${middle(cell.row.path, 40)}${ref}`;
  };
  const hue = row.hues[seg];
  const first = sheet.firstCell(b), kin = sheet.kin.get(b);
  if (hue === SAME && first.row !== row) return `same bytes as ${place(first)}`;
  const partly = kin && `${percent(kin.part)} of it the same bytes as ${place(sheet.firstCell(kin.blob))}`;
  if (hue === SAME) return partly;
  if (hue === 0) return partly ? `stored here, ${partly}` : "stored here";
  const way = wayOf(sheet.kinds[sheet.blobs.kind[b]] ?? "");
  const from = place(sheet.firstCell(sheet.blobs.source[b]));
  return `${hue === 1 ? "difference to" : "recomputed from"} ${from}${way && ` (${way})`}`;
}

function costOf(elements, len, stored) {
  if (stored < 0.001 * len) return `kept in ${bytes(stored)}`;
  const part = len > 0 ? `${percent(stored / len)} of its size` : "";
  return ["kept in " + bytes(stored), bits(stored, elements), part].filter(Boolean).join(", ");
}

function sharedBy(sheet, row, b) {
  const same = sheet.have[b] - 1, made = new Set();
  for (const x of sheet.made.get(b) ?? []) sheet.eachCell(x, (r) => r.i !== row.i && made.add(r.i));
  const said = [];
  if (same > 0) said.push(`${plural(same, "other file has", "other files have")} the same bytes`);
  if (made.size > 0) said.push(`${plural(made.size, "file is", "files are")} made of them`);
  if (said.length === 0) return "no other file has these bytes";
  return said.join(", ");
}

/** "7 files, 138 MiB, of which 61% is shared; kept in 41 MiB" */
export function summary(sheet, rows) {
  const { size, shared, stored } = sheet.sum(rows);
  const part = size > 0 ? `, of which ${percent(shared / size)} is shared` : "";
  return `${plural(rows.length, "file")}, ${bytes(size)}${part}; kept in ${bytes(stored)}`;
}

