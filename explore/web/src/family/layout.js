// Where the nodes of a family stand: sources left of what was made of them.
import dagre from "../../vendor/dagre-3.1.3/dagre.esm.js";

export const box = { width: 310, height: 32 };

/** Gives {nodes: Map(key → {x, y}), width, height}: x and y are of the left upper corner. */
export function layout({ nodes }) {
  const g = new dagre.graphlib.Graph();
  g.setGraph({ rankdir: "LR", nodesep: 12, ranksep: 70, marginx: 24, marginy: 20 });
  g.setDefaultEdgeLabel(() => ({}));
  for (const n of nodes) g.setNode(n.key, { ...box });
  for (const n of nodes) if (n.above !== null) g.setEdge(n.above, n.key);
  dagre.layout(g);
  const at = new Map();
  for (const n of nodes) {
    const { x, y } = g.node(n.key);
    at.set(n.key, { x: x - box.width / 2, y: y - box.height / 2 });
  }
  return { nodes: at, width: g.graph().width, height: g.graph().height };
}

/**
 * The path of a link from {x, y} to {x, y}, which are where it leaves and arrives. What arrives further left, or in the
 * same column, goes round by the right.
 */
export function curve(from, to, roundBy) {
  if (to.x > from.x) {
    const bend = Math.max(24, (to.x - from.x) / 2);
    return `M${from.x},${from.y}C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`;
  }
  const out = Math.max(from.x, roundBy) + 24 + Math.min(60, Math.abs(to.y - from.y) / 6);
  return `M${from.x},${from.y}C${out},${from.y} ${out},${to.y} ${roundBy},${to.y}`;
}
