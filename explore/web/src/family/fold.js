// What of a large family is drawn: siblings that nothing came from are one node, until somebody opens it.

const mostNodes = 60; // up to so many, all are drawn
const leastFolded = 4; // fewer siblings are not worth a fold
const kept = 2; // of folded siblings, so many are drawn

/**
 * Nodes and links to draw of a family. Nodes are {key, node} or {key, fold: [nodes], above: key, name}; links have keys
 * for from and to. open has the keys of folds that are open.
 */
export function fold(family, open = new Set()) {
  const { nodes, links } = family;
  const inner = new Set(nodes.map((n) => n.above).filter((i) => i >= 0));
  const siblings = new Map();
  nodes.forEach((n, i) => {
    if (!inner.has(i)) siblings.set(n.above, [...(siblings.get(n.above) ?? []), i]);
  });
  const out = { nodes: [], links: [] },
    folded = new Map(),
    openFolds = [];
  for (const [above, list] of siblings) {
    if (nodes.length <= mostNodes || list.length < kept + leastFolded) continue;
    const key = `fold-${above}`;
    openFolds.push(key);
    if (!open.has(key))
      for (const i of [...list].sort((a, b) => nodes[b].stored - nodes[a].stored).slice(kept)) folded.set(i, key);
  }
  const folds = new Map();
  nodes.forEach((n, i) => {
    const key = folded.get(i);
    if (!key) {
      out.nodes.push({ key: `${i}`, node: n, above: n.above < 0 ? null : `${n.above}` });
    } else if (folds.has(key)) {
      folds.get(key).fold.push(n);
    } else {
      const f = { key, fold: [n], above: n.above < 0 ? null : `${n.above}` };
      folds.set(key, f);
      out.nodes.push(f);
    }
  });
  out.links = joined(links, (i) => folded.get(i) ?? `${i}`);
  out.open = openFolds.filter((key) => open.has(key));
  return out;
}

/** Links between what is drawn; those of a fold are added up. */
function joined(links, keyOf) {
  const at = new Map();
  for (const l of links) {
    const from = keyOf(l.from),
      to = keyOf(l.to);
    if (from === to) continue;
    const id = `${from}>${to}`;
    const sum = at.get(id) ?? { from, to, kinds: [] };
    sum.kinds.push(...l.kinds);
    at.set(id, sum);
  }
  return [...at.values()];
}
