// explore/web/src/dom.js
var svgNames = /* @__PURE__ */ new Set(["svg", "g", "path", "rect", "line", "circle", "text", "title", "defs", "marker", "polyline", "polygon"]);
function h(name, props = {}, ...children) {
  const svg = svgNames.has(name) && name !== "title";
  const el = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [k, v] of Object.entries(props)) {
    if (v === void 0 || v === null || v === false) continue;
    if (k.startsWith("on")) el.addEventListener(k.slice(2), v);
    else if (k === "style") Object.assign(el.style, v);
    else if (k === "dataset") Object.assign(el.dataset, v);
    else if (v === true) el.setAttribute(k, "");
    else el.setAttribute(k, v);
  }
  el.append(...children.flat().filter((c) => c !== void 0 && c !== null && c !== false));
  return el;
}
function fill(el, ...children) {
  el.replaceChildren(...children.flat().filter((c) => c !== void 0 && c !== null && c !== false));
  return el;
}

// explore/web/src/ask.js
var answers = /* @__PURE__ */ new Map();
function key(question, about2 = {}) {
  const q2 = new URLSearchParams();
  for (const name of Object.keys(about2).sort()) {
    for (const v of [about2[name]].flat()) {
      if (v !== void 0 && v !== null && v !== "") q2.append(name, v);
    }
  }
  const text2 = q2.toString();
  return text2 ? `${question}?${text2}` : question;
}
var inReport = () => document.getElementById("answers") !== null;
var all;
function keptAnswers() {
  all ??= JSON.parse(document.getElementById("answers").textContent);
  return all;
}
var kept = (k) => keptAnswers()[k];
function canAsk(question, about2) {
  return !inReport() || Object.hasOwn(keptAnswers(), key(question, about2));
}
async function ask(question, about2, { signal, keep = () => true, anew = false } = {}) {
  const k = key(question, about2);
  if (answers.has(k) && !anew) return answers.get(k);
  let answer;
  if (inReport()) {
    if (!Object.hasOwn(keptAnswers(), k)) throw new Error("this report does not have it: ask dits serve");
    answer = keptAnswers()[k];
  } else {
    const r = await fetch(`/explore/${k}`, { signal });
    const body = await r.json();
    if (!r.ok) throw Object.assign(new Error(body.error ?? r.statusText), { status: r.status });
    answer = body;
  }
  if (keep(answer)) answers.set(k, answer);
  return answer;
}

// explore/web/src/colour.js
var hows = [
  { name: "stored", label: "stored here", hue: [260, 0.012] },
  { name: "difference", label: "difference", hue: [58, 0.135] },
  { name: "recomputed", label: "recomputed", hue: [165, 0.11] },
  { name: "same", label: "same bytes", hue: [250, 0.15] }
];
var dark = () => {
  const forced = document.documentElement.dataset.theme;
  return forced ? forced === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};
function cell(how2, strength4) {
  const [hue, chroma] = hows[how2].hue;
  const s = Math.max(0, Math.min(1, strength4));
  const light2 = dark() ? 0.26 + 0.51 * s : 0.94 - 0.54 * s;
  return `oklch(${light2.toFixed(4)} ${(chroma * (0.22 + 0.78 * Math.min(1, 1.6 * s))).toFixed(4)} ${hue})`;
}
function ramps(steps4) {
  const canvas2 = new OffscreenCanvas(steps4, hows.length), pen = canvas2.getContext("2d", { willReadFrequently: true });
  for (let how2 = 0; how2 < hows.length; how2++) {
    for (let i = 0; i < steps4; i++) {
      pen.fillStyle = cell(how2, i / (steps4 - 1));
      pen.fillRect(i, how2, 1, 1);
    }
  }
  const { data } = pen.getImageData(0, 0, steps4, hows.length);
  const rgb2 = new Uint8Array(3 * steps4 * hows.length);
  for (let i = 0; i < rgb2.length / 3; i++) rgb2.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  return rgb2;
}
var themed = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// explore/web/src/state.js
var listeners = /* @__PURE__ */ new Set();
function state() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { view: path || "sharing", params: new URLSearchParams(query) };
}
function link(view, params = {}) {
  const q2 = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const v of [value].flat()) if (v !== void 0 && v !== null && v !== "") q2.append(name, v);
  }
  const text2 = q2.toString();
  return `#/${view}${text2 ? `?${text2}` : ""}`;
}
function go(view, params = {}, { replace = false } = {}) {
  const to = link(view, params);
  if (to === location.hash) return;
  if (replace) {
    history.replaceState(null, "", to);
  } else {
    location.hash = to;
  }
}
function change(values2, options) {
  const { view, params } = state();
  const all3 = {};
  for (const name of new Set(params.keys())) all3[name] = params.getAll(name);
  go(view, { ...all3, ...values2 }, options);
}
function onChange(fn2) {
  listeners.add(fn2);
}
addEventListener("hashchange", () => listeners.forEach((fn2) => fn2(state())));

// explore/web/vendor/dagre-3.1.3/dagre.esm.js
var Te = Object.defineProperty;
var Sn = (e, n, t) => n in e ? Te(e, n, { enumerable: true, configurable: true, writable: true, value: t }) : e[n] = t;
var Mn = (e, n) => {
  for (var t in n) Te(e, t, { get: n[t], enumerable: true });
};
var je = (e, n, t) => Sn(e, typeof n != "symbol" ? n + "" : n, t);
var ie = {};
Mn(ie, { Graph: () => T, alg: () => H });
var Pn = Object.defineProperty;
var Se = (e, n) => {
  for (var t in n) Pn(e, t, { get: n[t], enumerable: true });
};
var Q = class {
  constructor(e) {
    this._isDirected = true, this._isMultigraph = false, this._isCompound = false, this._nodes = {}, this._in = {}, this._preds = {}, this._out = {}, this._sucs = {}, this._edgeObjs = {}, this._edgeLabels = {}, this._nodeCount = 0, this._edgeCount = 0, this._defaultNodeLabelFn = () => {
    }, this._defaultEdgeLabelFn = () => {
    }, e && (this._isDirected = "directed" in e ? e.directed : true, this._isMultigraph = "multigraph" in e ? e.multigraph : false, this._isCompound = "compound" in e ? e.compound : false), this._isCompound && (this._parent = {}, this._children = {}, this._children["\0"] = {});
  }
  isDirected() {
    return this._isDirected;
  }
  isMultigraph() {
    return this._isMultigraph;
  }
  isCompound() {
    return this._isCompound;
  }
  setGraph(e) {
    return this._label = e, this;
  }
  graph() {
    return this._label;
  }
  setDefaultNodeLabel(e) {
    return typeof e != "function" ? this._defaultNodeLabelFn = () => e : this._defaultNodeLabelFn = e, this;
  }
  nodeCount() {
    return this._nodeCount;
  }
  nodes() {
    return Object.keys(this._nodes);
  }
  sources() {
    return this.nodes().filter((e) => Object.keys(this._in[e]).length === 0);
  }
  sinks() {
    return this.nodes().filter((e) => Object.keys(this._out[e]).length === 0);
  }
  setNodes(e, n) {
    return e.forEach((t) => {
      n !== void 0 ? this.setNode(t, n) : this.setNode(t);
    }), this;
  }
  setNode(e, n) {
    return e in this._nodes ? (arguments.length > 1 && (this._nodes[e] = n), this) : (this._nodes[e] = arguments.length > 1 ? n : this._defaultNodeLabelFn(e), this._isCompound && (this._parent[e] = "\0", this._children[e] = {}, this._children["\0"][e] = true), this._in[e] = {}, this._preds[e] = {}, this._out[e] = {}, this._sucs[e] = {}, ++this._nodeCount, this);
  }
  node(e) {
    return this._nodes[e];
  }
  hasNode(e) {
    return e in this._nodes;
  }
  removeNode(e) {
    if (e in this._nodes) {
      let n = (t) => this.removeEdge(this._edgeObjs[t]);
      delete this._nodes[e], this._isCompound && (this._removeFromParentsChildList(e), delete this._parent[e], this.children(e).forEach((t) => {
        this.setParent(t);
      }), delete this._children[e]), Object.keys(this._in[e]).forEach(n), delete this._in[e], delete this._preds[e], Object.keys(this._out[e]).forEach(n), delete this._out[e], delete this._sucs[e], --this._nodeCount;
    }
    return this;
  }
  setParent(e, n) {
    if (!this._isCompound) throw new Error("Cannot set parent in a non-compound graph");
    if (n === void 0) n = "\0";
    else {
      n += "";
      for (let t = n; t !== void 0; t = this.parent(t)) if (t === e) throw new Error("Setting " + n + " as parent of " + e + " would create a cycle");
      this.setNode(n);
    }
    return this.setNode(e), this._removeFromParentsChildList(e), this._parent[e] = n, this._children[n][e] = true, this;
  }
  parent(e) {
    if (this._isCompound) {
      let n = this._parent[e];
      if (n !== "\0") return n;
    }
  }
  children(e = "\0") {
    if (this._isCompound) {
      let n = this._children[e];
      if (n) return Object.keys(n);
    } else {
      if (e === "\0") return this.nodes();
      if (this.hasNode(e)) return [];
    }
    return [];
  }
  predecessors(e) {
    let n = this._preds[e];
    if (n) return Object.keys(n);
  }
  successors(e) {
    let n = this._sucs[e];
    if (n) return Object.keys(n);
  }
  neighbors(e) {
    let n = this.predecessors(e);
    if (n) {
      let t = new Set(n), r = this.successors(e);
      if (r) for (let o of r) t.add(o);
      return Array.from(t.values());
    }
  }
  isLeaf(e) {
    var n;
    let t;
    return this.isDirected() ? t = this.successors(e) : t = this.neighbors(e), ((n = t == null ? void 0 : t.length) != null ? n : 0) === 0;
  }
  filterNodes(e) {
    let n = new this.constructor({ directed: this._isDirected, multigraph: this._isMultigraph, compound: this._isCompound });
    n.setGraph(this.graph()), Object.entries(this._nodes).forEach(([o, i]) => {
      e(o) && n.setNode(o, i);
    }), Object.values(this._edgeObjs).forEach((o) => {
      n.hasNode(o.v) && n.hasNode(o.w) && n.setEdge(o, this.edge(o));
    });
    let t = {}, r = (o) => {
      let i = this.parent(o);
      return !i || n.hasNode(i) ? (t[o] = i, i) : i in t ? t[i] : r(i);
    };
    return this._isCompound && n.nodes().forEach((o) => n.setParent(o, r(o))), n;
  }
  setDefaultEdgeLabel(e) {
    return typeof e != "function" ? this._defaultEdgeLabelFn = () => e : this._defaultEdgeLabelFn = e, this;
  }
  edgeCount() {
    return this._edgeCount;
  }
  edges() {
    return Object.values(this._edgeObjs);
  }
  setPath(e, n) {
    return e.reduce((t, r) => (n !== void 0 ? this.setEdge(t, r, n) : this.setEdge(t, r), r)), this;
  }
  setEdge(e, n, t, r) {
    let o, i, s, a, l = false;
    typeof e == "object" && e !== null && "v" in e ? (o = e.v, i = e.w, s = e.name, arguments.length === 2 && (a = n, l = true)) : (o = e, i = n, s = r, arguments.length > 2 && (a = t, l = true)), o = "" + o, i = "" + i, s !== void 0 && (s = "" + s);
    let u = z(this._isDirected, o, i, s);
    if (u in this._edgeLabels) return l && (this._edgeLabels[u] = a), this;
    if (s !== void 0 && !this._isMultigraph) throw new Error("Cannot set a named edge when isMultigraph = false");
    this.setNode(o), this.setNode(i), this._edgeLabels[u] = l ? a : this._defaultEdgeLabelFn(o, i, s);
    let d = Fn(this._isDirected, o, i, s);
    return o = d.v, i = d.w, Object.freeze(d), this._edgeObjs[u] = d, Re(this._preds[i], o), Re(this._sucs[o], i), this._in[i][u] = d, this._out[o][u] = d, this._edgeCount++, this;
  }
  edge(e, n, t) {
    let r = arguments.length === 1 ? oe(this._isDirected, e) : z(this._isDirected, e, n, t);
    return this._edgeLabels[r];
  }
  edgeAsObj(e, n, t) {
    let r = arguments.length === 1 ? this.edge(e) : this.edge(e, n, t);
    return typeof r != "object" || r === null ? { label: r } : r;
  }
  hasEdge(e, n, t) {
    return (arguments.length === 1 ? oe(this._isDirected, e) : z(this._isDirected, e, n, t)) in this._edgeLabels;
  }
  removeEdge(e, n, t) {
    let r = arguments.length === 1 ? oe(this._isDirected, e) : z(this._isDirected, e, n, t), o = this._edgeObjs[r];
    if (o) {
      let i = o.v, s = o.w;
      delete this._edgeLabels[r], delete this._edgeObjs[r], Ie(this._preds[s], i), Ie(this._sucs[i], s), delete this._in[s][r], delete this._out[i][r], this._edgeCount--;
    }
    return this;
  }
  inEdges(e, n) {
    return this.isDirected() ? this.filterEdges(this._in[e], e, n) : this.nodeEdges(e, n);
  }
  outEdges(e, n) {
    return this.isDirected() ? this.filterEdges(this._out[e], e, n) : this.nodeEdges(e, n);
  }
  nodeEdges(e, n) {
    if (e in this._nodes) return this.filterEdges({ ...this._in[e], ...this._out[e] }, e, n);
  }
  _removeFromParentsChildList(e) {
    delete this._children[this._parent[e]][e];
  }
  filterEdges(e, n, t) {
    if (!e) return;
    let r = Object.values(e);
    return t ? r.filter((o) => o.v === n && o.w === t || o.v === t && o.w === n) : r;
  }
};
function Re(e, n) {
  e[n] ? e[n]++ : e[n] = 1;
}
function Ie(e, n) {
  e[n] !== void 0 && !--e[n] && delete e[n];
}
function z(e, n, t, r) {
  let o = "" + n, i = "" + t;
  if (!e && o > i) {
    let s = o;
    o = i, i = s;
  }
  return o + "" + i + "" + (r === void 0 ? "\0" : r);
}
function Fn(e, n, t, r) {
  let o = "" + n, i = "" + t;
  if (!e && o > i) {
    let a = o;
    o = i, i = a;
  }
  let s = { v: o, w: i };
  return r && (s.name = r), s;
}
function oe(e, n) {
  return z(e, n.v, n.w, n.name);
}
var Dn = {};
Se(Dn, { read: () => Bn, write: () => An });
function An(e) {
  let n = { options: { directed: e.isDirected(), multigraph: e.isMultigraph(), compound: e.isCompound() }, nodes: Vn(e), edges: Yn(e) }, t = e.graph();
  return t !== void 0 && (n.value = structuredClone(t)), n;
}
function Vn(e) {
  return e.nodes().map((n) => {
    let t = e.node(n), r = e.parent(n), o = { v: n };
    return t !== void 0 && (o.value = t), r !== void 0 && (o.parent = r), o;
  });
}
function Yn(e) {
  return e.edges().map((n) => {
    let t = e.edge(n), r = { v: n.v, w: n.w };
    return n.name !== void 0 && (r.name = n.name), t !== void 0 && (r.value = t), r;
  });
}
function Bn(e) {
  let n = new Q(e.options);
  return e.value !== void 0 && n.setGraph(e.value), e.nodes.forEach((t) => {
    n.setNode(t.v, t.value), t.parent && n.setParent(t.v, t.parent);
  }), e.edges.forEach((t) => {
    n.setEdge({ v: t.v, w: t.w, name: t.name }, t.value);
  }), n;
}
var H = {};
Se(H, { CycleException: () => K, bellmanFord: () => Me, components: () => zn, dijkstra: () => J, dijkstraAll: () => $n, findCycles: () => Un, floydWarshall: () => Kn, isAcyclic: () => Zn, postorder: () => nt, preorder: () => tt, prim: () => rt, shortestPaths: () => ot, tarjan: () => Fe, topsort: () => De });
var Wn = () => 1;
function Me(e, n, t, r) {
  return Xn(e, String(n), t || Wn, r || function(o) {
    var i;
    return (i = e.outEdges(o)) != null ? i : [];
  });
}
function Xn(e, n, t, r) {
  let o = {}, i, s = 0, a = e.nodes(), l = function(c) {
    let f = o[c.v], h2 = o[c.w];
    if (!f || !h2) return;
    let g = t(c);
    f.distance + g < h2.distance && (o[c.w] = { distance: f.distance + g, predecessor: c.v }, i = true);
  }, u = function() {
    a.forEach(function(c) {
      r(c).forEach(function(f) {
        let h2 = f.v === c ? f.v : f.w, g = h2 === f.v ? f.w : f.v;
        l({ v: h2, w: g });
      });
    });
  };
  a.forEach(function(c) {
    let f = c === n ? 0 : Number.POSITIVE_INFINITY;
    o[c] = { distance: f, predecessor: "" };
  });
  let d = a.length;
  for (let c = 1; c < d && (i = false, s++, u(), !!i); c++) ;
  if (s === d - 1 && (i = false, u(), i)) throw new Error("The graph contains a negative weight cycle");
  return o;
}
function zn(e) {
  let n = {}, t = [], r;
  function o(i) {
    var s, a;
    i in n || (n[i] = true, r.push(i), (s = e.successors(i)) == null || s.forEach(o), (a = e.predecessors(i)) == null || a.forEach(o));
  }
  return e.nodes().forEach(function(i) {
    r = [], o(i), r.length && t.push(r);
  }), t;
}
var Pe = class {
  constructor() {
    this._arr = [], this._keyIndices = {};
  }
  size() {
    return this._arr.length;
  }
  keys() {
    return this._arr.map((e) => e.key);
  }
  has(e) {
    return e in this._keyIndices;
  }
  priority(e) {
    let n = this._keyIndices[e];
    if (n !== void 0) return this._arr[n].priority;
  }
  min() {
    if (this.size() === 0) throw new Error("Queue underflow");
    return this._arr[0].key;
  }
  add(e, n) {
    let t = this._keyIndices, r = String(e);
    if (!(r in t)) {
      let o = this._arr, i = o.length;
      return t[r] = i, o.push({ key: r, priority: n }), this._decrease(i), true;
    }
    return false;
  }
  removeMin() {
    if (this.size() === 0) throw new Error("Queue underflow");
    this._swap(0, this._arr.length - 1);
    let e = this._arr.pop();
    return delete this._keyIndices[e.key], this._heapify(0), e.key;
  }
  decrease(e, n) {
    let t = this._keyIndices[e];
    if (t === void 0) throw new Error(`Key not found: ${e}`);
    let r = this._arr[t].priority;
    if (n > r) throw new Error(`New priority is greater than current priority. Key: ${e} Old: ${r} New: ${n}`);
    this._arr[t].priority = n, this._decrease(t);
  }
  _heapify(e) {
    let n = this._arr, t = 2 * e, r = t + 1, o = e;
    t < n.length && (o = n[t].priority < n[o].priority ? t : o, r < n.length && (o = n[r].priority < n[o].priority ? r : o), o !== e && (this._swap(e, o), this._heapify(o)));
  }
  _decrease(e) {
    let n = this._arr, t = n[e].priority, r;
    for (; e !== 0 && (r = e >> 1, !(n[r].priority < t)); ) this._swap(e, r), e = r;
  }
  _swap(e, n) {
    let t = this._arr, r = this._keyIndices, o = t[e], i = t[n];
    t[e] = i, t[n] = o, r[i.key] = e, r[o.key] = n;
  }
};
var Hn = () => 1;
function J(e, n, t, r) {
  let o = function(i) {
    var s;
    return (s = e.outEdges(i)) != null ? s : [];
  };
  return qn(e, String(n), t || Hn, r || o);
}
function qn(e, n, t, r) {
  let o = {}, i = new Pe(), s, a, l = function(u) {
    let d = u.v !== s ? u.v : u.w, c = o[d];
    if (!c) return;
    let f = t(u), h2 = a.distance + f;
    if (f < 0) throw new Error("dijkstra does not allow negative edge weights. Bad edge: " + u + " Weight: " + f);
    h2 < c.distance && (c.distance = h2, c.predecessor = s, i.decrease(d, h2));
  };
  for (e.nodes().forEach(function(u) {
    let d = u === n ? 0 : Number.POSITIVE_INFINITY;
    o[u] = { distance: d, predecessor: "" }, i.add(u, d);
  }); i.size() > 0; ) {
    s = i.removeMin();
    let u = o[s];
    if (!u || u.distance === Number.POSITIVE_INFINITY) break;
    a = u, r(s).forEach(l);
  }
  return o;
}
function $n(e, n, t) {
  return e.nodes().reduce(function(r, o) {
    return r[o] = J(e, o, n, t), r;
  }, {});
}
function Fe(e) {
  let n = 0, t = [], r = {}, o = [];
  function i(s) {
    var a;
    let l = r[s] = { onStack: true, lowlink: n, index: n++ };
    if (t.push(s), (a = e.successors(s)) == null || a.forEach(function(u) {
      if (u in r) {
        let d = r[u];
        d != null && d.onStack && (l.lowlink = Math.min(l.lowlink, d.index));
      } else {
        i(u);
        let d = r[u];
        d && (l.lowlink = Math.min(l.lowlink, d.lowlink));
      }
    }), l.lowlink === l.index) {
      let u = [], d;
      do {
        d = t.pop();
        let c = r[d];
        c && (c.onStack = false), u.push(d);
      } while (s !== d);
      o.push(u);
    }
  }
  return e.nodes().forEach(function(s) {
    s in r || i(s);
  }), o;
}
function Un(e) {
  return Fe(e).filter(function(n) {
    var t;
    let r = n[0];
    return r ? n.length > 1 || n.length === 1 && ((t = e.outEdges(r, r)) != null ? t : []).length > 0 : false;
  });
}
var Jn = () => 1;
function Kn(e, n, t) {
  return Qn(e, n || Jn, t || function(r) {
    var o;
    return (o = e.outEdges(r)) != null ? o : [];
  });
}
function Qn(e, n, t) {
  let r = {}, o = e.nodes();
  return o.forEach(function(i) {
    let s = {};
    r[i] = s, s[i] = { distance: 0, predecessor: "" }, o.forEach(function(a) {
      i !== a && (s[a] = { distance: Number.POSITIVE_INFINITY, predecessor: "" });
    }), t(i).forEach(function(a) {
      let l = a.v === i ? a.w : a.v, u = n(a);
      s[l] = { distance: u, predecessor: i };
    });
  }), o.forEach(function(i) {
    let s = r[i];
    s && o.forEach(function(a) {
      let l = r[a];
      l && o.forEach(function(u) {
        let d = l[i], c = s[u], f = l[u];
        if (d && c && f) {
          let h2 = d.distance + c.distance;
          h2 < f.distance && (f.distance = h2, f.predecessor = c.predecessor);
        }
      });
    });
  }), r;
}
var K = class extends Error {
  constructor(e) {
    super(e), this.name = "CycleException";
  }
};
function De(e) {
  let n = {}, t = {}, r = [];
  function o(i) {
    var s;
    if (i in t) throw new K();
    i in n || (t[i] = true, n[i] = true, (s = e.predecessors(i)) == null || s.forEach(o), delete t[i], r.push(i));
  }
  if (e.sinks().forEach(o), Object.keys(n).length !== e.nodeCount()) throw new K();
  return r;
}
function Zn(e) {
  try {
    De(e);
  } catch (n) {
    if (n instanceof K) return false;
    throw n;
  }
  return true;
}
function et(e, n, t, r, o) {
  Array.isArray(n) || (n = [n]);
  let i = ((a) => {
    var l;
    return (l = e.isDirected() ? e.successors(a) : e.neighbors(a)) != null ? l : [];
  }), s = {};
  return n.forEach(function(a) {
    if (!e.hasNode(a)) throw new Error("Graph does not have node: " + a);
    o = Ae(e, a, t === "post", s, i, r, o);
  }), o;
}
function Ae(e, n, t, r, o, i, s) {
  return n in r || (r[n] = true, t || (s = i(s, n)), o(n).forEach(function(a) {
    s = Ae(e, a, t, r, o, i, s);
  }), t && (s = i(s, n))), s;
}
function Ve(e, n, t) {
  return et(e, n, t, function(r, o) {
    return r.push(o), r;
  }, []);
}
function nt(e, n) {
  return Ve(e, n, "post");
}
function tt(e, n) {
  return Ve(e, n, "pre");
}
function rt(e, n) {
  var t;
  let r = new Q(), o = {}, i = new Pe(), s;
  function a(d) {
    let c = d.v === s ? d.w : d.v, f = i.priority(c);
    if (f !== void 0) {
      let h2 = n(d);
      h2 < f && (o[c] = s, i.decrease(c, h2));
    }
  }
  if (e.nodeCount() === 0) return r;
  e.nodes().forEach(function(d) {
    i.add(d, Number.POSITIVE_INFINITY), r.setNode(d);
  });
  let l = e.nodes()[0];
  l !== void 0 && i.decrease(l, 0);
  let u = false;
  for (; i.size() > 0; ) {
    if (s = i.removeMin(), s in o) r.setEdge(s, o[s]);
    else {
      if (u) throw new Error("Input graph is not connected: " + e);
      u = true;
    }
    (t = e.nodeEdges(s)) == null || t.forEach(a);
  }
  return r;
}
function ot(e, n, t, r) {
  return it(e, n, t, r != null ? r : ((o) => {
    var i;
    return (i = e.outEdges(o)) != null ? i : [];
  }));
}
function it(e, n, t, r) {
  if (t === void 0) return J(e, n, t, r);
  let o = false, i = e.nodes();
  for (let s = 0; s < i.length; s++) {
    let a = i[s];
    if (a === void 0) continue;
    let l = r(a);
    for (let u = 0; u < l.length; u++) {
      let d = l[u];
      if (!d) continue;
      let c = d.v === a ? d.v : d.w, f = c === d.v ? d.w : d.v;
      t({ v: c, w: f }) < 0 && (o = true);
    }
    if (o) return Me(e, n, t, r);
  }
  return J(e, n, t, r);
}
var T = Q;
function M(e, n, t, r) {
  let o = r;
  for (; e.hasNode(o); ) o = $(r);
  return t.dummy = n, e.setNode(o, t), o;
}
function Ye(e) {
  let n = new T().setGraph(e.graph());
  return e.nodes().forEach((t) => n.setNode(t, e.node(t))), e.edges().forEach((t) => {
    let r = n.edge(t.v, t.w) || { weight: 0, minlen: 1 }, o = e.edge(t);
    n.setEdge(t.v, t.w, { weight: r.weight + o.weight, minlen: Math.max(r.minlen, o.minlen) });
  }), n;
}
function Z(e) {
  let n = new T({ multigraph: e.isMultigraph() }).setGraph(e.graph());
  return e.nodes().forEach((t) => {
    e.children(t).length || n.setNode(t, e.node(t));
  }), e.edges().forEach((t) => {
    n.setEdge(t, e.edge(t));
  }), n;
}
function se(e, n) {
  let t = e.x, r = e.y, o = n.x - t, i = n.y - r, s = e.width / 2, a = e.height / 2;
  if (!o && !i) throw new Error("Not possible to find intersection inside of the rectangle");
  let l, u;
  return o === 0 || Math.abs(i) * s > Math.abs(o) * a ? (i < 0 && (a = -a), l = a * o / i, u = a) : (o < 0 && (s = -s), l = s, u = s * i / o), { x: t + l, y: r + u };
}
function P(e) {
  let n = D(de(e) + 1).map(() => []);
  return e.nodes().forEach((t) => {
    let r = e.node(t), o = r.rank;
    o !== void 0 && (n[o] || (n[o] = []), n[o][r.order] = t);
  }), n;
}
function Be(e) {
  let n = e.nodes().map((r) => {
    let o = e.node(r).rank;
    return o === void 0 ? Number.MAX_VALUE : o;
  }), t = S(Math.min, n);
  e.nodes().forEach((r) => {
    let o = e.node(r);
    Object.hasOwn(o, "rank") && (o.rank -= t);
  });
}
function We(e) {
  let n = e.nodes().map((s) => e.node(s).rank).filter((s) => s !== void 0), t = S(Math.min, n), r = [];
  e.nodes().forEach((s) => {
    let a = e.node(s).rank - t;
    r[a] || (r[a] = []), r[a].push(s);
  });
  let o = 0, i = e.graph().nodeRankFactor;
  Array.from(r).forEach((s, a) => {
    s === void 0 && a % i !== 0 ? --o : s !== void 0 && o && s.forEach((l) => e.node(l).rank += o);
  });
}
function ae(e, n, t, r) {
  let o = { width: 0, height: 0 };
  return arguments.length >= 4 && (o.rank = t, o.order = r), M(e, "border", o, n);
}
function st(e, n = Xe) {
  let t = [];
  for (let r = 0; r < e.length; r += n) {
    let o = e.slice(r, r + n);
    t.push(o);
  }
  return t;
}
var Xe = 65535;
function S(e, n) {
  if (n.length > Xe) {
    let t = st(n);
    return e(...t.map((r) => e(...r)));
  } else return e(...n);
}
function de(e) {
  let t = e.nodes().map((r) => {
    let o = e.node(r).rank;
    return o === void 0 ? Number.MIN_VALUE : o;
  });
  return S(Math.max, t);
}
function ze(e, n) {
  let t = { lhs: [], rhs: [] };
  return e.forEach((r) => {
    n(r) ? t.lhs.push(r) : t.rhs.push(r);
  }), t;
}
function le(e, n) {
  let t = Date.now();
  try {
    return n();
  } finally {
    console.log(e + " time: " + (Date.now() - t) + "ms");
  }
}
function q(e, n) {
  return n();
}
var at = 0;
function $(e) {
  let n = ++at;
  return e + ("" + n);
}
function D(e, n, t = 1) {
  n == null && (n = e, e = 0);
  let r = (i) => i < n;
  t < 0 && (r = (i) => n < i);
  let o = [];
  for (let i = e; r(i); i += t) o.push(i);
  return o;
}
function W(e, n) {
  let t = {};
  for (let r of n) e[r] !== void 0 && (t[r] = e[r]);
  return t;
}
function X(e, n) {
  let t;
  return typeof n == "string" ? t = (r) => r[n] : t = n, Object.entries(e).reduce((r, [o, i]) => (r[o] = t(i, o), r), {});
}
function He(e, n) {
  return e.reduce((t, r, o) => (t[r] = n[o], t), {});
}
var V = "\0";
function ee(e, n, t) {
  var u, d, c, f, h2, g;
  if (!(e && n && t && n.dummy === "edge" && t.dummy === "edge" && n.edgeObj && t.edgeObj && e[n.edgeObj.v] && e[t.edgeObj.v] && e[n.edgeObj.w] && e[t.edgeObj.w])) return 0;
  let r = true;
  n.edgeObj.w === t.edgeObj.w && (r = false);
  let o = r ? (d = (u = e[n.edgeObj.v]) == null ? void 0 : u.rank) != null ? d : NaN + 1 : (f = (c = e[n.edgeObj.w]) == null ? void 0 : c.rank) != null ? f : NaN - 1, i = Object.entries(e).find((m) => {
    var L, y;
    return ((L = m[1].edgeObj) == null ? void 0 : L.v) === n.edgeObj.v && ((y = m[1].edgeObj) == null ? void 0 : y.w) === n.edgeObj.w && m[1].rank === o;
  }), s = Object.entries(e).find((m) => {
    var L, y;
    return ((L = m[1].edgeObj) == null ? void 0 : L.v) === t.edgeObj.v && ((y = m[1].edgeObj) == null ? void 0 : y.w) === t.edgeObj.w && m[1].rank === o;
  });
  if (!i || !s) return 0;
  let a = (h2 = i[1].order) != null ? h2 : NaN, l = (g = s[1].order) != null ? g : NaN;
  return isNaN(a - l) ? 0 : a - l;
}
var ue = "3.1.3";
var ce = class {
  constructor() {
    je(this, "_sentinel");
    let n = {};
    n._next = n._prev = n, this._sentinel = n;
  }
  dequeue() {
    let n = this._sentinel, t = n._prev;
    if (t !== n) return qe(t), t;
  }
  enqueue(n) {
    let t = this._sentinel;
    n._prev && n._next && qe(n), n._next = t._next, t._next._prev = n, t._next = n, n._prev = t;
  }
  toString() {
    let n = [], t = this._sentinel, r = t._prev;
    for (; r !== t; ) n.push(JSON.stringify(r, dt)), r = r._prev;
    return "[" + n.join(", ") + "]";
  }
};
function qe(e) {
  e._prev._next = e._next, e._next._prev = e._prev, delete e._next, delete e._prev;
}
function dt(e, n) {
  if (e !== "_next" && e !== "_prev") return n;
}
var $e = ce;
var lt = () => 1;
function be(e, n) {
  if (e.nodeCount() <= 1) return [];
  let t = ct(e, n || lt);
  return ut(t.graph, t.buckets, t.zeroIdx).flatMap((o) => e.outEdges(o.v, o.w) || []);
}
function ut(e, n, t) {
  var a;
  let r = [], o = n[n.length - 1], i = n[0], s;
  for (; e.nodeCount(); ) {
    for (; s = i.dequeue(); ) fe(e, n, t, s);
    for (; s = o.dequeue(); ) fe(e, n, t, s);
    if (e.nodeCount()) {
      for (let l = n.length - 2; l > 0; --l) if (s = (a = n[l]) == null ? void 0 : a.dequeue(), s) {
        r = r.concat(fe(e, n, t, s, true) || []);
        break;
      }
    }
  }
  return r;
}
function fe(e, n, t, r, o) {
  let i = [], s = o ? i : void 0;
  return (e.inEdges(r.v) || []).forEach((a) => {
    let l = e.edge(a), u = e.node(a.v);
    o && i.push({ v: a.v, w: a.w }), u.out -= l, he(n, t, u);
  }), (e.outEdges(r.v) || []).forEach((a) => {
    let l = e.edge(a), u = a.w, d = e.node(u);
    d.in -= l, he(n, t, d);
  }), e.removeNode(r.v), s;
}
function ct(e, n) {
  let t = new T(), r = 0, o = 0;
  e.nodes().forEach((a) => {
    t.setNode(a, { v: a, in: 0, out: 0 });
  }), e.edges().forEach((a) => {
    let l = t.edge(a.v, a.w) || 0, u = n(a), d = l + u;
    t.setEdge(a.v, a.w, d);
    let c = t.node(a.v), f = t.node(a.w);
    o = Math.max(o, c.out += u), r = Math.max(r, f.in += u);
  });
  let i = ft(o + r + 3).map(() => new $e()), s = r + 1;
  return t.nodes().forEach((a) => {
    he(i, s, t.node(a));
  }), { graph: t, buckets: i, zeroIdx: s };
}
function he(e, n, t) {
  var r, o, i;
  t.out ? t.in ? (i = e[t.out - t.in + n]) == null || i.enqueue(t) : (o = e[e.length - 1]) == null || o.enqueue(t) : (r = e[0]) == null || r.enqueue(t);
}
function ft(e) {
  let n = [];
  for (let t = 0; t < e; t++) n.push(t);
  return n;
}
function Ue(e, n) {
  (e.graph().acyclicer === "greedy" ? be(e, r(e)) : ht(e, n != null ? n : null)).forEach((o) => {
    let i = e.edge(o);
    e.removeEdge(o), i.forwardName = o.name, i.reversed = true, e.setEdge(o.w, o.v, i, $("rev"));
  });
  function r(o) {
    return (i) => o.edge(i).weight;
  }
}
function ht(e, n) {
  let t = [], r = {}, o = {};
  function i(l) {
    Object.hasOwn(o, l) || (o[l] = true, r[l] = true, e.outEdges(l).forEach((u) => {
      Object.hasOwn(r, u.w) ? t.push(u) : i(u.w);
    }), delete r[l]);
  }
  function s(l) {
    var u;
    Object.hasOwn(o, l) || (o[l] = true, r[l] = true, (u = e.outEdges(l)) == null || u.forEach((d) => {
      var c, f;
      Object.hasOwn(r, d.w) || ((c = n.node(l)) == null ? void 0 : c.rank) > ((f = n.node(d.w)) == null ? void 0 : f.rank) && bt(e, d.w, d) ? t.push(d) : s(d.w);
    }), delete r[l]);
  }
  let a = i;
  return n && typeof n.node == "function" && (a = s), e.sources().forEach(a), e.nodes().forEach(a), t;
}
function Je(e) {
  e.edges().forEach((n) => {
    let t = e.edge(n);
    if (t.reversed) {
      e.removeEdge(n);
      let r = t.forwardName;
      delete t.reversed, delete t.forwardName, e.setEdge(n.w, n.v, t, r);
    }
  });
}
function bt(e, n, t) {
  let r = /* @__PURE__ */ new Set();
  function o(i) {
    var s;
    if (e.sources().includes(i)) return true;
    r.add(i);
    for (let a of (s = e.inEdges(i)) != null ? s : []) if (!(a.v === t.v && a.w === t.w) && !r.has(a.v) && o(a.v)) return true;
    return false;
  }
  return o(n);
}
function Ke(e) {
  e.graph().dummyChains = [], e.edges().forEach((n) => pt(e, n));
}
function pt(e, n) {
  let t = n.v, r = e.node(t).rank, o = n.w, i = e.node(o).rank, s = n.name, a = e.edge(n), l = a.labelRank;
  if (i === r + 1) return;
  e.removeEdge(n);
  let u, d, c;
  for (c = 0, ++r; r < i; ++c, ++r) a.points = [], d = { width: 0, height: 0, edgeLabel: a, edgeObj: n, rank: r }, u = M(e, "edge", d, "_d"), r === l && (d.width = a.width, d.height = a.height, d.dummy = "edge-label", d.labelpos = a.labelpos), e.setEdge(t, u, { weight: a.weight }, s), c === 0 && e.graph().dummyChains.push(u), t = u;
  e.setEdge(t, o, { weight: a.weight }, s);
}
function Qe(e) {
  e.graph().dummyChains.forEach((n) => {
    let t = e.node(n), r = t.edgeLabel, o;
    for (e.setEdge(t.edgeObj, r); t.dummy; ) o = e.successors(n)[0], e.removeNode(n), r.points.push({ x: t.x, y: t.y }), t.dummy === "edge-label" && (r.x = t.x, r.y = t.y, r.width = t.width, r.height = t.height), n = o, t = e.node(n);
  });
}
function U(e) {
  let n = {};
  function t(r) {
    let o = e.node(r);
    if (Object.hasOwn(n, r)) return o.rank;
    n[r] = true;
    let i = e.outEdges(r), s = i ? i.map((l) => l == null ? Number.POSITIVE_INFINITY : t(l.w) - e.edge(l).minlen) : [], a = S(Math.min, s);
    return a === Number.POSITIVE_INFINITY && (a = 0), o.rank = a;
  }
  e.sources().forEach(t);
}
function A(e, n) {
  return e.node(n.w).rank - e.node(n.v).rank - e.edge(n).minlen;
}
var ne = Et;
function Et(e) {
  let n = new T({ directed: false }), t = e.nodes();
  if (t.length === 0) throw new Error("Graph must have at least one node");
  let r = t[0], o = e.nodeCount();
  n.setNode(r, {});
  let i, s;
  for (; Lt(n, e) < o && (i = yt(n, e), !!i); ) s = n.hasNode(i.v) ? A(e, i) : -A(e, i), wt(n, e, s);
  return n;
}
function Lt(e, n) {
  function t(r) {
    let o = n.nodeEdges(r);
    o && o.forEach((i) => {
      let s = i.v, a = r === s ? i.w : s;
      !e.hasNode(a) && !A(n, i) && (e.setNode(a, {}), e.setEdge(r, a, {}), t(a));
    });
  }
  return e.nodes().forEach(t), e.nodeCount();
}
function yt(e, n) {
  return n.edges().reduce((r, o) => {
    let i = Number.POSITIVE_INFINITY;
    return e.hasNode(o.v) !== e.hasNode(o.w) && (i = A(n, o)), i < r[0] ? [i, o] : r;
  }, [Number.POSITIVE_INFINITY, null])[1];
}
function wt(e, n, t) {
  e.nodes().forEach((r) => n.node(r).rank += t);
}
var { preorder: Nt, postorder: Gt } = H;
var en = Y;
Y.initLowLimValues = pe;
Y.initCutValues = ge;
Y.calcCutValue = nn;
Y.leaveEdge = rn;
Y.enterEdge = on;
Y.exchangeEdges = sn;
function Y(e) {
  e = Ye(e), U(e);
  let n = ne(e);
  pe(n), ge(n, e);
  let t, r;
  for (; t = rn(n); ) r = on(n, e, t), sn(n, e, t, r);
}
function ge(e, n) {
  let t = Gt(e, e.nodes());
  t = t.slice(0, t.length - 1), t.forEach((r) => vt(e, n, r));
}
function vt(e, n, t) {
  let o = e.node(t).parent, i = e.edge(t, o);
  i.cutvalue = nn(e, n, t);
}
function nn(e, n, t) {
  let o = e.node(t).parent, i = true, s = n.edge(t, o), a = 0;
  s || (i = false, s = n.edge(o, t)), a = s.weight;
  let l = n.nodeEdges(t);
  return l && l.forEach((u) => {
    let d = u.v === t, c = d ? u.w : u.v;
    if (c !== o) {
      let f = d === i, h2 = n.edge(u).weight;
      if (a += f ? h2 : -h2, xt(e, t, c)) {
        let m = e.edge(t, c).cutvalue;
        a += f ? -m : m;
      }
    }
  }), a;
}
function pe(e, n) {
  arguments.length < 2 && (n = e.nodes()[0]), tn(e, {}, 1, n);
}
function tn(e, n, t, r, o) {
  let i = t, s = e.node(r);
  n[r] = true;
  let a = e.neighbors(r);
  return a && a.forEach((l) => {
    Object.hasOwn(n, l) || (t = tn(e, n, t, l, r));
  }), s.low = i, s.lim = t++, o ? s.parent = o : delete s.parent, t;
}
function rn(e) {
  return e.edges().find((n) => e.edge(n).cutvalue < 0);
}
function on(e, n, t) {
  let r = t.v, o = t.w;
  n.hasEdge(r, o) || (r = t.w, o = t.v);
  let i = e.node(r), s = e.node(o), a = i, l = false;
  return i.lim > s.lim && (a = s, l = true), n.edges().filter((d) => l === Ze(e, e.node(d.v), a) && l !== Ze(e, e.node(d.w), a)).reduce((d, c) => A(n, c) < A(n, d) ? c : d);
}
function sn(e, n, t, r) {
  let o = t.v, i = t.w;
  e.removeEdge(o, i), e.setEdge(r.v, r.w, {}), pe(e), ge(e, n), kt(e, n);
}
function kt(e, n) {
  let t = e.nodes().find((o) => !e.node(o).parent);
  if (!t) return;
  let r = Nt(e, [t]);
  r = r.slice(1), r.forEach((o) => {
    let s = e.node(o).parent, a = n.edge(o, s), l = false;
    a || (a = n.edge(s, o), l = true), n.node(o).rank = n.node(s).rank + (l ? a.minlen : -a.minlen);
  });
}
function xt(e, n, t) {
  return e.hasEdge(n, t);
}
function Ze(e, n, t) {
  return t.low <= n.lim && n.lim <= t.lim;
}
var dn = _t;
function _t(e) {
  let n = e.graph().ranker;
  if (typeof n == "function") return n(e);
  switch (n) {
    case "network-simplex":
      an(e);
      break;
    case "tight-tree":
      Ct(e);
      break;
    case "longest-path":
      Ot(e);
      break;
    case "none":
      break;
    default:
      an(e);
  }
}
var Ot = U;
function Ct(e) {
  U(e), ne(e);
}
function an(e) {
  en(e);
}
var ln = Tt;
function Tt(e) {
  let n = Rt(e), t = e.graph();
  if (!Array.isArray(t.dummyChains)) return;
  t.dummyChains.forEach((o) => {
    let i = e.node(o), s = i.edgeObj, a = jt(e, n, s.v, s.w), l = a.path, u = a.lca, d = 0, c = l[d], f = true;
    for (; o !== s.w; ) {
      if (i = e.node(o), f) {
        for (; (c = l[d]) !== u && e.node(c).maxRank < i.rank; ) d++;
        c === u && (f = false);
      }
      if (!f) {
        for (; d < l.length - 1 && e.node(l[d + 1]).minRank <= i.rank; ) d++;
        c = l[d];
      }
      c !== void 0 && e.setParent(o, c), o = e.successors(o)[0];
    }
  });
}
function jt(e, n, t, r) {
  let o = [], i = [], s = Math.min(n[t].low, n[r].low), a = Math.max(n[t].lim, n[r].lim), l;
  l = t;
  do
    l = e.parent(l), o.push(l);
  while (l && (n[l].low > s || a > n[l].lim));
  let u = l, d = r;
  for (; (d = e.parent(d)) !== u; ) i.push(d);
  return { path: o.concat(i.reverse()), lca: u };
}
function Rt(e) {
  let n = {}, t = 0;
  function r(o) {
    let i = t;
    e.children(o).forEach(r), n[o] = { low: i, lim: t++ };
  }
  return e.children(V).forEach(r), n;
}
function un(e) {
  let n = M(e, "root", {}, "_root"), t = It(e), r = Object.values(t), o = S(Math.max, r) - 1, i = 2 * o + 1;
  e.graph().nestingRoot = n, e.edges().forEach((a) => e.edge(a).minlen *= i);
  let s = St(e) + 1;
  e.children(V).forEach((a) => {
    cn(e, n, i, s, o, t, a);
  }), e.graph().nodeRankFactor = i;
}
function cn(e, n, t, r, o, i, s) {
  var c;
  let a = e.children(s);
  if (!a.length) {
    s !== n && e.setEdge(n, s, { weight: 0, minlen: t });
    return;
  }
  let l = ae(e, "_bt"), u = ae(e, "_bb"), d = e.node(s);
  e.setParent(l, s), d.borderTop = l, e.setParent(u, s), d.borderBottom = u, a.forEach((f) => {
    var b;
    cn(e, n, t, r, o, i, f);
    let h2 = e.node(f), g = h2.borderTop ? h2.borderTop : f, m = h2.borderBottom ? h2.borderBottom : f, L = h2.borderTop ? r : 2 * r, y = g !== m ? 1 : o - ((b = i[s]) != null ? b : 0) + 1;
    e.setEdge(l, g, { weight: L, minlen: y, nestingEdge: true }), e.setEdge(m, u, { weight: L, minlen: y, nestingEdge: true });
  }), e.parent(s) || e.setEdge(n, l, { weight: 0, minlen: o + ((c = i[s]) != null ? c : 0) });
}
function It(e) {
  let n = {};
  function t(r, o) {
    let i = e.children(r);
    i && i.length && i.forEach((s) => t(s, o + 1)), n[r] = o;
  }
  return e.children(V).forEach((r) => t(r, 1)), n;
}
function St(e) {
  return e.edges().reduce((n, t) => n + e.edge(t).weight, 0);
}
function fn(e) {
  let n = e.graph();
  e.removeNode(n.nestingRoot), delete n.nestingRoot, e.edges().forEach((t) => {
    e.edge(t).nestingEdge && e.removeEdge(t);
  });
}
var bn = Pt;
function Pt(e) {
  function n(t) {
    let r = e.children(t), o = e.node(t);
    if (r.length && r.forEach(n), o && Object.hasOwn(o, "minRank")) {
      o.borderLeft = [], o.borderRight = [];
      for (let i = o.minRank, s = o.maxRank + 1; i < s; ++i) hn(e, "borderLeft", "_bl", t, o, i), hn(e, "borderRight", "_br", t, o, i);
    }
  }
  e.children(V).forEach(n);
}
function hn(e, n, t, r, o, i) {
  let s = { width: 0, height: 0, rank: i, borderType: n }, a = o[n][i - 1], l = M(e, "border", s, t);
  o[n][i] = l, e.setParent(l, r), a && e.setEdge(a, l, { weight: 1 });
}
function pn(e) {
  var t;
  let n = (t = e.graph().rankdir) == null ? void 0 : t.toLowerCase();
  (n === "lr" || n === "rl") && En(e);
}
function mn(e) {
  var t;
  let n = (t = e.graph().rankdir) == null ? void 0 : t.toLowerCase();
  (n === "bt" || n === "rl") && Ft(e), (n === "lr" || n === "rl") && (Dt(e), En(e));
}
function En(e) {
  e.nodes().forEach((n) => gn(e.node(n))), e.edges().forEach((n) => gn(e.edge(n)));
}
function gn(e) {
  let n = e.width;
  e.width = e.height, e.height = n;
}
function Ft(e) {
  e.nodes().forEach((n) => me(e.node(n))), e.edges().forEach((n) => {
    var r;
    let t = e.edge(n);
    (r = t.points) == null || r.forEach(me), Object.hasOwn(t, "y") && me(t);
  });
}
function me(e) {
  e.y = -e.y;
}
function Dt(e) {
  e.nodes().forEach((n) => Ee(e.node(n))), e.edges().forEach((n) => {
    var r;
    let t = e.edge(n);
    (r = t.points) == null || r.forEach(Ee), Object.hasOwn(t, "x") && Ee(t);
  });
}
function Ee(e) {
  let n = e.x;
  e.x = e.y, e.y = n;
}
function Le(e, n = null) {
  let t = {}, r = e.nodes().filter((d) => !e.children(d).length), o = r.map((d) => e.node(d).rank), i = S(Math.max, o), s = D(i + 1).map(() => []);
  function a(d) {
    if (t[d]) return;
    t[d] = true;
    let c = e.node(d);
    s[c.rank].push(d);
    let f = e.successors(d);
    f && [...f].sort((g, m) => u(g, m)).forEach(a);
  }
  r.sort((d, c) => e.node(d).rank - e.node(c).rank).forEach(a);
  function u(d, c) {
    let f = e.node(d), h2 = e.node(c);
    return ee(n, f, h2);
  }
  return s;
}
function ye(e, n) {
  let t = 0;
  for (let r = 1; r < n.length; ++r) t += Vt(e, n[r - 1], n[r]);
  return t;
}
function Vt(e, n, t) {
  let r = He(t, t.map((u, d) => d)), o = n.flatMap((u) => {
    let d = e.outEdges(u);
    return d ? d.map((c) => ({ pos: r[c.w], weight: e.edge(c).weight })).sort((c, f) => c.pos - f.pos) : [];
  }), i = 1;
  for (; i < t.length; ) i <<= 1;
  let s = 2 * i - 1;
  i -= 1;
  let a = new Array(s).fill(0), l = 0;
  return o.forEach((u) => {
    let d = u.pos + i;
    a[d] += u.weight;
    let c = 0;
    for (; d > 0; ) d % 2 && (c += a[d + 1]), d = d - 1 >> 1, a[d] += u.weight;
    l += u.weight * c;
  }), l;
}
function we(e, n = []) {
  return n.map((t) => {
    let r = e.inEdges(t);
    if (!r || !r.length) return { v: t };
    {
      let o = r.reduce((i, s) => {
        let a = e.edge(s), l = e.node(s.v);
        return { sum: i.sum + a.weight * l.order, weight: i.weight + a.weight };
      }, { sum: 0, weight: 0 });
      return { v: t, barycenter: o.sum / o.weight, weight: o.weight };
    }
  });
}
function Ne(e, n) {
  let t = {};
  e.forEach((o, i) => {
    let s = { indegree: 0, in: [], out: [], vs: [o.v], i };
    o.barycenter !== void 0 && (s.barycenter = o.barycenter, s.weight = o.weight), t[o.v] = s;
  }), n.edges().forEach((o) => {
    let i = t[o.v], s = t[o.w];
    i !== void 0 && s !== void 0 && (s.indegree++, i.out.push(s));
  });
  let r = Object.values(t).filter((o) => !o.indegree);
  return Yt(r);
}
function Yt(e) {
  let n = [];
  function t(o) {
    return (i) => {
      i.merged || (i.barycenter === void 0 || o.barycenter === void 0 || i.barycenter >= o.barycenter) && Bt(o, i);
    };
  }
  function r(o) {
    return (i) => {
      i.in.push(o), --i.indegree === 0 && e.push(i);
    };
  }
  for (; e.length; ) {
    let o = e.pop();
    n.push(o), o.in.reverse().forEach(t(o)), o.out.forEach(r(o));
  }
  return n.filter((o) => !o.merged).map((o) => W(o, ["vs", "i", "barycenter", "weight"]));
}
function Bt(e, n) {
  let t = 0, r = 0;
  e.weight && (t += e.barycenter * e.weight, r += e.weight), n.weight && (t += n.barycenter * n.weight, r += n.weight), e.vs = n.vs.concat(e.vs), e.barycenter = t / r, e.weight = r, e.i = Math.min(n.i, e.i), n.merged = true;
}
function Ge(e, n, t, r, o) {
  let i = {}, s = null, a = null, l = o;
  typeof n == "boolean" ? (l = n, i = {}) : n && (i = n, s = t != null ? t : null, a = r != null ? r : null);
  let u = ze(e, (y) => Object.hasOwn(y, "barycenter")), d = u.lhs, c = u.rhs.sort((y, b) => b.i - y.i), f = [], h2 = 0, g = 0, m = 0;
  d.sort(Wt(a, s, !!l));
  for (let [y, b] of Object.entries(i)) {
    let p = d.findIndex((E) => E.vs[0] === y);
    d.splice(p + 1, 0, b);
  }
  m = Ln(f, c, m), d.forEach((y) => {
    m += y.vs.length, f.push(y.vs), h2 += y.barycenter * y.weight, g += y.weight, m = Ln(f, c, m);
  });
  let L = { vs: f.flat(1) };
  return g && (L.barycenter = h2 / g, L.weight = g), L;
}
function Ln(e, n, t) {
  let r;
  for (; n.length && (r = n[n.length - 1]).i <= t; ) n.pop(), e.push(r.vs), t++;
  return t;
}
function Wt(e, n, t) {
  return (r, o) => {
    if (r.barycenter < o.barycenter) return -1;
    if (r.barycenter > o.barycenter) return 1;
    if (e && (typeof r.vs[0] == "string" || typeof o.vs[0] == "string")) {
      let i = e.node(r.vs[0]), s = e.node(o.vs[0]), a = ee(n, i, s);
      if (a !== 0) return a;
    }
    return t ? o.i - r.i : r.i - o.i;
  };
}
function te(e, n, t, r, o) {
  var y, b, p, E, w, k, _, O, j, R, I;
  let i = null, s = o;
  typeof r == "boolean" ? (s = r, i = null) : r !== void 0 && (i = r);
  let a = e.children(n), l = e.node(n), u = l ? l.borderLeft : void 0, d = l ? l.borderRight : void 0, c = {};
  u && (a = a.filter((v) => v !== u && v !== d));
  let f = we(e, a);
  f.forEach((v) => {
    if (e.children(v.v).length) {
      let { result: x } = te(e, v.v, t, i, s);
      c[v.v] = x, Object.hasOwn(x, "barycenter") && zt(v, x);
    }
  });
  let h2 = Ne(f, t);
  Xt(h2, c);
  let g = {}, m = false;
  for (let v = 0; v < h2.length; v++) for (let x = v + 1; x < h2.length; x++) if (!(!h2[v] || !h2[x] || !((y = h2[v]) != null && y.barycenter) || !((b = h2[x]) != null && b.barycenter)) && ((p = h2[v]) == null ? void 0 : p.barycenter) === h2[x].barycenter) {
    let G = (w = (E = h2[v]) == null ? void 0 : E.vs[0]) != null ? w : "", N = (_ = (k = h2[x]) == null ? void 0 : k.vs[0]) != null ? _ : "", C = e.node(G), B = e.node(N);
    if (C.dummy === "edge" && B.dummy === "edge" && ((O = C.edgeObj) == null ? void 0 : O.v) === ((j = B.edgeObj) == null ? void 0 : j.v) && ((R = C.edgeObj) == null ? void 0 : R.w) === ((I = B.edgeObj) == null ? void 0 : I.w)) if (C.edgeLabel.reversed) {
      g[N] = h2[v], h2.splice(v, 1), v--;
      break;
    } else g[G] || (g[G] = h2[x], h2.splice(x, 1), x--);
    else m = true;
  }
  let L = Ge(h2, g, i, e, s);
  if (u && d) {
    L.vs = [u, L.vs, d].flat(1);
    let v = e.predecessors(u);
    if (v && v.length) {
      let x = e.node(v[0]), G = e.predecessors(d), N = e.node(G[0]);
      Object.hasOwn(L, "barycenter") || (L.barycenter = 0, L.weight = 0), L.barycenter = (L.barycenter * L.weight + x.order + N.order) / (L.weight + 2), L.weight += 2;
    }
  }
  return Object.defineProperty(L, "result", { value: L, enumerable: false, configurable: true, writable: true }), Object.defineProperty(L, "usedBias", { value: m, enumerable: false, configurable: true, writable: true }), L;
}
function Xt(e, n) {
  e.forEach((t) => {
    t.vs = t.vs.flatMap((r) => n[r] ? n[r].vs : r);
  });
}
function zt(e, n) {
  e.barycenter !== void 0 ? (e.barycenter = (e.barycenter * e.weight + n.barycenter * n.weight) / (e.weight + n.weight), e.weight += n.weight) : (e.barycenter = n.barycenter, e.weight = n.weight);
}
function ve(e, n, t, r) {
  r || (r = e.nodes());
  let o = Ht(e), i = new T({ compound: true }).setGraph({ root: o }).setDefaultNodeLabel((s) => e.node(s));
  return r.forEach((s) => {
    let a = e.node(s), l = e.parent(s);
    if (a.rank === n || a.minRank <= n && n <= a.maxRank) {
      i.setNode(s), i.setParent(s, l || o);
      let u = e[t](s);
      u && u.forEach((d) => {
        let c = d.v === s ? d.w : d.v, f = i.edge(c, s), h2 = f !== void 0 ? f.weight : 0;
        i.setEdge(c, s, { weight: e.edge(d).weight + h2 });
      }), Object.hasOwn(a, "minRank") && i.setNode(s, { borderLeft: a.borderLeft[n], borderRight: a.borderRight[n] });
    }
  }), i;
}
function Ht(e) {
  let n;
  for (; e.hasNode(n = $("_root")); ) ;
  return n;
}
function ke(e, n, t) {
  let r = {}, o;
  t.forEach((i) => {
    let s = e.parent(i), a, l;
    for (; s; ) {
      if (a = e.parent(s), a ? (l = r[a], r[a] = s) : (l = o, o = s), l && l !== s) {
        n.setEdge(l, s);
        return;
      }
      s = a;
    }
  });
}
function re(e, n = {}, t = null) {
  if (typeof n.customOrder == "function") {
    n.customOrder(e, re);
    return;
  }
  let r = de(e), o = yn(e, D(1, r + 1), "inEdges"), i = yn(e, D(r - 1, -1, -1), "outEdges"), s = Le(e, t);
  if (wn(e, s), n.disableOptimalOrderHeuristic) return;
  let a = Number.POSITIVE_INFINITY, l, u = n.constraints || [];
  for (let d = 0, c = 0; c < 4; ++d, ++c) {
    qt(d % 2 ? o : i, d % 4 >= 2, u, t), s = P(e);
    let f = ye(e, s);
    f < a ? (c = 0, l = Object.assign({}, s), a = f) : f === a && (l = structuredClone(s));
  }
  wn(e, l);
}
function yn(e, n, t) {
  let r = /* @__PURE__ */ new Map(), o = (i, s) => {
    r.has(i) || r.set(i, []), r.get(i).push(s);
  };
  for (let i of e.nodes()) {
    let s = e.node(i);
    if (typeof s.rank == "number" && o(s.rank, i), typeof s.minRank == "number" && typeof s.maxRank == "number") for (let a = s.minRank; a <= s.maxRank; a++) a !== s.rank && o(a, i);
  }
  return n.map(function(i) {
    return ve(e, i, t, r.get(i) || []);
  });
}
function qt(e, n, t, r) {
  let o = true, i = new T();
  e.forEach(function(s) {
    t.forEach((d) => i.setEdge(d.left, d.right));
    let a = s.graph().root, { result: l, usedBias: u } = te(s, a, i, r, o);
    n && u && (o = !o), l.vs.forEach((d, c) => s.node(d).order = c), ke(s, i, l.vs);
  });
}
function wn(e, n) {
  Object.values(n).forEach((t) => t.forEach((r, o) => e.node(r).order = o));
}
function $t(e, n) {
  let t = {};
  function r(o, i) {
    let s = 0, a = 0, l = o.length, u = i[i.length - 1];
    return i.forEach((d, c) => {
      let f = Jt(e, d), h2 = f ? e.node(f).order : l;
      (f || d === u) && (i.slice(a, c + 1).forEach((g) => {
        let m = e.predecessors(g);
        m && m.forEach((L) => {
          let y = e.node(L), b = y.order;
          (b < s || h2 < b) && !(y.dummy && e.node(g).dummy) && Gn(t, L, g);
        });
      }), a = c + 1, s = h2);
    }), i;
  }
  return n.length && n.reduce(r), t;
}
function Ut(e, n) {
  let t = {};
  function r(a) {
    var l;
    return ((l = e.node(a)) == null ? void 0 : l.dummy) === "border";
  }
  if (!e.nodes().some(r)) return t;
  function i(a, l, u, d, c) {
    D(l, u).forEach((f) => {
      let h2 = a[f];
      if (h2 !== void 0 && e.node(h2).dummy) {
        let g = e.predecessors(h2);
        g && g.forEach((m) => {
          if (m === void 0) return;
          let L = e.node(m);
          L.dummy && (L.order < d || L.order > c) && Gn(t, m, h2);
        });
      }
    });
  }
  function s(a, l) {
    let u = -1, d = -1, c = 0;
    return l.forEach((f, h2) => {
      if (r(f)) {
        let g = e.predecessors(f);
        if (g && g.length) {
          let m = g[0];
          if (m === void 0) return;
          d = e.node(m).order, i(l, c, h2, u, d), c = h2, u = d;
        }
      }
      i(l, c, l.length, d, a.length);
    }), l;
  }
  return n.length && n.reduce(s), t;
}
function Jt(e, n) {
  if (e.node(n).dummy) {
    let t = e.predecessors(n);
    if (t) return t.find((r) => e.node(r).dummy);
  }
}
function Gn(e, n, t) {
  if (n > t) {
    let o = n;
    n = t, t = o;
  }
  let r = e[n];
  r || (e[n] = r = {}), r[t] = true;
}
function Kt(e, n, t) {
  if (n > t) {
    let o = n;
    n = t, t = o;
  }
  let r = e[n];
  return r !== void 0 && Object.hasOwn(r, t);
}
function Qt(e, n, t, r, o) {
  let i = {}, s = {}, a = {};
  return n.forEach((l) => {
    l.forEach((u, d) => {
      i[u] = u, s[u] = u, a[u] = d;
    });
  }), n.forEach((l) => {
    let u = -1, d = -1, c = false, f = l, h2 = l.findIndex((g) => (o == null ? void 0 : o.includes(g)) || Nn(g, e, o));
    h2 > 0 && (f = [l[h2], ...l.slice(0, h2), ...l.slice(h2 + 1)], c = true), f.forEach((g) => {
      var L;
      let m = r(g);
      if (m && m.length) {
        o != null && o.includes(g) && (m = m.filter((p) => Nn(p, e, o)));
        let y = m.sort((p, E) => {
          let w = a[p], k = a[E];
          return (w !== void 0 ? w : 0) - (k !== void 0 ? k : 0);
        }), b = (y.length - 1) / 2;
        for (let p = Math.floor(b), E = Math.ceil(b); p <= E; ++p) {
          let w = y[p];
          if (w === void 0) continue;
          let k = a[w];
          if (k !== void 0 && s[g] === g && u < k && a[w] !== d && !Kt(t, g, w)) {
            let _ = i[w];
            _ !== void 0 && (s[w] = g, s[g] = i[g] = _, u = k, c && (u = -1, d = (L = a[w]) != null ? L : -1, c = false));
          }
        }
      }
    });
  }), { root: i, align: s };
}
function Zt(e, n, t, r, o = false) {
  let i = {}, s = er(e, n, t, o), a = o ? "borderLeft" : "borderRight";
  function l(h2, g) {
    let m = s.nodes().slice(), L = {}, y = m.pop();
    for (; y; ) {
      if (L[y]) h2(y);
      else {
        L[y] = true, m.push(y);
        for (let b of g(y)) m.push(b);
      }
      y = m.pop();
    }
  }
  function u(h2) {
    let g = s.inEdges(h2);
    g ? i[h2] = g.reduce((m, L) => {
      var p;
      let y = (p = i[L.v]) != null ? p : 0, b = s.edge(L);
      return Math.max(m, y + (b !== void 0 ? b : 0));
    }, 0) : i[h2] = 0;
  }
  function d(h2) {
    let g = s.outEdges(h2), m = Number.POSITIVE_INFINITY;
    g && (m = g.reduce((y, b) => {
      let p = i[b.w], E = s.edge(b);
      return Math.min(y, (p !== void 0 ? p : 0) - (E !== void 0 ? E : 0));
    }, Number.POSITIVE_INFINITY));
    let L = e.node(h2);
    m !== Number.POSITIVE_INFINITY && L.borderType !== a && (i[h2] = Math.max(i[h2] !== void 0 ? i[h2] : 0, m));
  }
  function c(h2) {
    return s.predecessors(h2) || [];
  }
  function f(h2) {
    return s.successors(h2) || [];
  }
  return l(u, c), l(d, f), Object.keys(r).forEach((h2) => {
    var m;
    let g = t[h2];
    g !== void 0 && (i[h2] = (m = i[g]) != null ? m : 0);
  }), i;
}
function er(e, n, t, r) {
  let o = new T(), i = e.graph(), s = or(i.nodesep, i.edgesep, r);
  return n.forEach((a) => {
    let l;
    a.forEach((u) => {
      let d = t[u];
      if (d !== void 0) {
        if (o.setNode(d), l !== void 0) {
          let c = t[l];
          if (c !== void 0) {
            let f = o.edge(c, d);
            o.setEdge(c, d, Math.max(s(e, u, l), f || 0));
          }
        }
        l = u;
      }
    });
  }), o;
}
function nr(e, n) {
  return Object.values(n).reduce((t, r) => {
    let o = Number.NEGATIVE_INFINITY, i = Number.POSITIVE_INFINITY;
    Object.entries(r).forEach(([a, l]) => {
      let u = ir(e, a) / 2;
      o = Math.max(l + u, o), i = Math.min(l - u, i);
    });
    let s = o - i;
    return s < t[0] && (t = [s, r]), t;
  }, [Number.POSITIVE_INFINITY, null])[1];
}
function tr(e, n) {
  let t = Object.values(n), r = S(Math.min, t), o = S(Math.max, t);
  ["u", "d"].forEach((i) => {
    ["l", "r"].forEach((s) => {
      let a = i + s, l = e[a];
      if (!l || l === n) return;
      let u = Object.values(l), d = r - S(Math.min, u);
      s !== "l" && (d = o - S(Math.max, u)), d && (e[a] = X(l, (c) => c + d));
    });
  });
}
function rr(e, n = void 0) {
  let t = e.ul;
  return t ? X(t, (r, o) => {
    var s, a;
    if (n) {
      let l = n.toLowerCase(), u = e[l];
      if (u && u[o] !== void 0) return u[o];
    }
    let i = Object.values(e).map((l) => {
      let u = l[o];
      return u !== void 0 ? u : 0;
    }).sort((l, u) => l - u);
    return (((s = i[1]) != null ? s : 0) + ((a = i[2]) != null ? a : 0)) / 2;
  }) : {};
}
function vn(e, n) {
  let t = P(e), r = Object.assign($t(e, t), Ut(e, t)), o = {}, i;
  ["u", "d"].forEach((a) => {
    i = a === "u" ? t : Object.values(t).reverse(), ["l", "r"].forEach((l) => {
      l === "r" && (i = i.map((f) => Object.values(f).reverse()));
      let d = Qt(e, i, r, (f) => (a === "u" ? e.predecessors(f) : e.successors(f)) || [], n), c = Zt(e, i, d.root, d.align, l === "r");
      l === "r" && (c = X(c, (f) => -f)), o[a + l] = c;
    });
  });
  let s = nr(e, o);
  return tr(o, s), rr(o, e.graph().align);
}
function or(e, n, t) {
  return (r, o, i) => {
    let s = r.node(o), a = r.node(i), l = 0, u;
    if (l += s.width / 2, Object.hasOwn(s, "labelpos")) switch (s.labelpos.toLowerCase()) {
      case "l":
        u = -s.width / 2;
        break;
      case "r":
        u = s.width / 2;
        break;
    }
    if (u && (l += t ? u : -u), u = void 0, l += (s.dummy ? n : e) / 2, l += (a.dummy ? n : e) / 2, l += a.width / 2, Object.hasOwn(a, "labelpos")) switch (a.labelpos.toLowerCase()) {
      case "l":
        u = a.width / 2;
        break;
      case "r":
        u = -a.width / 2;
        break;
    }
    return u && (l += t ? u : -u), l;
  };
}
function ir(e, n) {
  return e.node(n).width;
}
function Nn(e, n, t) {
  var s;
  if (!t) return false;
  let r = (s = n.node(e)) == null ? void 0 : s.edgeObj;
  if (!r || n.node(e).edgeLabel.reversed) return false;
  let o = t.indexOf(r == null ? void 0 : r.v), i = t.indexOf(r == null ? void 0 : r.w);
  return o !== -1 && i !== -1 && o === (i + 1) % t.length || o === (i - 1) % t.length;
}
function kn(e, n) {
  e = Z(e), sr(e), Object.entries(vn(e, n)).forEach(([t, r]) => e.node(t).x = r);
}
function sr(e) {
  let n = P(e), t = e.graph(), r = t.ranksep, o = t.rankalign, i = 0;
  n.forEach((s) => {
    let a = s.reduce((l, u) => {
      var c;
      let d = (c = e.node(u).height) != null ? c : 0;
      return l > d ? l : d;
    }, 0);
    s.forEach((l) => {
      let u = e.node(l);
      o === "top" ? u.y = i + u.height / 2 : o === "bottom" ? u.y = i + a - u.height / 2 : u.y = i + a / 2;
    }), i += a + r;
  });
}
var xn = /* @__PURE__ */ new WeakMap();
function Oe(e, n = {}) {
  return In(e, q, n), e;
}
function _n(e, n, t) {
  let r = n;
  for (; r !== void 0; ) {
    let o = e.parent(r);
    if (o === t) return r;
    r = o;
  }
}
function In(e, n, t) {
  var y;
  let r = e.nodes().filter((b) => e.children(b).length), o = {};
  r.forEach((b) => {
    let p = e.node(b);
    if (p && p.rankdir) {
      let E = new T({ multigraph: true, compound: true });
      E.setGraph({ rankdir: p.rankdir });
      let w = e.children(b);
      w.forEach((G) => {
        let N = { ...e.node(G) };
        E.setNode(G, N);
        let C = e.parent(G);
        C && C !== b && w.includes(C) && E.setParent(G, C);
      });
      let k = /* @__PURE__ */ new Set();
      e.edges().forEach((G) => {
        let N = _n(e, G.v, b), C = _n(e, G.w, b);
        if (N === G.v && C === G.w) E.setEdge(G, { ...e.edge(G) });
        else if (N && C && N !== C) {
          let B = `${N}\0${C}`;
          k.has(B) || (k.add(B), E.setEdge(N, C, { ...e.edge(G) }));
        }
      }), In(E, n, t);
      let _ = Rn(E);
      Cn(_, n, t, null), Tn(E, _);
      let O = 1 / 0, j = 1 / 0, R = -1 / 0, I = -1 / 0;
      E.nodes().forEach((G) => {
        if (G === b) return;
        let N = E.node(G);
        N && typeof N.x == "number" && typeof N.y == "number" && typeof N.width == "number" && typeof N.height == "number" && (O = Math.min(O, N.x - N.width / 2), R = Math.max(R, N.x + N.width / 2), j = Math.min(j, N.y - N.height / 2), I = Math.max(I, N.y + N.height / 2));
      }), (!isFinite(O) || !isFinite(j) || !isFinite(R) || !isFinite(I)) && (O = j = 0, R = I = 0);
      let v = R - O, x = I - j;
      o[b] = { minX: O, minY: j, maxX: R, maxY: I, width: v, height: x, offsetX: O, offsetY: j }, p._dagreClusterSubgraph = E;
    }
  });
  let i = [], s = (b) => {
    let p = [], E = (e.children(b) || []).filter((w) => w !== b);
    for (; E.length > 0; ) {
      let w = E.shift();
      p.push(w), (e.children(w) || []).filter((k) => k !== w).forEach((k) => E.push(k));
    }
    return p;
  }, a = /* @__PURE__ */ new Map();
  r.forEach((b) => {
    let p = e.node(b);
    p && p.rankdir && o[b] && a.set(b, (e.children(b) || []).filter((E) => E !== b));
  });
  let l = new Set([...a.values()].flat()), u = /* @__PURE__ */ new Map();
  a.forEach((b, p) => {
    l.has(p) || u.set(p, s(p));
  });
  let d = new Set([...u.values()].flat()), c = (b) => {
    for (let [p, E] of u) if (E.includes(b)) return p;
    return b;
  }, f = [];
  e.edges().forEach((b) => {
    (d.has(b.v) || d.has(b.w)) && f.push({ edge: b, label: e.edge(b) });
  });
  let h2 = /* @__PURE__ */ new Map();
  d.forEach((b) => {
    let p = e.parent(b);
    h2.set(b, typeof p == "string" ? p : void 0);
  }), u.forEach((b, p) => {
    let E = e.node(p), w = [];
    b.forEach((O) => {
      let j = e.node(O);
      j && (w.push({ id: O, node: j, parent: h2.get(O) }), e.removeNode(O));
    });
    let k = f.filter(({ edge: O }) => b.includes(O.v) || b.includes(O.w)), _ = o[p];
    E && (i.push({ clusterId: p, subgraph: E._dagreClusterSubgraph, bounds: _, children: b, removedNodes: w, removedEdges: k }), E.width = _.width, E.height = _.height);
  });
  let g = /* @__PURE__ */ new Set();
  f.forEach(({ edge: b, label: p }) => {
    let E = c(b.v), w = c(b.w);
    if (E !== w && e.hasNode(E) && e.hasNode(w)) {
      let k = `${E}\0${w}`;
      g.has(k) || (g.add(k), e.setEdge(E, w, { ...p, width: 0, height: 0 }));
    }
  });
  let m = Rn(e), L = Cn(m, n, t, (y = xn.get(e)) != null ? y : null);
  xn.set(e, L), Tn(e, m), g.forEach((b) => {
    let p = b.indexOf("\0"), E = b.slice(0, p), w = b.slice(p + 1);
    e.hasEdge(E, w) && e.removeEdge(E, w);
  }), i.forEach(({ clusterId: b, subgraph: p, bounds: E, removedNodes: w, removedEdges: k }) => {
    var v, x;
    let _ = e.node(b), O = (v = _ == null ? void 0 : _.x) != null ? v : 0, j = (x = _ == null ? void 0 : _.y) != null ? x : 0, R = (E.minX + E.maxX) / 2, I = (E.minY + E.maxY) / 2;
    w.forEach(({ id: G, node: N, parent: C }) => {
      e.setNode(G, N), C !== void 0 && e.setParent(G, C);
    }), k.forEach(({ edge: G, label: N }) => {
      e.setEdge(G, N);
    }), p.nodes().forEach((G) => {
      if (G === b) return;
      let N = p.node(G), C = e.node(G);
      C && N && typeof N.x == "number" && typeof N.y == "number" && (C.x = O + (N.x - R), C.y = j + (N.y - I));
    }), On(e, p, O - R, j - I), delete _._dagreClusterSubgraph;
  }), r.forEach((b) => {
    var w, k;
    let p = e.node(b), E = o[b];
    if (p && p.rankdir && p._dagreClusterSubgraph && E) {
      let _ = p._dagreClusterSubgraph, O = (w = p.x) != null ? w : 0, j = (k = p.y) != null ? k : 0, R = (E.minX + E.maxX) / 2, I = (E.minY + E.maxY) / 2;
      _.nodes().forEach((v) => {
        if (v === b) return;
        let x = _.node(v), G = e.node(v);
        if (G && x && typeof x.x == "number" && typeof x.y == "number") {
          let N = x.x - R, C = x.y - I;
          G.x = O + N, G.y = j + C;
        }
      }), On(e, _, O - R, j - I), delete p._dagreClusterSubgraph;
    }
  });
}
function On(e, n, t, r) {
  n.edges().forEach((o) => {
    if (!e.hasEdge(o)) return;
    let i = n.edge(o), s = e.edge(o);
    s.points = i.points.map((a) => ({ x: a.x + t, y: a.y + r })), Object.hasOwn(i, "x") && (s.x = i.x + t, s.y = i.y + r);
  });
}
function Cn(e, n, t, r = null) {
  var l, u;
  let o = (t == null ? void 0 : t.useDynamic) !== false, i = o && (l = r == null ? void 0 : r.graph) != null ? l : null, s = o && (u = r == null ? void 0 : r.rawNodes) != null ? u : null;
  n("    makeSpaceForEdgeLabels", () => br(e)), n("    removeSelfEdges", () => Gr(e)), n("    acyclic", () => Ue(e, i)), n("    nestingGraph.run", () => un(e)), n("    rank", () => dn(Z(e))), n("    injectEdgeLabelProxies", () => gr(e)), n("    removeEmptyRanks", () => We(e)), n("    nestingGraph.cleanup", () => fn(e)), n("    normalizeRanks", () => Be(e)), n("    assignRankMinMax", () => pr(e)), n("    removeEdgeLabelProxies", () => mr(e)), n("    normalize.run", () => Ke(e)), n("    parentDummyChains", () => ln(e)), n("    addBorderSegments", () => bn(e)), n("    order", () => re(e, t, s)), n("    insertSelfEdges", () => vr(e)), n("    adjustCoordinateSystem", () => pn(e)), n("    position", () => kn(e, t.corePath)), n("    positionSelfEdges", () => kr(e));
  let a = JSON.parse(JSON.stringify(e._nodes));
  return n("    removeBorderNodes", () => Nr(e)), n("    normalize.undo", () => Qe(e)), n("    fixupEdgeLabelCoords", () => yr(e)), n("    undoCoordinateSystem", () => mn(e)), n("    translateGraph", () => Er(e)), n("    assignNodeIntersects", () => Lr(e)), n("    reversePoints", () => wr(e)), n("    acyclic.undo", () => Je(e)), { graph: e, rawNodes: a };
}
function Tn(e, n) {
  e.nodes().forEach((t) => {
    let r = e.node(t), o = n.node(t);
    r && (r.x = o.x, r.y = o.y, r.order = o.order, r.rank = o.rank, n.children(t).length && (r.width = o.width, r.height = o.height));
  }), e.edges().forEach((t) => {
    let r = e.edge(t), o = n.edge(t);
    r.points = o.points, Object.hasOwn(o, "x") && (r.x = o.x, r.y = o.y);
  }), e.graph().width = n.graph().width, e.graph().height = n.graph().height;
}
var ar = ["nodesep", "edgesep", "ranksep", "marginx", "marginy"];
var dr = { ranksep: 50, edgesep: 20, nodesep: 50, rankdir: "TB", rankalign: "center" };
var lr = ["acyclicer", "ranker", "rankdir", "align", "rankalign"];
var ur = ["width", "height", "rank"];
var jn = { width: 0, height: 0 };
var cr = ["minlen", "weight", "width", "height", "labeloffset"];
var fr = { minlen: 1, weight: 1, width: 0, height: 0, labeloffset: 10, labelpos: "r" };
var hr = ["labelpos"];
function Rn(e) {
  let n = new T({ multigraph: true, compound: true }), t = _e(e.graph());
  return n.setGraph(Object.assign({}, dr, xe(t, ar), W(t, lr))), e.nodes().forEach((r) => {
    let o = _e(e.node(r)), i = xe(o, ur);
    Object.keys(jn).forEach((a) => {
      i[a] === void 0 && (i[a] = jn[a]);
    }), n.setNode(r, i);
    let s = e.parent(r);
    s !== void 0 && n.setParent(r, s);
  }), e.edges().forEach((r) => {
    let o = _e(e.edge(r));
    n.setEdge(r, Object.assign({}, fr, xe(o, cr), W(o, hr)));
  }), n;
}
function br(e) {
  let n = e.graph();
  n.ranksep /= 2, e.edges().forEach((t) => {
    var o;
    let r = e.edge(t);
    r.minlen *= 2, ((o = r.labelpos) != null ? o : "r").toLowerCase() !== "c" && (n.rankdir === "TB" || n.rankdir === "BT" ? r.width += r.labeloffset : r.height += r.labeloffset);
  });
}
function gr(e) {
  e.edges().forEach((n) => {
    let t = e.edge(n);
    if (t.width && t.height) {
      let r = e.node(n.v), i = { rank: (e.node(n.w).rank - r.rank) / 2 + r.rank, e: n };
      M(e, "edge-proxy", i, "_ep");
    }
  });
}
function pr(e) {
  let n = 0;
  e.nodes().forEach((t) => {
    let r = e.node(t);
    r.borderTop && (r.minRank = e.node(r.borderTop).rank, r.maxRank = e.node(r.borderBottom).rank, n = Math.max(n, r.maxRank));
  }), e.graph().maxRank = n;
}
function mr(e) {
  e.nodes().forEach((n) => {
    let t = e.node(n);
    if (t.dummy === "edge-proxy") {
      let r = t;
      e.edge(r.e).labelRank = t.rank, e.removeNode(n);
    }
  });
}
function Er(e) {
  let n = Number.POSITIVE_INFINITY, t = 0, r = Number.POSITIVE_INFINITY, o = 0, i = e.graph(), s = i.marginx || 0, a = i.marginy || 0;
  function l(u) {
    let d = u.x, c = u.y, f = u.width, h2 = u.height;
    n = Math.min(n, d - f / 2), t = Math.max(t, d + f / 2), r = Math.min(r, c - h2 / 2), o = Math.max(o, c + h2 / 2);
  }
  e.nodes().forEach((u) => l(e.node(u))), e.edges().forEach((u) => {
    let d = e.edge(u);
    Object.hasOwn(d, "x") && l(d);
  }), n -= s, r -= a, e.nodes().forEach((u) => {
    let d = e.node(u);
    d.x -= n, d.y -= r;
  }), e.edges().forEach((u) => {
    let d = e.edge(u);
    d.points.forEach((c) => {
      c.x -= n, c.y -= r;
    }), Object.hasOwn(d, "x") && (d.x -= n), Object.hasOwn(d, "y") && (d.y -= r);
  }), i.width = t - n + s, i.height = o - r + a;
}
function Lr(e) {
  e.edges().forEach((n) => {
    if (n.v === n.w) return;
    let t = e.edge(n), r = e.node(n.v), o = e.node(n.w), i, s;
    t.points ? (i = t.points[0], s = t.points[t.points.length - 1]) : (t.points = [], i = o, s = r), t.points.unshift(se(r, i)), t.points.push(se(o, s));
  });
}
function yr(e) {
  e.edges().forEach((n) => {
    let t = e.edge(n);
    if (Object.hasOwn(t, "x")) switch ((t.labelpos === "l" || t.labelpos === "r") && (t.width -= t.labeloffset), t.labelpos) {
      case "l":
        t.x -= t.width / 2 + t.labeloffset;
        break;
      case "r":
        t.x += t.width / 2 + t.labeloffset;
        break;
    }
  });
}
function wr(e) {
  e.edges().forEach((n) => {
    let t = e.edge(n);
    t.reversed && t.points.reverse();
  });
}
function Nr(e) {
  e.nodes().forEach((n) => {
    if (e.children(n).length) {
      let t = e.node(n), r = e.node(t.borderTop), o = e.node(t.borderBottom), i = e.node(t.borderLeft[t.borderLeft.length - 1]), s = e.node(t.borderRight[t.borderRight.length - 1]);
      t.width = Math.abs(s.x - i.x), t.height = Math.abs(o.y - r.y), t.x = i.x + t.width / 2, t.y = r.y + t.height / 2;
    }
  }), e.nodes().forEach((n) => {
    e.node(n).dummy === "border" && e.removeNode(n);
  });
}
function Gr(e) {
  e.edges().forEach((n) => {
    if (n.v === n.w) {
      let t = e.node(n.v);
      t.selfEdges || (t.selfEdges = []), t.selfEdges.push({ e: n, label: e.edge(n) }), e.removeEdge(n);
    }
  });
}
function vr(e) {
  P(e).forEach((t) => {
    let r = 0;
    t.forEach((o, i) => {
      let s = e.node(o);
      typeof s.rank != "number" && (s.rank = 0), s.order = i + r, (s.selfEdges || []).forEach((a) => {
        M(e, "selfedge", { width: a.label.width, height: a.label.height, rank: s.rank, order: i + ++r, e: a.e, edgeLabel: a.label }, "_se"), (!Array.isArray(a.label.points) || a.label.points.length !== 7) && (a.label.points = [{ x: 0, y: -10 }, { x: 0, y: -10 }, { x: 0, y: 0 }, { x: 0, y: 10 }, { x: 0, y: 10 }, { x: 0, y: 0 }, { x: 0, y: 0 }]);
      }), delete s.selfEdges;
    });
  });
}
function kr(e) {
  e.nodes().forEach((n) => {
    let t = e.node(n), r = (o) => typeof o == "number" && isFinite(o);
    if (t.dummy === "selfedge") {
      let o = t, i = e.node(o.e.v), s = r(i == null ? void 0 : i.x) ? i.x : 0, a = r(i == null ? void 0 : i.y) ? i.y : 0, l = r(i == null ? void 0 : i.width) ? i.width : 0, u = r(i == null ? void 0 : i.height) ? i.height : 0, d = r(t.x) ? t.x : s, c = r(t.y) ? t.y : a, f = l / 2, h2 = u / 2;
      o.edgeLabel.points = [{ x: d + f, y: c - h2 }, { x: d + f, y: c - h2 }, { x: d, y: c }, { x: d - f, y: c + h2 }, { x: d - f, y: c + h2 }, { x: d, y: c }, { x: d, y: c }], o.edgeLabel.x = d, o.edgeLabel.y = c, e.setEdge(o.e, o.edgeLabel), e.removeNode(n);
    } else t && Array.isArray(t.selfEdges) && t.selfEdges.forEach((o) => {
      if (!Array.isArray(o.label.points) || o.label.points.length !== 7) {
        let i = r(t.x) ? t.x : 0, s = r(t.y) ? t.y : 0, a = r(t.width) ? t.width : 0, l = r(t.height) ? t.height : 0, u = a / 2, d = l / 2;
        o.label.points = [{ x: i + u, y: s - d }, { x: i + u, y: s - d }, { x: i, y: s }, { x: i - u, y: s + d }, { x: i - u, y: s + d }, { x: i, y: s }, { x: i, y: s }];
      }
    });
  });
}
function xe(e, n) {
  return X(W(e, n), Number);
}
function _e(e) {
  let n = {};
  return e && Object.entries(e).forEach(([t, r]) => {
    typeof t == "string" && (t = t.toLowerCase()), n[t] = r;
  }), n;
}
function Ce(e) {
  let n = P(e), t = new T({ compound: true, multigraph: true }).setGraph({});
  return e.nodes().forEach((r) => {
    t.setNode(r, { label: r }), t.setParent(r, "layer" + e.node(r).rank);
  }), e.edges().forEach((r) => t.setEdge(r.v, r.w, {}, r.name)), n.forEach((r, o) => {
    let i = "layer" + o;
    t.setNode(i, { rank: "same" }), r.reduce((s, a) => (t.setEdge(s, a, { style: "invis" }), a));
  }), t;
}
var xr = { graphlib: ie, version: ue, layout: Oe, debug: Ce, util: { time: le, notime: q } };
var Uo = xr;
/*! For license information please see dagre.esm.js.LEGAL.txt */

// explore/web/src/family/layout.js
var box = { width: 310, height: 32 };
function layout({ nodes }) {
  const g = new Uo.graphlib.Graph();
  g.setGraph({ rankdir: "LR", nodesep: 12, ranksep: 70, marginx: 24, marginy: 20 });
  g.setDefaultEdgeLabel(() => ({}));
  for (const n of nodes) g.setNode(n.key, { ...box });
  for (const n of nodes) if (n.above !== null) g.setEdge(n.above, n.key);
  Uo.layout(g);
  const at2 = /* @__PURE__ */ new Map();
  for (const n of nodes) {
    const { x, y } = g.node(n.key);
    at2.set(n.key, { x: x - box.width / 2, y: y - box.height / 2 });
  }
  return { nodes: at2, width: g.graph().width, height: g.graph().height };
}
function curve(from, to, roundBy) {
  if (to.x > from.x) {
    const bend = Math.max(24, (to.x - from.x) / 2);
    return `M${from.x},${from.y}C${from.x + bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`;
  }
  const out = Math.max(from.x, roundBy) + 24 + Math.min(60, Math.abs(to.y - from.y) / 6);
  return `M${from.x},${from.y}C${out},${from.y} ${out},${to.y} ${roundBy},${to.y}`;
}

// explore/web/src/tip.js
var box2 = h("div", { class: "told", role: "tooltip", hidden: true });
function showTip(x, y, lines2) {
  if (!box2.isConnected) document.body.append(box2);
  fill(
    box2,
    lines2.filter(Boolean).map((line3, i) => h(i === 0 ? "strong" : "div", {}, line3))
  );
  box2.hidden = false;
  const { width: width2, height } = box2.getBoundingClientRect();
  const left = x + 14 + width2 > innerWidth ? x - 14 - width2 : x + 14;
  const top = y + 14 + height > innerHeight ? y - 14 - height : y + 14;
  Object.assign(box2.style, { left: `${Math.max(4, left)}px`, top: `${Math.max(4, top)}px` });
}
var hideTip = () => {
  box2.hidden = true;
};

// explore/web/src/family/camera.js
function camera(svg, stage, at2, params) {
  let k = 1, x = 0, y = 0, moved = false, frame = 0, later2 = 0;
  const draw2 = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(
      () => stage.setAttribute("transform", `translate(${x.toFixed(1)},${y.toFixed(1)}) scale(${k.toFixed(4)})`)
    );
  };
  const keep = () => {
    clearTimeout(later2);
    later2 = setTimeout(
      () => change({ at: [k.toFixed(3), Math.round(x), Math.round(y)].join("_") }, { replace: true }),
      300
    );
  };
  const room2 = () => svg.getBoundingClientRect();
  const whole = () => {
    const r = room2();
    k = Math.min(1.6, r.width / at2.width, r.height / at2.height);
    if (k < 0.85) k = 1;
    x = Math.max(0, (r.width - k * at2.width) / 2);
    y = Math.max(0, (r.height - k * at2.height) / 2);
    if (at2.width * k > r.width) x = 0;
    draw2();
  };
  const all3 = () => {
    const r = room2();
    k = Math.min(1.6, r.width / at2.width, r.height / at2.height);
    x = (r.width - k * at2.width) / 2;
    y = (r.height - k * at2.height) / 2;
    draw2();
    keep();
  };
  const zoom = (by, cx = room2().width / 2, cy = room2().height / 2) => {
    const next = Math.max(0.1, Math.min(4, k * by));
    x = cx - (cx - x) * next / k;
    y = cy - (cy - y) * next / k;
    k = next;
    draw2();
    keep();
  };
  svg.addEventListener(
    "wheel",
    (e) => {
      e.preventDefault();
      const r = room2();
      if (e.ctrlKey || e.metaKey) return zoom(Math.exp(-e.deltaY / 300), e.clientX - r.left, e.clientY - r.top);
      x -= e.shiftKey && !e.deltaX ? e.deltaY : e.deltaX;
      y -= e.shiftKey && !e.deltaX ? 0 : e.deltaY;
      draw2();
      return keep();
    },
    { passive: false }
  );
  let drag;
  svg.addEventListener("pointerdown", (e) => {
    drag = { x: e.clientX - x, y: e.clientY - y, fromX: e.clientX, fromY: e.clientY, id: e.pointerId };
    moved = false;
  });
  svg.addEventListener("pointermove", (e) => {
    if (!drag || !(e.buttons & 1)) {
      drag = void 0;
      return;
    }
    if (!moved && Math.hypot(e.clientX - drag.fromX, e.clientY - drag.fromY) < 4) return;
    if (!moved) svg.setPointerCapture(drag.id);
    moved = true;
    x = e.clientX - drag.x;
    y = e.clientY - drag.y;
    hideTip();
    draw2();
  });
  svg.addEventListener("pointerup", () => {
    if (drag && moved) keep();
    drag = void 0;
  });
  svg.addEventListener("keydown", (e) => {
    if (e.key === "+" || e.key === "=") zoom(1.25);
    else if (e.key === "-") zoom(0.8);
    else if (e.key === "0") all3();
    else if (e.key === "Escape") change({ open: [], at: null });
  });
  const buttons = h(
    "div",
    { class: "zoom" },
    h("button", { "aria-label": "Closer", onclick: () => zoom(1.25) }, "+"),
    h("button", { "aria-label": "Further", onclick: () => zoom(0.8) }, "−"),
    h("button", { onclick: all3 }, "All")
  );
  const begin = () => {
    const kept3 = params.get("at")?.split("_").map(Number);
    if (kept3?.length === 3 && kept3.every(Number.isFinite) && kept3[0] > 0) {
      [k, x, y] = kept3;
      draw2();
    } else {
      whole();
    }
    const sized = new ResizeObserver(() => {
      if (!state().params.get("at")) whole();
    });
    sized.observe(svg);
    return () => {
      sized.disconnect();
      clearTimeout(later2);
      cancelAnimationFrame(frame);
    };
  };
  const reveal = (p) => {
    const r = room2();
    const left = p.x * k + x, top = p.y * k + y;
    if (left < 8) x += 8 - left;
    if (left + box.width * k > r.width - 8) x -= left + box.width * k - r.width + 8;
    if (top < 8) y += 8 - top;
    if (top + box.height * k > r.height - 8) y -= top + box.height * k - r.height + 8;
    draw2();
  };
  return { begin, buttons, reveal, moved: () => moved };
}

// explore/web/src/family/fold.js
var mostNodes = 60;
var leastFolded = 4;
var kept2 = 2;
function fold(family3, open = /* @__PURE__ */ new Set()) {
  const { nodes, links } = family3;
  const inner = new Set(nodes.map((n) => n.above).filter((i) => i >= 0));
  const siblings = /* @__PURE__ */ new Map();
  nodes.forEach((n, i) => {
    if (!inner.has(i)) siblings.set(n.above, [...siblings.get(n.above) ?? [], i]);
  });
  const out = { nodes: [], links: [] }, folded = /* @__PURE__ */ new Map(), openFolds = [];
  for (const [above, list] of siblings) {
    if (nodes.length <= mostNodes || list.length < kept2 + leastFolded) continue;
    const key3 = `fold-${above}`;
    openFolds.push(key3);
    if (!open.has(key3))
      for (const i of [...list].sort((a, b) => nodes[b].stored - nodes[a].stored).slice(kept2)) folded.set(i, key3);
  }
  const folds = /* @__PURE__ */ new Map();
  nodes.forEach((n, i) => {
    const key3 = folded.get(i);
    if (!key3) {
      out.nodes.push({ key: `${i}`, node: n, above: n.above < 0 ? null : `${n.above}` });
    } else if (folds.has(key3)) {
      folds.get(key3).fold.push(n);
    } else {
      const f = { key: key3, fold: [n], above: n.above < 0 ? null : `${n.above}` };
      folds.set(key3, f);
      out.nodes.push(f);
    }
  });
  out.links = joined(links, (i) => folded.get(i) ?? `${i}`);
  out.open = openFolds.filter((key3) => open.has(key3));
  return out;
}
function joined(links, keyOf2) {
  const at2 = /* @__PURE__ */ new Map();
  for (const l of links) {
    const from = keyOf2(l.from), to = keyOf2(l.to);
    if (from === to) continue;
    const id = `${from}>${to}`;
    const sum2 = at2.get(id) ?? { from, to, kinds: [] };
    sum2.kinds.push(...l.kinds);
    at2.set(id, sum2);
  }
  return [...at2.values()];
}

// explore/web/src/format.js
var units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
function bytes(n) {
  let u = 0;
  while (n >= 1024 && u < units.length - 1) n /= 1024, u++;
  return `${u === 0 || n >= 100 ? Math.round(n) : n.toFixed(n >= 10 ? 0 : 1)} ${units[u]}`;
}
function percent(x) {
  if (!Number.isFinite(x)) return "–";
  const p = 100 * x;
  return `${p !== 0 && Math.abs(p) < 10 ? p.toPrecision(2) : Math.round(p)}%`;
}
var count = (n) => n.toLocaleString("en-US");
var plural = (n, word, many2 = `${word}s`) => `${count(n)} ${n === 1 ? word : many2}`;
var bits = (stored, elements) => elements > 0 ? `${(8 * stored / elements).toFixed(2)} bits a weight` : "";
var shortId = (id) => id.slice(0, 10);
var day = (iso) => iso.slice(0, 16).replace("T", " ");

// explore/web/src/kinds.js
var words = {
  new: "stored here",
  identical: "same bytes",
  repeated: "repeated",
  delta: "difference",
  rounded: "quantised",
  hinted: "quantised",
  replayed: "quantised",
  scaled: "quantised",
  scales: "quantised",
  cast: "cast",
  merged: "merged",
  adapter: "merged",
  arranged: "rearranged"
};
var kindWord = (kind) => words[kind] ?? words[kind.split(" ")[0]] ?? kind.replace(/^(quantised) .*/, "$1");
function byWord(kinds) {
  const at2 = /* @__PURE__ */ new Map();
  for (const k of kinds) {
    const word = kindWord(k.kind);
    const sum2 = at2.get(word) ?? { word, how: k.how, tensors: 0, whole: 0, stored: 0 };
    for (const field of ["tensors", "whole", "stored"]) sum2[field] += k[field];
    at2.set(word, sum2);
  }
  return [...at2.values()].sort((a, b) => b.whole - a.whole);
}

// explore/web/src/links.js
var askedOf = {
  // what a view asks at first for values of the address
  file: (p) => ["file", { ...p, model: named(p.model) }],
  history: ({ model, rev }) => ["history", { model: named(model), rev, p: 0 }],
  family: ({ model, rev }) => ["family", { model: named(model), rev }],
  layers: (p) => ["layers", p],
  tensor: (p) => ["tensor", p]
};
var named = (model) => kept("models").length > 1 ? model : void 0;
var canGo = (view, values2) => !inReport() || !askedOf[view] || canAsk(...askedOf[view](values2));
var linkTo = (view, values2, text2, props = {}) => canGo(view, values2) ? h("a", { ...props, href: link(view, values2) }, text2) : h("span", props, text2);
var wayTo = (view, values2, text2) => canGo(view, values2) && h("a", { href: link(view, values2) }, text2);

// explore/web/src/text.js
var canvas;
var widths = /* @__PURE__ */ new Map();
function width(text2, font3) {
  const key3 = `${font3}
${text2}`;
  let w = widths.get(key3);
  if (w === void 0) {
    canvas ??= document.createElement("canvas").getContext("2d");
    canvas.font = font3;
    w = canvas.measureText(text2).width;
    if (widths.size > 2e4) widths.clear();
    widths.set(key3, w);
  }
  return w;
}
function middle(text2, n) {
  const all3 = Array.from(text2);
  if (all3.length <= n) return text2;
  const head2 = Math.ceil((n - 1) / 2);
  return all3.slice(0, head2).join("") + "…" + all3.slice(all3.length - (n - 1 - head2)).join("");
}
function fit(text2, font3, pixels) {
  if (width(text2, font3) <= pixels) return text2;
  let low = 1, high = Math.min(Array.from(text2).length, Math.ceil(pixels));
  while (low < high) {
    const n = Math.ceil((low + high) / 2);
    if (width(middle(text2, n), font3) <= pixels) low = n;
    else high = n - 1;
  }
  return middle(text2, low);
}

// explore/web/src/family/table.js
var place = (n) => n.refs.length > 0 ? n.refs.join(", ") : n.path ? n.rev : "";
var fileLink = (n, most) => n.path ? linkTo("file", { model: n.model, rev: n.refs[0] ?? n.rev, path: n.path }, middle(n.path, most), { title: n.path }) : "in no branch or tag";
function table(answer) {
  const { nodes, links } = answer;
  const from = nodes.map(() => []);
  for (const l of links) {
    const kinds = byWord(l.kinds);
    from[l.to].push(
      h(
        "div",
        {},
        `${kinds.map((k) => `${plural(k.tensors, "tensor")} ${k.word}`).join(", ")} ← `,
        fileLink(nodes[l.from], 50),
        ` @ ${nodes[l.from].refs[0] ?? nodes[l.from].rev}`
      )
    );
  }
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ["model", "where"].map((t) => h("th", {}, t)),
        ["tensors", "size", "added", "share"].map((t) => h("th", { class: "number" }, t)),
        h("th", {}, "came from")
      )
    ),
    h(
      "tbody",
      {},
      nodes.map(
        (n, i) => h(
          "tr",
          {},
          h("td", {}, fileLink(n, 60)),
          h("td", {}, place(n)),
          h("td", { class: "number" }, count(n.tensors)),
          h("td", { class: "number" }, bytes(n.size)),
          h("td", { class: "number" }, n.tensors > 0 && !n.cut ? bytes(n.stored) : "–"),
          h("td", { class: "number" }, n.tensors > 0 && !n.cut ? percent(n.stored / n.size) : "–"),
          h("td", {}, from[i])
        )
      )
    )
  );
}

// explore/web/src/notice.js
var waiting = (text2) => h("p", { class: "notice", role: "status" }, text2);
var failed = (text2) => h("p", { class: "notice error", role: "alert" }, text2);
var noCommits = (name = "") => h(
  "div",
  { class: "notice empty" },
  h("p", {}, name ? `${name} has no commits yet.` : "Nothing is committed yet."),
  h(
    "p",
    {},
    "In the folder of the model, ",
    h("code", {}, "dits add ."),
    " and then ",
    h("code", {}, 'dits commit -m "first"'),
    " make the first. Then load this page again."
  )
);

// explore/web/src/pick.js
function choice(label, name, options, chosen, also = {}) {
  return h(
    "label",
    { class: "choice" },
    label,
    " ",
    h(
      "select",
      { onchange: (e) => change({ ...also, [name]: e.target.value }) },
      options.map(([value, text2]) => h("option", { value, selected: value === chosen }, middle(text2, 60)))
    )
  );
}
function modelChoice(models, chosen, { all: all3, also } = {}) {
  if (models.length < 2) return null;
  const options = models.map((m) => [m.name, m.name]);
  if (all3) options.unshift(["", all3]);
  return choice("model", "model", options, chosen, also);
}
function revisionChoice(model, params, also) {
  const names3 = [...model.branches, ...model.tags].map((r) => [r.name, r.name]);
  if (inReport() || names3.length === 0) return null;
  return choice("revision", "rev", [["", "all branches and tags"], ...names3], params.get("rev") ?? "", also);
}
var chosenModel = (models, params) => models.find((m) => m.name === params.get("model")) ?? models[0];
var askedModel = (models, name) => models.length > 1 ? name : void 0;

// explore/web/src/views/family.js
var nameFont = "600 12.5px system-ui, sans-serif";
var noteFont = "11px system-ui, sans-serif";
var barAt = 19;
var barHeight = 8;
var barMost = 110;
var lineMost = 9;
var strength = 0.62;
var family = {
  name: "family",
  title: "Family",
  show(root, params) {
    const stop = new AbortController();
    fill(root, waiting("Looking at what came from what…"));
    let end;
    ask("models", {}, stop).then(async (models) => {
      const about2 = {
        model: params.getAll("model").map((m) => askedModel(models, m)),
        rev: params.get("rev"),
        depth: params.get("depth")
      };
      const answer = await ask("family", about2, stop);
      if (!stop.signal.aborted) end = show(root, models, answer, params);
    }).catch((e) => {
      if (e.name !== "AbortError") fill(root, failed(e.message));
    });
    return () => {
      stop.abort();
      end?.();
      hideTip();
    };
  }
};
function show(root, models, answer, params) {
  if (answer.nodes.length === 0) {
    const choose = modelChoice(models, params.get("model") ?? "", { all: "all", also: { rev: null, open: null, at: null } });
    const head3 = h("div", { class: "view-head" }, h("h1", {}, "Family"), choose);
    fill(root, h("section", { class: "family" }, head3, noModels(models, params)));
    return void 0;
  }
  const head2 = header(models, answer, params);
  if (params.get("table")) {
    fill(root, h("section", { class: "family" }, head2, h("div", { class: "family-table" }, table(answer))));
    return void 0;
  }
  const p = picture(answer, params);
  fill(root, h("section", { class: "family" }, head2, p.element));
  return p.begin();
}
function noModels(models, params) {
  const asked = params.get("model") ? [chosenModel(models, params)] : models;
  if (asked.some((m) => m.branches.length + m.tags.length > 0)) return waiting("No model is in these branches and tags.");
  return noCommits(asked.length === 1 && models.length > 1 ? asked[0].name : "");
}
function header(models, answer, params) {
  const { nodes } = answer;
  const size = sum(nodes, "size"), stored = sum(nodes, "stored");
  const model = params.get("model") && chosenModel(models, params);
  const one = model || models.length === 1;
  return h(
    "div",
    { class: "view-head" },
    h(
      "h1",
      {},
      plural(nodes.length, "model"),
      h(
        "span",
        { class: "note" },
        size > 0 && ` ${bytes(size)} of files; their tensors take ${bytes(stored)}, ${percent(stored / size)}`
      )
    ),
    modelChoice(models, params.get("model") ?? "", { all: "all", also: { rev: null, open: null, at: null } }),
    one && revisionChoice(model || models[0], params, { open: null, at: null }),
    h(
      "button",
      {
        onclick: () => change({ table: params.get("table") ? null : 1 }),
        "aria-pressed": params.get("table") ? "true" : "false"
      },
      "Table"
    ),
    nodes.some((n) => n.cut) && h("button", { onclick: () => change({ depth: 0, at: null }) }, "Look further back"),
    legend([3, 2, 1, 0], [["added", "what it adds to the store"]])
  );
}
function legend(order4 = [3, 2, 1, 0], also = []) {
  return h(
    "ul",
    { class: "hues", "aria-label": "Colours" },
    order4.map((how2) => h("li", {}, h("i", { style: { background: cell(how2, strength) } }), hows[how2].label)),
    also.map(([name, label]) => h("li", {}, h("i", { class: name }), label))
  );
}
var sum = (list, field) => list.reduce((n, x) => n + x[field], 0);
function parts(n) {
  const of = n.fold ? n.fold : [n.node];
  const whole = sum(of, "whole"), same = sum(of, "same"), made = sum(of, "made"), fresh = sum(of, "new");
  const size = sum(of, "size");
  if (whole === 0) return [[0, size]];
  const scale = size / whole;
  return [
    [3, same],
    [2, made],
    [1, Math.max(0, whole - same - made - fresh)],
    [0, fresh]
  ].filter(([, b]) => b > 0).map(([how2, b]) => [how2, b * scale]);
}
function nameOf(n) {
  if (!n.fold) return n.node.path || "in no branch or tag";
  return `+${count(n.fold.length)} more`;
}
function picture(answer, params) {
  const open = new Set(params.getAll("open"));
  const drawn = fold(answer, open);
  const at2 = layout(drawn);
  const biggest = Math.max(...answer.nodes.map((n) => n.size), 1);
  const byKey = new Map(drawn.nodes.map((n) => [n.key, n]));
  const several = new Set(answer.nodes.map((n) => n.model)).size > 1;
  const marks2 = new Map(drawn.nodes.map((n) => [n.key, mark(n, drawn, biggest, several)]));
  const ends3 = /* @__PURE__ */ new Map();
  for (const [key3, { x }] of at2.nodes) ends3.set(x, Math.max(ends3.get(x) ?? 0, marks2.get(key3).end));
  at2.end = (key3) => ends3.get(at2.nodes.get(key3).x);
  const lines2 = drawn.links.map((l) => line(l, at2, drawn, biggest));
  const stage = h(
    "g",
    {},
    h(
      "g",
      { class: "links" },
      lines2.map((l) => l.element)
    ),
    drawn.nodes.map((n) => {
      const { x, y } = at2.nodes.get(n.key);
      const g = marks2.get(n.key).element;
      g.setAttribute("transform", `translate(${x},${y})`);
      return g;
    })
  );
  const said2 = h("p", { class: "unseen", role: "status", "aria-live": "polite" });
  const svg = h(
    "svg",
    {
      class: "picture",
      role: "group",
      "aria-label": "Models, each right of what it came from. Arrow keys follow the links, Enter opens a model."
    },
    stage
  );
  const view = camera(svg, stage, at2, params);
  const element = h(
    "div",
    { class: "stage" },
    svg,
    view.buttons,
    drawn.open.length > 0 && h("button", { class: "refold", onclick: () => change({ open: [], at: null }) }, "Fold siblings again"),
    said2
  );
  const light2 = (key3) => {
    const near = /* @__PURE__ */ new Set([key3]);
    for (const l of lines2) {
      const on2 = key3 !== null && (l.from === key3 || l.to === key3);
      l.element.classList.toggle("on", on2);
      if (on2) near.add(l.from).add(l.to);
    }
    svg.classList.toggle("lit", key3 !== null);
    for (const [k, m] of marks2) m.element.classList.toggle("near", near.has(k));
  };
  for (const [key3, m] of marks2) {
    const n = byKey.get(key3);
    const tell = () => describe(n, drawn, byKey, answer);
    m.element.addEventListener("pointerenter", (e) => {
      light2(key3);
      showTip(e.clientX, e.clientY, tell());
    });
    m.element.addEventListener("pointermove", (e) => showTip(e.clientX, e.clientY, tell()));
    m.element.addEventListener("pointerleave", () => {
      light2(null);
      hideTip();
    });
    m.element.addEventListener("focus", () => {
      light2(key3);
      said2.textContent = tell().join(". ");
      view.reveal(at2.nodes.get(key3));
    });
    m.element.addEventListener("blur", () => light2(null));
    m.element.addEventListener("click", () => view.moved() || enter(n, open));
    m.element.addEventListener("keydown", (e) => {
      if (e.key === "Enter" || e.key === " ") {
        e.preventDefault();
        enter(n, open);
      }
      const next = step(e.key, n, drawn, at2, lines2);
      if (next) {
        e.preventDefault();
        marks2.get(next).element.focus();
      }
    });
  }
  for (const l of lines2) {
    l.element.addEventListener("pointermove", (e) => showTip(e.clientX, e.clientY, l.told()));
    l.element.addEventListener("pointerleave", hideTip);
  }
  return { element, begin: view.begin };
}
function enter(n, open) {
  hideTip();
  if (n.fold) return change({ open: [...open, n.key], at: null });
  if (!n.node.path) return void 0;
  const at2 = { model: n.node.model, rev: n.node.refs[0] ?? n.node.rev, path: n.node.path };
  return canGo("file", at2) && go("file", at2);
}
function step(key3, n, drawn, at2, lines2) {
  const here = at2.nodes.get(n.key);
  const far = (k) => Math.abs(at2.nodes.get(k).y - here.y);
  const nearest = (keys2) => [...keys2].sort((a, b) => far(a) - far(b))[0];
  switch (key3) {
    case "ArrowRight":
      return nearest(lines2.filter((l) => l.from === n.key).map((l) => l.to));
    case "ArrowLeft":
      return n.above ?? nearest(lines2.filter((l) => l.to === n.key).map((l) => l.from));
    case "ArrowUp":
    case "ArrowDown": {
      const side2 = key3 === "ArrowUp" ? -1 : 1;
      return nearest(
        drawn.nodes.map((o) => o.key).filter((k) => Math.abs(at2.nodes.get(k).x - here.x) < 1 && (at2.nodes.get(k).y - here.y) * side2 > 0)
      );
    }
    default:
      return void 0;
  }
}
function how(n, drawn) {
  const main2 = drawn.links.find((l) => l.to === n.key && l.from === n.above);
  const [most] = byWord(drawn.links.filter((l) => l.to === n.key).flatMap((l) => l.kinds));
  const whole = sum(n.fold ?? [n.node], "whole");
  if (!main2 || whole === 0) return "";
  return most.whole > 0.99 * whole ? `, ${most.word}` : `, ${percent(most.whole / whole)} ${most.word}`;
}
function mark(n, drawn, biggest, several) {
  const of = n.fold ?? [n.node];
  const size = sum(of, "size"), stored = sum(of, "stored");
  const scale = barMost / biggest / of.length;
  const refs = n.fold ? "" : place(n.node) + (several && n.above === null ? ` · ${n.node.model}` : "");
  const refRoom = Math.min(width(refs, noteFont), 90);
  const name = fit(nameOf(n), nameFont, box.width - 8 - (refs ? refRoom + 8 : 0));
  const nameWidth = width(name, nameFont);
  const refText = fit(refs, noteFont, box.width - 8 - nameWidth - 8);
  const known2 = n.fold || n.node.tensors > 0;
  const numbers2 = n.node?.cut ? `${bytes(size)}, not looked further back` : known2 ? `${bytes(stored)} of ${bytes(size)}${how(n, drawn)}` : bytes(size);
  let x = 0;
  const bar3 = parts(n).map(([how2, b]) => {
    const r = h("rect", {
      x: x.toFixed(2),
      y: barAt,
      width: Math.max(0.75, b * scale).toFixed(2),
      height: barHeight,
      fill: cell(how2, strength)
    });
    x += b * scale;
    return r;
  });
  const barEnd = Math.max(x, 1);
  const element = h(
    "g",
    {
      class: `node${n.fold ? " fold" : ""}`,
      tabindex: 0,
      role: n.fold ? "button" : "link",
      "aria-label": `${nameOf(n)} ${refs}, ${numbers2}`
    },
    h("rect", { class: "hit", x: -6, y: -4, width: box.width + 8, height: box.height + 8 }),
    h("text", { class: "name", x: 0, y: 12 }, name),
    refs && h("text", { class: "refs", x: nameWidth + 8, y: 12 }, refText),
    bar3,
    known2 && !n.node?.cut && h("rect", {
      class: "stored",
      x: 0,
      y: barAt + barHeight + 1.5,
      width: Math.max(0.75, stored * scale).toFixed(2),
      height: 2.5
    }),
    h("text", { class: "size", x: barEnd + 6, y: barAt + barHeight }, numbers2)
  );
  return {
    element,
    end: Math.max(nameWidth + (refs ? 8 + width(refText, noteFont) : 0), barEnd + 6 + width(numbers2, noteFont)),
    barEnd
  };
}
function line(l, at2, drawn, biggest) {
  const from = at2.nodes.get(l.from), to = at2.nodes.get(l.to);
  const kinds = byWord(l.kinds), whole = sum(kinds, "whole"), stored = sum(kinds, "stored"), tensors2 = sum(kinds, "tensors");
  const middleOfBar = barAt + barHeight / 2;
  const target = drawn.nodes.find((n) => n.key === l.to);
  const main2 = target.above === l.from;
  const leaves = { x: from.x + at2.end(l.from) + 8, y: from.y + middleOfBar };
  const arrives = to.x > leaves.x ? { x: to.x - 3, y: to.y + middleOfBar } : { x: to.x, y: to.y + middleOfBar };
  const d = curve(leaves, arrives, to.x + at2.end(l.to) + 8);
  const wide2 = Math.max(1.25, Math.min(1, whole / (target.fold?.length ?? 1) / biggest) * lineMost);
  const word = kinds[0].word;
  const element = h(
    "g",
    { class: main2 ? "link" : "link also" },
    h("path", { class: "wide", d, "stroke-width": Math.max(12, wide2) }),
    h("path", { class: "line", d, stroke: cell(kinds[0].how, strength), "stroke-width": wide2.toFixed(2) })
  );
  return {
    element,
    from: l.from,
    to: l.to,
    told: () => [
      `${plural(tensors2, "tensor")}, ${word}`,
      `${bytes(stored)} instead of ${bytes(whole)}`,
      ...kinds.length > 1 ? kinds.map((k) => `${plural(k.tensors, "tensor")} ${k.word}: ${bytes(k.stored)} of ${bytes(k.whole)}`) : []
    ]
  };
}
function describe(n, drawn, byKey, answer) {
  const of = n.fold ?? [n.node];
  const size = sum(of, "size"), stored = sum(of, "stored");
  const from = drawn.links.filter((l) => l.to === n.key).slice(0, 6).map((l) => {
    const kinds = byWord(l.kinds);
    const source = byKey.get(l.from);
    const name = source.fold ? nameOf(source) : `${middle(source.node.path || "a file in no branch or tag", 60)} @ ${source.node.refs[0] ?? source.node.rev}`;
    const ways = kinds.map(
      (k) => `${plural(k.tensors, "tensor")} ${k.word}, ${bytes(k.stored)} instead of ${bytes(k.whole)}`
    );
    return `${ways.join("; ")} ← ${name}`;
  });
  if (n.fold) return [nameOf(n), `${bytes(size)} of files take ${bytes(stored)}`, "click: show them all"];
  const x = n.node;
  return [
    middle(x.path || "in no branch or tag", 80),
    [place(x), x.shards > 0 && plural(x.shards, "shard"), x.tensors > 0 && plural(x.tensors, "tensor")].filter(Boolean).join(" · "),
    x.tensors > 0 ? `${bytes(size)}; its tensors added ${bytes(stored)}, ${percent(stored / size)}` : bytes(size),
    ...from
  ];
}

// explore/web/src/file/bar.js
function bar(parts4, what) {
  const whole = parts4.reduce((n, p) => n + p.size, 0) || 1;
  const said2 = parts4.map((p) => `${p.label} ${p.note}`).join("; ");
  return h(
    "div",
    { class: "parts", role: "img", "aria-label": `${what}: ${said2}` },
    parts4.map((p) => {
      const share2 = p.size / whole;
      const el = h(
        "div",
        { class: "part" },
        h("i", { style: { background: p.colour } }),
        h("span", { class: "label" }, p.label),
        h("span", { class: "note" }, p.note)
      );
      el.style.flexGrow = Math.max(share2, 2e-3);
      el.addEventListener("pointermove", (e) => showTip(e.clientX, e.clientY, [p.label, p.note]));
      el.addEventListener("pointerleave", hideTip);
      return el;
    })
  );
}

// explore/web/src/file/grid.js
var rowHeight = 26;
var around = 12;
var Grid = class {
  constructor(columns2, label, onSort) {
    this.columns = columns2;
    this.body = h("div", { class: "body", role: "rowgroup" });
    this.heads = columns2.map(
      (c) => h(
        "div",
        { role: "columnheader", class: c.number ? "number" : "" },
        h("button", { onclick: () => onSort(c.name) }, c.title)
      )
    );
    this.element = h(
      "div",
      { class: "grid", role: "table", "aria-label": label, tabindex: 0 },
      h("div", { class: "line heads", role: "row" }, this.heads),
      this.body
    );
    this.element.style.setProperty("--columns", columns2.map((c) => c.width).join(" "));
    this.element.addEventListener("scroll", () => this.#later());
    this.sized = new ResizeObserver(() => this.#later());
    this.sized.observe(this.element);
  }
  end() {
    this.sized.disconnect();
    cancelAnimationFrame(this.frame);
  }
  /** Shows other rows, sorted by a column. */
  show(rows, sort, down) {
    this.rows = rows;
    this.element.setAttribute("aria-rowcount", rows.length + 1);
    this.columns.forEach(
      (c, i) => this.heads[i].setAttribute("aria-sort", c.name !== sort ? "none" : down ? "descending" : "ascending")
    );
    this.element.scrollTop = 0;
    this.body.style.height = `${rows.length * rowHeight}px`;
    this.from = -1;
    this.#later();
  }
  #later() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.#draw());
  }
  #draw() {
    if (!this.rows) return;
    const from = Math.max(0, Math.floor(this.element.scrollTop / rowHeight) - around);
    const to = Math.min(this.rows.length, from + Math.ceil(this.element.clientHeight / rowHeight) + 2 * around);
    if (from === this.from && to === this.to) return;
    [this.from, this.to] = [from, to];
    fill(
      this.body,
      this.rows.slice(from, to).map((row2, i) => {
        const el = h(
          "div",
          { class: "line", role: "row", "aria-rowindex": from + i + 2 },
          this.columns.map((c) => h("div", { role: "cell", class: c.number ? "number" : "" }, c.cell(row2)))
        );
        el.style.top = `${(from + i) * rowHeight}px`;
        return el;
      })
    );
  }
};

// explore/web/src/views/file.js
var strength2 = 0.62;
var mostValue = 160;
var mostRelatives = 12;
var file = {
  name: "file",
  title: "File",
  about: (params) => middle(params.get("path") ?? "", 60),
  hidden: true,
  show(root, params) {
    const stop = new AbortController();
    let grid;
    fill(root, waiting("Reading the file…"));
    ask("models", {}, stop).then(async (models) => {
      const model = askedModel(models, chosenModel(models, params).name);
      const f = await ask("file", { model, rev: params.get("rev"), path: params.get("path") }, stop);
      if (stop.signal.aborted) return;
      grid = f.tensors.length > 0 ? tensors(f, params) : void 0;
      fill(root, page(f, grid, relatives(f, stop)));
      grid?.sorted();
    }).catch((e) => {
      if (e.name !== "AbortError") fill(root, failed(e.message));
    });
    shown = () => grid;
    return () => {
      stop.abort();
      grid?.end();
      hideTip();
      shown = void 0;
    };
  },
  // Another order or filter of the table.
  keep(params) {
    const grid = shown?.();
    if (!grid || !["model", "rev", "path"].every((n) => params.get(n) === grid.params.get(n))) return false;
    grid.params = params;
    grid.sorted();
    return true;
  }
};
var shown;
function page(f, grid, related) {
  const report = f.report;
  return h(
    "section",
    { class: "file" },
    h(
      "div",
      { class: "view-head" },
      h("h1", { title: f.path }, middle(f.path, 90)),
      h(
        "span",
        {},
        f.refs.length > 0 ? f.refs.slice(0, 8).map((r) => h("b", { class: "ref" }, middle(r, 30))) : h("b", { class: "ref" }, middle(f.rev, 30)),
        f.refs.length > 8 && ` and ${f.refs.length - 8} more`
      ),
      h(
        "span",
        { class: "links" },
        f.tensors.length > 0 && h("a", { href: sharingOf(f) }, "Sharing"),
        f.tensors.length > 0 && wayTo("family", { model: f.model }, "Family"),
        wayTo("history", { model: f.model, rev: inReport() ? void 0 : f.rev }, "History")
      )
    ),
    h("p", { class: "facts" }, facts(f)),
    report && report.problems.map((p) => h("p", { class: "error" }, `${p.path === f.path ? "" : `${p.path}: `}${p.text}`)),
    h(
      "div",
      { class: "columns" },
      h(
        "div",
        { class: "main" },
        f.kept.length > 0 && h("section", {}, h("h2", {}, "How its bytes are kept"), keptBar(f)),
        f.dtypes.length > 0 && h("section", {}, h("h2", {}, "Types of numbers"), typesBar(f), mix(report.mix)),
        f.text !== null && h("section", {}, h("h2", {}, "Text"), h("pre", { class: "text", tabindex: 0 }, f.text)),
        !report && f.text === null && h("p", { class: "note" }, "No model, and no short text: there is nothing to show of it."),
        grid && h(
          "section",
          { class: "tensors" },
          h("h2", {}, plural(f.tensors.length, "tensor"), " ", grid.filter, grid.said),
          grid.element
        )
      ),
      h(
        "aside",
        {},
        related,
        report?.adapter && section("Adapter", adapter(report.adapter)),
        report?.tokenizer && section("Tokenizer", tokenizer(report.tokenizer)),
        report?.metadata?.length > 0 && section("Metadata", metadata(report.metadata))
      )
    )
  );
}
function sharingOf(f) {
  const most = f.tensors.reduce((a, b) => b.size > a.size ? b : a);
  return link("sharing", {
    model: f.model,
    file: f.files[most.shard],
    segment: most.segment < 0 ? void 0 : most.segment
  });
}
var section = (title2, ...children) => h("section", {}, h("h2", {}, title2), ...children);
var big = (n) => n >= 1e9 ? `${(n / 1e9).toPrecision(3)} billion` : n >= 1e6 ? `${(n / 1e6).toPrecision(3)} million` : count(n);
function facts(f) {
  const r = f.report;
  const own = f.kept.reduce((n, k) => n + k.stored, 0);
  return [
    f.format || "no model",
    r?.architecture,
    r?.name && `“${middle(r.name, 40)}”`,
    f.files.length > 1 && plural(f.files.length, "shard"),
    bytes(f.size),
    r && r.parameters > 0 && `${big(r.parameters)} parameters`,
    r?.bits_per_weight !== null && r && `${r.bits_per_weight.toFixed(2)} bits a weight`,
    f.kept.length > 0 ? `adds ${bytes(own)} to the store, ${percent(own / f.size)}` : `takes ${bytes(f.needs)}`,
    f.kept.length > 0 && `needs ${bytes(f.needs)} of it, shared or not`
  ].filter(Boolean).join(" · ");
}
function keptBar(f) {
  return bar(
    f.kept.map((k) => ({
      size: k.bytes,
      colour: cell(k.how, strength2),
      label: hows[k.how].label,
      note: `${bytes(k.bytes)} in ${plural(k.tensors, "tensor")}${k.how === 3 ? "" : `, takes ${bytes(k.stored)}`}`
    })),
    "How its bytes are kept"
  );
}
function typesBar(f) {
  return bar(
    f.dtypes.map((d, i) => ({
      size: d.bytes,
      colour: `color-mix(in srgb, var(--text) ${Math.max(16, 72 - 14 * i)}%, var(--back))`,
      label: d.dtype,
      note: `${bytes(d.bytes)} in ${plural(d.tensors, "tensor")}` + (d.bits_per_weight === null ? "" : `, ${d.bits_per_weight.toFixed(2)} bits a weight`)
    })),
    "Types of numbers"
  );
}
var runs = (layers3) => layers3.length === 0 ? "–" : layers3.map(([a, b]) => a === b ? `${a}` : `${a}–${b}`).join(", ");
function mix(list) {
  if (list.length < 2) return null;
  return h(
    "details",
    {},
    h("summary", {}, "Which modules have which"),
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", {}, "layers"),
          h("th", {}, "type"),
          h("th", { class: "number" }, "bytes"),
          h("th", {}, "modules")
        )
      ),
      h(
        "tbody",
        {},
        list.slice(0, 200).map(
          (m) => h(
            "tr",
            {},
            h("td", {}, `${m.stack} ${runs(m.layers)}`.trim()),
            h("td", {}, m.dtype, m.scales && " scales"),
            h("td", { class: "number" }, bytes(m.bytes)),
            h("td", {}, middle(m.modules.join(", "), 120))
          )
        )
      )
    )
  );
}
function adapter(a) {
  return h(
    "p",
    {},
    `rank ${a.ranks.length > 3 ? `${a.ranks[0]}–${a.ranks.at(-1)}` : a.ranks.join(", ")}`,
    a.alpha !== null && `, alpha ${a.alpha}`,
    a.rslora && ", rsLoRA",
    a.dora && ", DoRA",
    `, changes ${plural(a.changes, "matrix", "matrices")}: ${middle(a.targets.join(", "), 200)}`,
    a.base && `; for ${middle(a.base, 80)}`
  );
}
function tokenizer(t) {
  return h(
    "p",
    {},
    [
      t.model || "in the folder",
      t.pre && `(${t.pre})`,
      t.tokens > 0 && `${count(t.tokens)} tokens`,
      t.chat_template ? `chat template in ${t.chat_template}` : "no chat template"
    ].filter(Boolean).join(", ")
  );
}
function metadata(pairs) {
  return h(
    "dl",
    {},
    pairs.slice(0, 500).flatMap(({ key: key3, value }) => {
      const text2 = typeof value === "string" ? value : JSON.stringify(value);
      const dd = h("dd", {}, text2.length <= mostValue ? text2 : `${text2.slice(0, mostValue)}… `);
      if (text2.length > mostValue)
        dd.append(
          h(
            "button",
            {
              class: "all",
              onclick: () => {
                fill(dd, text2);
              }
            },
            `show all, ${count(text2.length)} characters`
          )
        );
      return [h("dt", {}, middle(key3, 80)), dd];
    }),
    pairs.length > 500 && h("dd", { class: "note" }, `and ${count(pairs.length - 500)} more`)
  );
}
function relatives(f, stop) {
  const box3 = h("div", { class: "relatives" });
  const about2 = canAsk("family", {}) ? {} : { model: f.model };
  if (f.tensors.length === 0 && f.format === "" && !f.path.includes("imatrix")) return box3;
  ask("family", about2, stop).then((family3) => {
    const here = new Set(
      family3.nodes.flatMap((n, i) => n.model === f.model && f.files.includes(n.file) ? [i] : [])
    );
    const list = (title2, links, end, toLayers) => links.length > 0 && section(
      title2,
      h(
        "ul",
        {},
        links.slice(0, mostRelatives).map((l) => relative(f, family3.nodes[l[end]], l, toLayers))
      ),
      links.length > mostRelatives && h(
        "p",
        { class: "note" },
        `and ${count(links.length - mostRelatives)} more: `,
        wayTo("family", { model: f.model }, "the family")
      )
    );
    fill(
      box3,
      list(
        "Came from",
        family3.links.filter((l) => here.has(l.to) && !here.has(l.from)),
        "from",
        true
      ),
      list(
        "Made of it",
        family3.links.filter((l) => here.has(l.from) && !here.has(l.to)),
        "to",
        false
      )
    );
  }).catch((e) => {
    if (e.name !== "AbortError") fill(box3, h("p", { class: "note" }, e.message));
  });
  return box3;
}
function relative(f, n, l, toLayers) {
  const kinds = byWord(l.kinds);
  const rev = n.refs[0] ?? n.rev;
  const layers3 = toLayers && n.path && n.format === f.format && kinds.some((k) => k.how === 1 || n.path === f.path) && wayTo("layers", {
    model: f.model,
    from: rev,
    to: f.rev,
    ...n.path === f.path ? { path: f.path } : { from_path: n.path, to_path: f.path }
  }, "which layers changed");
  return h(
    "li",
    {},
    h("i", { class: "hue", style: { background: cell(kinds[0].how, strength2) } }),
    h(
      "div",
      {},
      n.path ? linkTo("file", { model: n.model, rev, path: n.path }, middle(n.path, 44), { title: n.path }) : "a file in no branch or tag",
      h("span", { class: "note" }, ` ${middle(rev, 36)}`),
      kinds.map(
        (k) => h(
          "div",
          { class: "note" },
          `${plural(k.tensors, "tensor")}, ${k.word}: ${bytes(k.stored)} instead of ${bytes(k.whole)}`
        )
      ),
      layers3 && h("div", {}, layers3)
    )
  );
}
function ends(name) {
  const text2 = middle(name, 300), cut2 = Math.max(0, text2.length - 24);
  return h("span", { class: "both-ends" }, h("span", {}, text2.slice(0, cut2)), h("span", {}, text2.slice(cut2)));
}
function tensors(f, params) {
  const all3 = f.tensors.map((t, i) => ({ ...t, at: i }));
  const most = Math.max(1, ...all3.map((t) => t.size));
  const lineOf = (t) => {
    const g = h("span", { class: "sizes" }, h("i", { style: { background: cell(t.how, strength2) } }));
    g.firstChild.style.width = `${100 * t.size / most}%`;
    return g;
  };
  const from = (t) => {
    const s = f.sources[t.source];
    if (!s) return "";
    return [s.path !== f.path && (s.path || "no branch or tag"), s.rev !== f.rev && `@ ${s.rev}`].filter(Boolean).join(" ");
  };
  const columns2 = [
    {
      name: "name",
      title: "name",
      width: "minmax(220px, 4.5fr)",
      value: (t) => t.name,
      cell: (t) => h(
        "a",
        {
          title: t.name,
          href: link("sharing", {
            model: f.model,
            file: f.files[t.shard],
            segment: t.segment < 0 ? void 0 : t.segment
          })
        },
        ends(t.name)
      )
    },
    { name: "type", title: "type", width: "5.5em", value: (t) => t.type, cell: (t) => t.type },
    {
      name: "shape",
      title: "shape",
      width: "minmax(90px, 1fr)",
      number: true,
      value: (t) => t.shape.reduce((n, x) => n * x, 1),
      cell: (t) => t.shape.join(" × ")
    },
    { name: "size", title: "size", width: "5.5em", number: true, value: (t) => t.size, cell: (t) => bytes(t.size) },
    { name: "bar", title: "", width: "90px", value: (t) => t.size, cell: lineOf },
    {
      name: "stored",
      title: "takes",
      width: "5.5em",
      number: true,
      value: (t) => t.stored,
      cell: (t) => t.how === 3 ? "–" : bytes(t.stored)
    },
    {
      name: "how",
      title: "how",
      width: "minmax(90px, .8fr)",
      value: (t) => kindWord(t.kind),
      cell: (t) => h("span", { title: t.kind }, kindWord(t.kind))
    },
    {
      name: "from",
      title: "from",
      width: "minmax(90px, 1.1fr)",
      value: from,
      cell: (t) => h("span", { title: from(t) }, middle(from(t).split("/").pop(), 40))
    }
  ];
  const grid = new Grid(columns2, "Tensors", (name) => {
    const down = grid.params.get("sort") === name ? grid.params.get("down") !== "1" : columns2.find((c) => c.name === name).number;
    change({ sort: name, down: down ? 1 : null }, { replace: true });
    grid.params = state().params;
    grid.sorted();
  });
  grid.params = params;
  grid.filter = h("input", {
    type: "search",
    placeholder: "filter by name",
    "aria-label": "Filter tensors by name",
    value: params.get("q") ?? ""
  });
  grid.said = h("span", { class: "note", "aria-live": "polite" });
  grid.filter.addEventListener("input", () => {
    change({ q: grid.filter.value }, { replace: true });
    grid.params = state().params;
    grid.sorted();
  });
  grid.sorted = () => {
    const words2 = (grid.params.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const column = columns2.find((c) => c.name === grid.params.get("sort")), down = grid.params.get("down") === "1";
    const rows = all3.filter((t) => words2.every((w) => t.name.toLowerCase().includes(w)));
    if (column) {
      const side2 = down ? -1 : 1;
      rows.sort((a, b) => {
        const [x, y] = [column.value(a), column.value(b)];
        return side2 * (typeof x === "string" ? x.localeCompare(y, "en", { numeric: true }) : x - y) || a.at - b.at;
      });
    }
    fill(grid.said, words2.length > 0 ? ` ${count(rows.length)} match` : "");
    grid.show(rows, column?.name, down);
  };
  return grid;
}

// explore/web/src/history/lanes.js
var Lanes = class {
  #waits = [];
  // the commit that each lane waits for; null: the lane is free
  /**
   * Rows are {lane, lines}: the lane of the commit, and lines to the next row as [from, to] lanes. So many lanes as
   * `width` says were needed.
   */
  add(commits) {
    return commits.map((c) => this.#row(c));
  }
  #row({ id, parents }) {
    const waits = this.#waits;
    let lane = waits.indexOf(id);
    if (lane < 0) lane = this.#free();
    waits[lane] = null;
    const lines2 = [];
    waits.forEach((w, i) => {
      if (w !== null) lines2.push([i, i]);
    });
    parents.forEach((p, i) => {
      let to = waits.indexOf(p);
      if (to < 0) {
        to = i === 0 ? lane : this.#free(lane);
        waits[to] = p;
      }
      lines2.push([lane, to]);
    });
    while (waits.length > 0 && waits.at(-1) === null) waits.pop();
    return { lane, lines: lines2, width: Math.max(lane, ...lines2.flat()) + 1 };
  }
  /** A lane that is free, but not that one. */
  #free(not = -1) {
    let i = this.#waits.findIndex((w, at2) => w === null && at2 !== not);
    if (i < 0) {
      i = Math.max(this.#waits.length, not + 1);
      while (this.#waits.length <= i) this.#waits.push(null);
    }
    return i;
  }
};

// explore/web/src/views/history.js
var rowHeight2 = 34;
var laneWidth = 14;
var mostLanes = 12;
var history2 = {
  name: "history",
  title: "History",
  show(root, params) {
    const view = new View(root, params);
    shown2 = view;
    return () => {
      shown2 = void 0;
      view.end();
    };
  },
  // Another commit is chosen: the list stays where it is.
  keep(params) {
    return shown2?.keep(params) ?? false;
  }
};
var shown2;
var View = class {
  constructor(root, params) {
    this.root = root;
    this.params = params;
    this.stop = new AbortController();
    this.lanes = new Lanes();
    this.page = 0;
    this.most = 1;
    this.last = null;
    fill(root, waiting("Reading the history…"));
    this.begin().catch((e) => this.failed(e));
  }
  end() {
    this.stop.abort();
    this.sentinel?.disconnect();
  }
  failed(e) {
    if (e.name !== "AbortError") fill(this.root, failed(e.message));
  }
  about(more) {
    return { model: askedModel(this.models, this.model.name), ...more };
  }
  async begin() {
    const models = this.models = await ask("models", {}, this.stop);
    if (this.stop.signal.aborted) return;
    this.model = chosenModel(models, this.params);
    this.list = h("div", { class: "commits", role: "list", "aria-label": "Commits, the newest first" });
    this.aside = h("aside", { class: "commit", "aria-live": "polite" });
    this.foot = h("div", { class: "note foot" });
    this.title = h("h1", {});
    fill(
      this.root,
      h(
        "section",
        { class: "history" },
        h(
          "div",
          { class: "view-head" },
          this.title,
          modelChoice(models, this.model.name, { also: { rev: null, p: null, at: null } }),
          revisionChoice(this.model, this.params, { p: null, at: null })
        ),
        h("div", { class: "both" }, h("div", { class: "scroll" }, this.list, this.foot), this.aside)
      )
    );
    this.list.addEventListener("keydown", (e) => this.key(e));
    const upTo = Number(this.params.get("p")) || 0;
    do
      await this.more();
    while (this.page <= upTo && this.page < this.pages);
    if (upTo > 0) this.list.children[Math.min(upTo, this.list.children.length - 1)].scrollIntoView();
    if (this.stop.signal.aborted) return;
    this.choose(this.params.get("at"));
    this.sentinel = new IntersectionObserver(
      (seen) => {
        if (seen.some((s) => s.isIntersecting)) this.more().catch((e) => this.failed(e));
      },
      { rootMargin: "800px" }
    );
    this.sentinel.observe(this.foot);
  }
  /** Loads the next page. */
  async more() {
    if (this.loading || this.pages !== void 0 && this.page >= this.pages) return;
    this.loading = true;
    const answer = await ask("history", this.about({ rev: this.params.get("rev"), p: this.page }), this.stop);
    this.pages = answer.pages;
    this.page++;
    this.loading = false;
    fill(
      this.title,
      plural(answer.total, "commit"),
      h(
        "span",
        { class: "note" },
        this.params.get("rev") ? ` of ${middle(this.params.get("rev"), 40)}` : ` of ${plural(this.model.branches.length, "branch", "branches")}, ${plural(this.model.tags.length, "tag")}`
      )
    );
    if (answer.total === 0) {
      fill(this.list.closest(".both"), noCommits(this.models.length > 1 ? this.model.name : ""));
      return;
    }
    const rows = this.lanes.add(answer.commits);
    this.scale(answer.commits);
    this.list.append(this.pageOf(answer.commits, rows));
    this.last = rows.at(-1) ?? this.last;
    fill(this.foot, this.page < this.pages ? "more…" : "");
    this.mark();
    if (this.page < this.pages && this.foot.getBoundingClientRect().top < innerHeight) await this.more();
  }
  /** Bars are as long as a commit cost, of the dearest one that was loaded. */
  scale(commits) {
    this.most = Math.max(this.most, ...commits.map((c) => c.stored));
    this.list.style.setProperty("--most", this.most);
  }
  pageOf(commits, rows) {
    const lanes = Math.min(mostLanes, Math.max(1, ...rows.map((r) => r.width), this.last?.width ?? 1));
    const graph = h(
      "svg",
      { class: "graph", width: lanes * laneWidth + 8, height: rows.length * rowHeight2, "aria-hidden": "true" },
      this.last && lines(this.last, -1),
      rows.flatMap(lines),
      rows.map(
        (r, i) => h("circle", { cx: laneX(r.lane), cy: rowY(i), r: 4, class: commits[i].parents.length > 1 ? "merge" : "plain" })
      )
    );
    const el = h(
      "div",
      { class: "page" },
      graph,
      h(
        "div",
        { class: "rows" },
        commits.map((c) => this.row(c))
      )
    );
    el.style.setProperty("--graph", `${graph.getAttribute("width")}px`);
    el.style.containIntrinsicSize = `auto ${rows.length * rowHeight2}px`;
    return el;
  }
  row(c) {
    const bar3 = h("i", { class: "cost", hidden: c.stored === 0 });
    bar3.style.setProperty("--stored", c.stored);
    return h(
      "a",
      { class: "row", role: "listitem", dataset: { id: c.id }, href: this.linkOf(c.id) },
      h(
        "span",
        { class: "what" },
        c.refs.map((r) => h("b", { class: "ref" }, middle(r, 28))),
        h("span", { class: "subject", title: c.subject }, c.subject || "(no message)")
      ),
      h("span", { class: "who" }, nameOf2(c.author)),
      h("time", { datetime: c.time }, day(c.time)),
      h("span", { class: "changed" }, plural(c.files, "file")),
      h("span", { class: "bar" }, bar3, bytes(c.stored))
    );
  }
  linkOf(id) {
    return link("history", { ...Object.fromEntries(this.params), at: id });
  }
  key(e) {
    const step3 = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step3) {
      const all3 = [...this.list.querySelectorAll(".row")];
      all3[all3.indexOf(document.activeElement) + step3]?.focus();
      e.preventDefault();
    }
    if (e.key === "Escape") change({ at: null });
  }
  keep(params) {
    const same = ["model", "rev", "p"].every((name) => params.get(name) === this.params.get(name));
    if (same && this.list) {
      this.params = params;
      this.choose(params.get("at"));
    }
    return same && this.list !== void 0;
  }
  mark() {
    for (const el of this.list.querySelectorAll("[aria-current]")) el.removeAttribute("aria-current");
    if (this.chosen)
      this.list.querySelector(`[data-id="${CSS.escape(this.chosen)}"]`)?.setAttribute("aria-current", "true");
  }
  /** Shows a commit beside the list, the first one unless another is named. */
  choose(id) {
    this.chosen = id ?? this.list.querySelector(".row")?.dataset.id;
    this.mark();
    if (!this.chosen) return;
    ask("commit", this.about({ rev: this.chosen }), this.stop).then((c) => fill(this.aside, detail(c, this.model.name))).catch((e) => {
      if (e.name !== "AbortError") fill(this.aside, failed(e.message));
    });
  }
};
var laneX = (lane) => Math.min(lane, mostLanes - 1) * laneWidth + 10;
var rowY = (i) => (i + 0.5) * rowHeight2;
function lines(row2, i) {
  return row2.lines.map(([from, to]) => {
    const x = laneX(from), end = laneX(to), y = rowY(i), bottom = rowY(i + 1);
    const d = x === end ? `M${x},${y}V${bottom}` : `M${x},${y}C${x},${y + rowHeight2 * 0.7} ${end},${bottom - rowHeight2 * 0.7} ${end},${bottom}`;
    return h("path", { d, class: from === 0 && to === 0 ? "trunk" : "" });
  });
}
var nameOf2 = (author) => author.replace(/\s*<[^>]*>\s*$/, "");
var signs = { added: "+", deleted: "−", modified: "±" };
function detail(c, model) {
  const [subject, ...rest] = c.message.trimEnd().split("\n");
  const body = rest.join("\n").trim();
  const parent = c.parents[0];
  return [
    h("h2", { title: subject }, middle(subject || "(no message)", 240)),
    body && h("p", { class: "body" }, body),
    h("p", { class: "note" }, nameOf2(c.author), ", ", day(c.time), " UTC"),
    h(
      "p",
      { class: "note" },
      h("code", {}, shortId(c.id)),
      c.refs.map((r) => [" ", h("b", { class: "ref" }, middle(r, 40))]).flat()
    ),
    h(
      "p",
      { class: "cost-line" },
      h("strong", {}, bytes(c.stored)),
      " added to the store by ",
      plural(c.files, "file"),
      c.tensors > 0 && `, ${plural(c.tensors, "tensor")} changed`
    ),
    h(
      "p",
      { class: "links" },
      parent && wayTo("layers", { model, from: parent, to: c.id }, "Compare with parent"),
      wayTo("family", { model, rev: c.id }, "Its family")
    ),
    h(
      "ul",
      { class: "files" },
      c.changes.map((f) => change1(f, c, model))
    ),
    c.left > 0 && h("p", { class: "note" }, `and ${count(c.left)} more`)
  ].flat().filter(Boolean);
}
function change1(f, c, model) {
  const gone = f.status === "deleted";
  const sizes2 = gone ? `${bytes(f.before)} removed` : f.before && f.before !== f.size ? `${bytes(f.before)} → ${bytes(f.size)}` : bytes(f.size);
  const name = middle(f.path, 60);
  return h(
    "li",
    {},
    h("span", { class: `sign ${f.status}`, title: f.status }, signs[f.status] ?? "±"),
    h(
      "div",
      {},
      gone ? name : linkTo("file", { model, rev: inReport() && c.refs[0] || c.id, path: f.path }, name, { title: f.path }),
      h("span", { class: "note" }, ` ${sizes2}`),
      f.sources.slice(0, 3).map(
        (s) => h(
          "div",
          { class: "note" },
          `← ${middle(s.path || "a file in no branch or tag", 40)}${s.rev ? ` @ ${s.rev}` : ""}: `,
          byWord(s.kinds).map((k) => `${count(k.tensors)} ${k.word}`).join(", ")
        )
      )
    )
  );
}

// explore/web/src/layers/figures.js
function relative2(x) {
  if (x === null || x === void 0 || !Number.isFinite(x)) return "≠";
  const p = 100 * x;
  if (p === 0) return "0%";
  if (p < 95e-5) return "<0.001%";
  if (p >= 99.5) return `${Math.round(p).toLocaleString("en-US")}%`;
  const rounded = Number(p.toPrecision(2));
  return `${rounded.toFixed(Math.max(0, 1 - Math.floor(Math.log10(rounded))))}%`;
}
function share(part3, whole) {
  if (!(whole > 0) || part3 === 0) return "0%";
  if (part3 === whole) return "100%";
  const text2 = relative2(part3 / whole);
  return text2 === "100%" ? ">99%" : text2;
}
function figure(x, digits2 = 3) {
  if (x === null || x === void 0 || !Number.isFinite(x)) return "–";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e6 || size < 1e-4)
    return Number(x.toPrecision(digits2)).toExponential().replace("e+", "e").replaceAll("-", "−");
  if (size >= 1e3) return Math.round(x).toLocaleString("en-US").replace("-", "−");
  return String(Number(x.toPrecision(digits2))).replace("-", "−");
}
var shape = (dims) => dims.length ? dims.join("×") : "one number";
var middle2 = (text2, most = 60) => text2.length <= most ? text2 : `${text2.slice(0, Math.ceil(most / 2) - 1)}…${text2.slice(text2.length - Math.floor(most / 2) + 1)}`;

// explore/web/src/layers/choose.js
var option = (value, label, chosen) => h("option", { value, selected: value === chosen }, label);
function choice2(label, groups3, chosen, pick) {
  const known2 = groups3.some(([, list]) => list.some(([value]) => value === chosen));
  const select = h(
    "select",
    { "aria-label": label, onchange: (e) => pick(e.target.value) },
    known2 || !chosen ? null : option(chosen, middle2(chosen, 40), chosen),
    groups3.flatMap(([name, list]) => {
      const options = list.map(([v, text2]) => option(v, middle2(text2, 50), chosen));
      return name ? h("optgroup", { label: name }, options) : options;
    })
  );
  select.value = chosen ?? "";
  return select;
}
var revisions = (model) => [
  ["Branches", model.branches.map((b) => [b.name, b.name])],
  ...model.tags.length ? [["Tags", model.tags.map((t) => [t.name, t.name])]] : []
];
var about = (model, p) => ({
  model,
  from: p.from,
  to: p.to,
  from_path: p.from_path,
  to_path: p.to_path,
  path: p.from_path ? void 0 : p.path
});
var headings = { trained: "Trained further", converted: "Converted" };
function suggestions(model, pairs, isShown) {
  return Object.entries(headings).map(([why, heading2]) => {
    const some2 = pairs.filter((p) => p.why === why);
    const alike = (p) => some2.filter((q2) => q2.from === p.from && q2.to === p.to).length;
    return some2.length ? [
      h("h2", {}, heading2),
      h(
        "ul",
        {},
        some2.map((p) => suggestion(model, p, isShown(p), alike(p) > 1))
      )
    ] : [];
  }).flat();
}
function together(from, to) {
  const at2 = from.lastIndexOf("/") + 1;
  const folder = to.startsWith(from.slice(0, at2)) && !to.slice(at2).includes("/") ? from.slice(0, at2) : "";
  const end = /\.[a-z]+$/.exec(from)?.[0] ?? "";
  const ending = end && to.endsWith(end) ? end.length : 0;
  const short2 = (path) => path.slice(folder.length, path.length - ending);
  return { name: `${short2(from)} → ${short2(to)}`, folder: folder.slice(0, -1) };
}
function wordsOf(p, byFile) {
  const revs = `${p.from} → ${p.to}`;
  if (p.from_path && p.from === p.to) {
    const { name, folder } = together(p.from_path, p.to_path);
    return [name, `${folder ? `${folder}, ` : ""}in ${p.from}`];
  }
  const files2 = p.from_path ? `${p.from_path} → ${p.to_path}` : p.path;
  return byFile ? [files2, revs] : [revs, files2];
}
function suggestion(model, p, shown5, byFile) {
  const [name, where] = wordsOf(p, byFile);
  const title2 = `${p.from} → ${p.to}: ${p.from_path ? `${p.from_path} → ${p.to_path}` : p.path}`;
  return h(
    "li",
    {},
    h(
      "a",
      { href: link("layers", about(model, p)), "aria-current": shown5 ? "true" : void 0, title: title2 },
      h("span", { class: "pair" }, middle2(name, 50)),
      h("span", { class: "what" }, `${middle2(where, 38)} · ${count(p.changed)} of ${plural(p.tensors, "tensor")}`)
    )
  );
}

// explore/web/src/layers/focus.js
function keepFocus(root, draw2) {
  const had = document.activeElement;
  const key3 = root.contains(had) ? keyOf(had) : void 0;
  draw2();
  if (key3 === void 0 || document.activeElement === had && had.isConnected) return;
  [...root.querySelectorAll("button, select, canvas, a")].find((el) => keyOf(el) === key3)?.focus({ preventScroll: true });
}
var keyOf = (el) => `${el.tagName} ${el.dataset.key ?? el.getAttribute("aria-label") ?? el.textContent}`;

// explore/web/src/layers/grids.js
var metrics = {
  rel: { name: "rel", label: "relative change", of: (c) => c.rel_l2, most: Infinity },
  share: { name: "share", label: "changed weights", of: (c) => c.elements ? c.changed / c.elements : 0, most: 1 }
};
var isOneSided = (status) => status === "added" || status === "removed";
function gridsOf(cells2) {
  const stacks = /* @__PURE__ */ new Map();
  for (const c of cells2) {
    const name = c.layer === null ? null : c.stack;
    if (!stacks.has(name)) stacks.set(name, []);
    stacks.get(name).push(c);
  }
  const inside = [...stacks].filter(([name]) => name !== null).map(([name, list]) => gridOf(name || "Layers", list));
  const outside = stacks.has(null) ? [gridOf("Outside of layers", stacks.get(null), true)] : [];
  return [...inside, ...outside];
}
function gridOf(title2, list, plain3 = false) {
  const layers3 = [...new Set(list.map((c) => c.layer))].sort((a, b) => a - b);
  const columns2 = columnsOf(list, plain3);
  const at2 = new Map(columns2.map((c, i) => [c.module, i]));
  const cells2 = /* @__PURE__ */ new Map();
  for (const c of list) put(cells2, `${layers3.indexOf(c.layer)} ${at2.get(c.module)}`, c);
  return {
    title: title2,
    rows: layers3.map((l) => l === null ? "" : String(l)),
    columns: columns2,
    cells: cells2,
    plain: plain3,
    still: list.every((c) => c.changed === 0)
  };
}
function put(cells2, key3, c) {
  const there = cells2.get(key3);
  if (!there) cells2.set(key3, { ...c, also: [] });
  else if (isOneSided(there.status)) cells2.set(key3, { ...c, also: [...there.also, there] });
  else there.also.push(c);
}
function columnsOf(list, plain3) {
  const modules = [...new Set(list.map((c) => c.module))];
  const columns2 = modules.map((module) => ({ module, group: groupOf(module), label: labelOf(module) }));
  const rank = (c) => c.group ? groups.findIndex(([name]) => name === c.group) : groups.length;
  return plain3 ? columns2 : columns2.sort((a, b) => rank(a) - rank(b));
}
var groups = [
  ["attention", /^(q|k|v|o|qkv)_proj$|^qkv$|attn|^[qk]v?_[ab]_proj|^kv_|sinks|^relative_attention/],
  ["cross attention", /^cross\./],
  ["state space", /^ssm\./],
  ["feed forward", /^(gate|up|down|fc\d|gate_up)$|mlp|ffn/],
  ["experts", /^experts\.|^router$/],
  ["shared expert", /^shared\./],
  ["norms", /norms?$/]
];
var groupOf = (module) => groups.find(([, pattern]) => pattern.test(module))?.[0] ?? "";
var labelOf = (module) => middle2(module.replace(/^(experts|shared|cross|ssm)\./, "").replace(/_proj$/, "") || module, 20);
var isExperts = (module) => /^experts\./.test(module);
var expertOf = (name) => Number(/\.experts\.(\d+)\./.exec(name)?.[1] ?? -1);
function expertsOf(grid, module, tensors2) {
  const column = grid.columns.findIndex((c) => c.module === module);
  const rows = [];
  const cells2 = /* @__PURE__ */ new Map();
  let most = -1;
  grid.rows.forEach((label, r) => {
    const cell2 = grid.cells.get(`${r} ${column}`);
    if (!cell2 || cell2.tensors.length < 2) return;
    for (const i of cell2.tensors) {
      const expert = expertOf(tensors2[i].name);
      if (expert < 0) continue;
      most = Math.max(most, expert);
      cells2.set(`${rows.length} ${expert}`, {
        ...tensors2[i],
        layer: Number(label),
        module,
        stack: cell2.stack,
        tensors: [i],
        also: [],
        expert
      });
    }
    rows.push(label);
  });
  if (most < 1) return void 0;
  const columns2 = Array.from({ length: most + 1 }, (_, i) => ({ module: String(i), label: String(i), group: "" }));
  return { title: `${module}, by expert`, rows, columns: columns2, cells: cells2, numbered: true, module };
}

// explore/web/src/layers/ramp.js
var light = ["#fdf1d3", "#fddb98", "#fcb761", "#f48849", "#dd5746", "#b23360", "#7a1f6d", "#431158"];
var bright = ["#37224f", "#5c1f6b", "#8a2867", "#b93d57", "#e05c3b", "#f58a1f", "#f9be3c", "#fbf3a0"];
var parts2 = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
function rgb(strength4) {
  const stops = dark() ? bright : light;
  const at2 = Math.max(0, Math.min(1, strength4)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at2));
  const from = parts2(stops[i]);
  const to = parts2(stops[i + 1]);
  return from.map((v, k) => Math.round(v + (to[k] - v) * (at2 - i)));
}
var css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
var linear = (byte) => byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4;
function ink(colour) {
  const [r, g, b] = colour.map(linear);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.1791 ? "#000000" : "#ffffff";
}
var plain = () => ({
  text: themed("--text"),
  faint: themed("--faint"),
  line: themed("--line"),
  back: themed("--back"),
  panel: themed("--panel")
});

// explore/web/src/layers/layout.js
var gap = 10;
var lead = 44;
var beside = 36;
var narrow = 46;
var beyond = 110;
var lowest = 8;
var leastHeight = 14;
var leastWidth = 34;
function layoutOf(grid, { width: width2, height, several, measure }) {
  const { rows, columns: columns2 } = grid;
  const widest = Math.max(132, width2 * 0.085);
  const tallest = Math.max(46, height * 0.07);
  const breaks = columns2.map((c, i) => !grid.plain && i > 0 && c.group !== columns2[i - 1].group ? gap : 0);
  const spare = breaks.reduce((a, b) => a + b, 0);
  const left = rows.length === 1 && rows[0] === "" ? 0 : lead;
  const likelyDense = height / rows.length < leastHeight || (width2 - left) / columns2.length < leastWidth;
  const half = (width2 - beside) / 2 - left - spare - 14;
  const room2 = several && half / columns2.length >= narrow ? half : Math.max(60, width2 - left - spare - 4 - (likelyDense ? beyond : 0));
  const longest = Math.max(0, ...columns2.map((c) => measure(c.label)));
  const fitting = (space2) => Math.max(3, Math.min(widest, Math.floor(space2 / columns2.length)));
  const turned = !grid.numbered && longest > fitting(room2) - 6;
  const over = turned ? Math.min(100, longest * 0.75) : 0;
  const w = fitting(room2 - over);
  const h2 = Math.round(
    Math.max(
      4,
      Math.min(grid.still && !grid.plain ? lowest : several ? tallest / 2 : tallest, w * 1.2, height / rows.length)
    )
  );
  const grouped = !grid.plain && columns2.some((c) => c.group);
  const top = (grouped ? 20 : 0) + (turned ? Math.min(120, longest * 0.75 + 14) : 20);
  const xs = [];
  let x = left;
  for (const b of breaks) {
    xs.push(x += b);
    x += w;
  }
  const space = w > 16 && h2 > 10 ? 2 : w > 6 && h2 > 6 ? 1 : 0;
  const dense = !grid.still && (h2 - space < leastHeight || w - space < leastWidth);
  return {
    left,
    top,
    w,
    h: h2,
    xs,
    turned,
    grouped,
    space,
    dense,
    right: x,
    width: x + Math.max(4 + over, dense ? beyond : 0),
    height: top + rows.length * h2 + 4
  };
}
function cellAt(l, grid, x, y) {
  const row2 = Math.floor((y - l.top) / l.h);
  const column = l.xs.findIndex((left) => x >= left && x < left + l.w);
  return row2 >= 0 && row2 < grid.rows.length && column >= 0 ? [row2, column] : void 0;
}

// explore/web/src/layers/paint.js
var font = (size, weight = 400) => `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif`;
function lookOf(cell2, metric, scale) {
  if (cell2.status === "added") return { mark: "+" };
  if (cell2.status === "removed") return { mark: "−" };
  if (cell2.changed === 0) return { same: true };
  const value = metric.of(cell2);
  if (value === null || !Number.isFinite(value)) return { mark: cell2.status === "reshaped" ? "◥" : "≠" };
  const text2 = metric.name === "share" ? share(cell2.changed, cell2.elements) : relative2(value);
  return { fill: rgb(scale.of(value)), text: text2, corner: cell2.status === "reshaped" || cell2.also.length > 0 };
}
function paint(g, l, grid, { metric, scale, colours: p, working, best }) {
  g.clearRect(0, 0, l.width, l.height);
  labels(g, l, grid, p);
  for (const [key3, cell2] of grid.cells) {
    const [row2, column] = key3.split(" ").map(Number);
    const box3 = boxOf(l, row2, column);
    if (working && cell2.changed > 0) unknown(g, box3, p);
    else drawCell(g, box3, lookOf(cell2, metric, scale), p);
  }
  if (best && !working && l.dense) point(g, l, grid, best, metric, scale, p);
}
function point(g, l, grid, best, metric, scale, p) {
  const box3 = boxOf(l, ...best);
  mark2(g, box3, p.text, 1.5);
  g.font = font(12, 600);
  g.textAlign = "left";
  g.textBaseline = "middle";
  g.fillStyle = p.text;
  const { text: text2 } = lookOf(grid.cells.get(best.join(" ")), metric, scale);
  g.fillText(`◂ ${grid.columns[best[1]].label} ${text2}`, l.right + 6, box3.y + box3.h / 2);
}
function boxOf(l, row2, column) {
  return { x: l.xs[column] + l.space / 2, y: l.top + row2 * l.h + l.space / 2, w: l.w - l.space, h: l.h - l.space };
}
function mark2(g, { x, y, w, h: h2 }, colour, width2) {
  g.strokeStyle = colour;
  g.lineWidth = width2;
  g.strokeRect(x - width2 / 2 + 0.25, y - width2 / 2 + 0.25, w + width2 - 0.5, h2 + width2 - 0.5);
}
function unknown(g, { x, y, w, h: h2 }, p) {
  g.fillStyle = p.line;
  g.fillRect(x, y, w, h2);
}
function drawCell(g, box3, look, p) {
  const { x, y, w, h: h2 } = box3;
  if (look.same) return dot(g, box3, p);
  if (look.mark) return glyph(g, box3, look.mark, p);
  g.fillStyle = css(look.fill);
  g.fillRect(x, y, w, h2);
  if (look.corner && h2 > 8) corner(g, box3, p);
  const size = h2 >= 58 ? 16 : h2 >= 26 ? 13 : 11;
  if (h2 < leastHeight || w < leastWidth) return;
  g.font = font(size);
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillStyle = ink(look.fill);
  if (g.measureText(look.text).width < w - 4) g.fillText(look.text, x + w / 2, y + h2 / 2 + 0.5);
}
function dot(g, { x, y, w, h: h2 }, p) {
  const r = Math.min(1.6, w / 4, h2 / 4);
  g.fillStyle = p.faint;
  g.beginPath();
  g.arc(x + w / 2, y + h2 / 2, r, 0, 7);
  g.fill();
}
function glyph(g, box3, text2, p) {
  const { x, y, w, h: h2 } = box3;
  g.strokeStyle = p.line;
  g.lineWidth = 1;
  g.strokeRect(x + 0.5, y + 0.5, w - 1, h2 - 1);
  if (h2 < 7) return;
  g.font = font(Math.min(15, h2 - 1, w), 600);
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.fillStyle = p.text;
  g.fillText(text2, x + w / 2, y + h2 / 2 + 0.5);
}
function corner(g, { x, y, w }, p) {
  g.fillStyle = p.text;
  g.beginPath();
  g.moveTo(x + w - 7, y);
  g.lineTo(x + w, y);
  g.lineTo(x + w, y + 7);
  g.fill();
}
function labels(g, l, grid, p) {
  g.textBaseline = "middle";
  g.fillStyle = p.faint;
  g.font = font(12);
  g.textAlign = "right";
  const every = l.h >= 12 ? 1 : l.h >= 7 ? 5 : 10;
  if (l.left) {
    grid.rows.forEach((text2, i) => i % every === 0 && g.fillText(text2, l.left - 10, l.top + i * l.h + l.h / 2));
  }
  if (l.grouped) groupNames(g, l, grid, p);
  g.fillStyle = p.text;
  const step3 = grid.numbered ? Math.ceil(26 / l.w) : 1;
  grid.columns.forEach((c, i) => i % step3 === 0 && columnName(g, l, c.label, l.xs[i] + l.w / 2));
}
function columnName(g, l, text2, x) {
  g.save();
  g.translate(x, l.top - (l.turned ? 5 : 10));
  if (l.turned) g.rotate(-Math.PI / 4);
  g.textAlign = l.turned ? "left" : "center";
  g.fillText(text2, l.turned ? 2 : 0, 0);
  g.restore();
}
function groupNames(g, l, grid, p) {
  g.font = font(11);
  g.textAlign = "left";
  let first2 = 0;
  grid.columns.forEach((c, i) => {
    if (i + 1 < grid.columns.length && grid.columns[i + 1].group === c.group) return;
    const x = l.xs[first2];
    const end = l.xs[i] + l.w;
    first2 = i + 1;
    if (!c.group || c.group === c.label) return;
    g.strokeStyle = p.line;
    g.lineWidth = 1;
    g.beginPath();
    g.moveTo(x + l.space / 2, 16.5);
    g.lineTo(end - l.space / 2, 16.5);
    g.stroke();
    g.fillStyle = p.faint;
    if (g.measureText(c.group).width <= Math.max(end - x, 30) + gapAfter) g.fillText(c.group, x + l.space / 2, 7);
  });
  g.font = font(12);
}
var gapAfter = 8;

// explore/web/src/layers/heat.js
var steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
function heat(grid, o) {
  const canvas2 = h("canvas", {
    tabindex: "0",
    role: "application",
    "aria-label": `${grid.title}: a heat map of ${grid.rows.length} rows and ${grid.columns.length} columns. Arrow keys go from cell to cell, Enter opens one.`
  });
  const g = canvas2.getContext("2d");
  const top = h("canvas", { class: "over", "aria-hidden": "true" });
  const el = h(
    "figure",
    { class: "heat" },
    h("figcaption", {}, grid.title, o.note),
    fill(h("div", { class: "canvases" }), canvas2, top)
  );
  let l, cursor;
  const cell2 = (at2) => at2 && grid.cells.get(`${at2[0]} ${at2[1]}`);
  const point2 = (at2) => {
    const c = top.getContext("2d");
    c.clearRect(0, 0, l.width, l.height);
    cursor = at2;
    const found = cell2(at2);
    if (!found) return o.hover(void 0);
    const box3 = boxOf(l, ...at2);
    const page4 = canvas2.getBoundingClientRect();
    mark2(c, box3, plain().text, 2);
    o.hover(found, { x: page4.left + box3.x, y: page4.top + box3.y, w: box3.w, h: box3.h });
  };
  canvas2.addEventListener("pointermove", (e) => {
    const at2 = cellAt(l, grid, e.offsetX, e.offsetY);
    if (String(at2) !== String(cursor)) point2(at2);
    canvas2.style.cursor = cell2(at2) ? "pointer" : "default";
  });
  canvas2.addEventListener("pointerleave", () => point2(void 0));
  canvas2.addEventListener("blur", () => point2(void 0));
  canvas2.addEventListener("click", (e) => {
    const found = cell2(cellAt(l, grid, e.offsetX, e.offsetY));
    if (found) o.open(found, grid);
  });
  canvas2.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && cell2(cursor)) return o.open(cell2(cursor), grid);
    if (e.key === "Escape") return point2(void 0);
    const step3 = steps[e.key];
    if (!step3) return;
    e.preventDefault();
    const next = cursor ? [cursor[0] + step3[0], cursor[1] + step3[1]] : [0, 0];
    if (grid.rows[next[0]] !== void 0 && grid.columns[next[1]] !== void 0) point2(next);
  });
  const draw2 = (width2, height, several) => {
    g.font = font(12);
    l = layoutOf(grid, { width: width2, height, several, measure: (text2) => g.measureText(text2).width });
    for (const c of [canvas2, top]) {
      c.width = Math.ceil(l.width * devicePixelRatio);
      c.height = Math.ceil(l.height * devicePixelRatio);
      c.style.width = `${l.width}px`;
      c.style.height = `${l.height}px`;
      c.getContext("2d").setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    }
    paint(g, l, grid, { ...o, colours: plain() });
  };
  return { el, draw: draw2 };
}

// explore/web/src/layers/legend.js
var wide = 320;
var strokes = 14;
var bar2 = 12;
var below = 20;
var pad = 22;
function legend2(values2, scale, label, cells2) {
  const canvas2 = h("canvas", {
    role: "img",
    "aria-label": `${label}: from ${relative2(scale.low)} to ${relative2(scale.high)}${scale.log ? ", on a logarithmic scale" : ""}`
  });
  const g = canvas2.getContext("2d");
  const x = (value) => pad + scale.of(value) * wide;
  let pointed;
  const draw2 = () => {
    const p = plain();
    canvas2.width = (wide + 2 * pad) * devicePixelRatio;
    canvas2.height = (strokes + bar2 + below) * devicePixelRatio;
    canvas2.style.width = `${wide + 2 * pad}px`;
    canvas2.style.height = `${strokes + bar2 + below}px`;
    g.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    ramp(g);
    g.globalAlpha = Math.max(0.15, Math.min(0.8, 30 / values2.length));
    for (const v of values2) stroke(g, x(v), 2, strokes - 2, p.text, 1);
    g.globalAlpha = 1;
    numbers(g, x, scale, p);
    if (pointed !== void 0) stroke(g, x(pointed), 0, strokes + bar2 + 2, p.text, 2);
  };
  return {
    el: h("div", { class: "legend" }, h("span", { class: "label" }, label), canvas2, key2(cells2)),
    draw: draw2,
    point: (value) => {
      pointed = value;
      draw2();
    }
  };
}
function ramp(g) {
  for (let i = 0; i < wide; i++) {
    g.fillStyle = css(rgb(i / (wide - 1)));
    g.fillRect(pad + i, strokes, 1.5, bar2);
  }
}
function stroke(g, x, y, length, colour, width2) {
  g.fillStyle = colour;
  g.fillRect(Math.round(x - width2 / 2), y, width2, length);
}
function numbers(g, x, scale, p) {
  g.font = font(11);
  g.textAlign = "center";
  g.textBaseline = "top";
  for (const t of scale.ticks) {
    stroke(g, x(t), strokes + bar2, 3, p.faint, 1);
    g.fillStyle = p.faint;
    g.fillText(relative2(t), x(t), strokes + bar2 + 6);
  }
}
var marks = [
  ["·", "unchanged", (c) => c.changed === 0],
  ["+", "added", (c) => c.status === "added"],
  ["−", "removed", (c) => c.status === "removed"],
  ["◥", "another shape, or tensors added or removed", (c) => c.status === "reshaped" || c.also.length > 0],
  ["≠", "no figure", (c) => c.changed > 0 && c.rel_l2 === null && c.status === "changed"]
];
var key2 = (cells2) => h(
  "ul",
  { class: "key" },
  marks.filter(([, , has]) => cells2.some(has)).map(([sign, text2]) => h("li", {}, h("b", {}, sign), ` ${text2}`))
);

// explore/web/vendor/d3-array-3.2.4/src/ticks.js
var e10 = Math.sqrt(50);
var e5 = Math.sqrt(10);
var e2 = Math.sqrt(2);
function tickSpec(start, stop, count2) {
  const step3 = (stop - start) / Math.max(0, count2), power = Math.floor(Math.log10(step3)), error = step3 / Math.pow(10, power), factor = error >= e10 ? 10 : error >= e5 ? 5 : error >= e2 ? 2 : 1;
  let i1, i2, inc;
  if (power < 0) {
    inc = Math.pow(10, -power) / factor;
    i1 = Math.round(start * inc);
    i2 = Math.round(stop * inc);
    if (i1 / inc < start) ++i1;
    if (i2 / inc > stop) --i2;
    inc = -inc;
  } else {
    inc = Math.pow(10, power) * factor;
    i1 = Math.round(start / inc);
    i2 = Math.round(stop / inc);
    if (i1 * inc < start) ++i1;
    if (i2 * inc > stop) --i2;
  }
  if (i2 < i1 && 0.5 <= count2 && count2 < 2) return tickSpec(start, stop, count2 * 2);
  return [i1, i2, inc];
}
function ticks(start, stop, count2) {
  stop = +stop, start = +start, count2 = +count2;
  if (!(count2 > 0)) return [];
  if (start === stop) return [start];
  const reverse = stop < start, [i1, i2, inc] = reverse ? tickSpec(stop, start, count2) : tickSpec(start, stop, count2);
  if (!(i2 >= i1)) return [];
  const n = i2 - i1 + 1, ticks3 = new Array(n);
  if (reverse) {
    if (inc < 0) for (let i = 0; i < n; ++i) ticks3[i] = (i2 - i) / -inc;
    else for (let i = 0; i < n; ++i) ticks3[i] = (i2 - i) * inc;
  } else {
    if (inc < 0) for (let i = 0; i < n; ++i) ticks3[i] = (i1 + i) / -inc;
    else for (let i = 0; i < n; ++i) ticks3[i] = (i1 + i) * inc;
  }
  return ticks3;
}
function tickIncrement(start, stop, count2) {
  stop = +stop, start = +start, count2 = +count2;
  return tickSpec(start, stop, count2)[2];
}

// explore/web/src/layers/scale.js
var farBeyond = 10;
var decades = 4;
function niceAbove(x) {
  const power = 10 ** Math.floor(Math.log10(x));
  return power * [1, 2, 5, 10].find((n) => n * power >= x * (1 - 1e-9));
}
var niceBelow = (x) => 1 / niceAbove(1 / x);
function scaleOf(changes, most = Infinity) {
  const sizes2 = changes.filter((x) => x > 0 && Number.isFinite(x)).sort((a, b) => a - b);
  if (!sizes2.length) return { log: false, low: 0, high: 1, of: () => 0, ticks: [] };
  const largest2 = sizes2[sizes2.length - 1];
  const log = largest2 > farBeyond * sizes2[sizes2.length >> 1];
  const high = Math.min(most, log ? niceAbove(largest2) : niceHigh(largest2));
  const low = log ? niceBelow(Math.max(sizes2[0], high / 10 ** decades)) : 0;
  const of = log ? (x) => clamp(Math.log(x / low) / Math.log(high / low)) : (x) => clamp(x / high);
  return { log, low, high, of, ticks: log ? logTicks(low, high) : ticks(0, high, 5) };
}
var clamp = (t) => Math.max(0, Math.min(1, t));
function niceHigh(x) {
  const step3 = tickIncrement(0, x, 5);
  const width2 = step3 < 0 ? -1 / step3 : step3;
  return Math.ceil(x / width2 - 1e-9) * width2;
}
function logTicks(low, high) {
  const all3 = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high * 1.001; power *= 10) {
    for (const n of [1, 2, 5]) {
      const x = Number((n * power).toPrecision(3));
      if (x >= low * 0.999 && x <= high * 1.001) all3.push(x);
    }
  }
  return all3.length <= 7 ? all3 : all3.filter((x) => /^1/.test(x.toExponential()));
}

// explore/web/src/layers/table.js
var page2 = 200;
var alone = (t) => t.status === "added" || t.status === "removed";
var columns = [
  { id: "name", label: "tensor", of: (t) => t.name, show: (t, o) => nameOf3(t, o.link(t)), up: true },
  {
    id: "dtype",
    label: "type",
    of: (t) => t.dtype,
    show: (t) => t.dtype_a ? `${t.dtype_a} → ${t.dtype}` : t.dtype,
    up: true
  },
  {
    id: "shape",
    label: "shape",
    of: (t) => t.elements,
    show: (t) => t.shape_a ? `${shape(t.shape_a)} → ${shape(t.shape)}` : shape(t.shape),
    number: true
  },
  { id: "status", label: "what", of: (t) => t.status, show: (t) => t.status, up: true },
  {
    id: "changed",
    label: "changed weights",
    of: (t) => alone(t) ? -1 : t.changed / (t.elements || 1),
    show: (t, o) => alone(t) ? "" : o.working ? "…" : share(t.changed, t.elements),
    number: true
  },
  {
    id: "rel",
    label: "relative change",
    of: (t) => alone(t) ? -1 : t.rel_l2 ?? Infinity,
    show: (t, o) => alone(t) ? "" : o.working ? "…" : t.changed ? relative2(t.rel_l2) : "=",
    number: true
  },
  {
    id: "max",
    label: "largest change",
    of: (t) => alone(t) ? -1 : t.max_abs ?? Infinity,
    show: (t) => t.changed && !alone(t) ? figure(t.max_abs) : "",
    number: true
  }
];
var nameOf3 = (t, to) => to ? h("a", { href: to, title: t.name }, middle2(t.name, 48)) : h("span", { title: t.name }, middle2(t.name, 48));
function table2(tensors2, o) {
  const by = columns.find((c) => c.id === o.sort) ?? columns.find((c) => c.id === "rel");
  const sign = o.down ? -1 : 1;
  const rows = [...tensors2].sort((a, b) => sign * order(by.of(a), by.of(b)));
  const body = h("tbody", {});
  const more = h("button", { onclick: () => grow() });
  const grow = () => {
    body.append(...rows.slice(body.rows.length, body.rows.length + page2).map((t) => row(t, o)));
    more.textContent = `${plural(rows.length - body.rows.length, "more tensor")}: show ${page2} of them`;
    more.hidden = body.rows.length >= rows.length;
  };
  grow();
  return h(
    "div",
    { class: "behind" },
    h(
      "table",
      {},
      fill(
        h("thead", {}),
        h(
          "tr",
          {},
          columns.map((c) => heading(c, by, o))
        )
      ),
      body
    ),
    more
  );
}
function heading(c, by, o) {
  const sorted = c === by;
  return h(
    "th",
    {
      class: c.number ? "number" : "",
      scope: "col",
      "aria-sort": sorted ? o.down ? "descending" : "ascending" : void 0
    },
    h(
      "button",
      { class: "plain", dataset: { key: c.id }, onclick: () => o.resort(c.id, sorted ? !o.down : !c.up) },
      c.label,
      sorted ? o.down ? " ↓" : " ↑" : ""
    )
  );
}
var row = (t, o) => h(
  "tr",
  {},
  columns.map((c) => h("td", { class: c.number ? "number" : "" }, c.show(t, o)))
);
var order = (a, b) => typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;

// explore/web/src/layers/tip.js
function tip() {
  const el = h("div", { class: "told", hidden: true, "aria-hidden": "true" });
  const said2 = h("div", { class: "unseen", "aria-live": "polite" });
  return {
    parts: [el, said2],
    hide() {
      el.hidden = true;
    },
    /** lines: the first is the title. box: what it is about, in pixels of the window. */
    show(lines2, box3) {
      fill(
        el,
        lines2.filter(Boolean).map((line3, i) => h("div", {}, line3))
      );
      said2.textContent = lines2.filter(Boolean).join(", ");
      el.hidden = false;
      const { offsetWidth: w, offsetHeight: high } = el;
      const right = box3.x + box3.w + 12;
      el.style.left = `${right + w < innerWidth - 8 ? right : Math.max(8, box3.x - w - 12)}px`;
      el.style.top = `${Math.max(8, Math.min(innerHeight - high - 8, box3.y + box3.h / 2 - high / 2))}px`;
    }
  };
}

// explore/web/src/layers/words.js
function headline(answer, file2) {
  const s = file2.summary;
  const n = s.changed - s.equal_values + s.reshaped;
  if (isOneSided2(file2)) return alone2(file2);
  const none = s.equal_values ? "The same values, kept otherwise" : "No tensor changed";
  const parts4 = [n ? `${count(n)} of ${plural(s.tensors, "tensor")} changed` : none];
  if (s.added) parts4.push(`${count(s.added)} added`);
  if (s.removed) parts4.push(`${count(s.removed)} removed`);
  const most = answer.progress ? void 0 : largest(answer.cells);
  const text2 = [
    !answer.progress && n > 0 && `${share(s.elements_changed, s.elements)} of the weights differ.`,
    most && `Most: ${placeOf(most)}, by ${relative2(most.rel_l2)} of its norm.`
  ].filter(Boolean).join(" ");
  return [
    h(
      "h1",
      {},
      `${parts4.join(", ")} `,
      h("span", { class: "of" }, `in ${middle2(file2.path_b ? `${file2.path} → ${file2.path_b}` : file2.path)}`)
    ),
    text2 && h("p", {}, text2)
  ];
}
var isOneSided2 = ({ status }) => status === "added" || status === "removed";
var alone2 = (file2) => [
  h("h1", {}, `${middle2(file2.path)} `, h("span", { class: "of" }, `is ${file2.status === "added" ? "new" : "gone"}`)),
  h("p", {}, `The other side has no such model to compare its ${plural(file2.summary.tensors, "tensor")} with.`)
];
var nothing = (answer) => answer.from.commit === answer.to.commit ? "Both are the same commit." : answer.others ? "No model differs, only other files." : "Nothing differs.";
var isChanged = (c) => c.changed > 0 && !isOneSided2(c);
var largest = (cells2) => cells2.filter((c) => isChanged(c) && Number.isFinite(c.rel_l2 ?? NaN)).reduce((a, b) => a && a.rel_l2 >= b.rel_l2 ? a : b, void 0);
var placeOf = (c) => [
  c.stack,
  c.layer !== null && c.layer !== void 0 ? `layer ${c.layer}` : "",
  c.expert !== void 0 ? `${c.module} of expert ${c.expert}` : middle2(c.module, 40)
].filter(Boolean).join(" ");
function describe2(cell2, answer) {
  const one = cell2.tensors.length === 1 ? answer.tensors[cell2.tensors[0]] : void 0;
  const lines2 = [placeOf(cell2)];
  if (isOneSided2(cell2)) lines2.push(`${cell2.status}: ${plural(cell2.tensors.length, "tensor")}`);
  else if (cell2.changed === 0) lines2.push("unchanged");
  else if (answer.progress) lines2.push("changed; how far is being read");
  else
    lines2.push(
      `relative change ${relative2(cell2.rel_l2)}`,
      `${share(cell2.changed, cell2.elements)} of ${plural(cell2.elements, "weight")} changed`
    );
  for (const other of cell2.also) lines2.push(`${other.status}: ${plural(other.tensors.length, "tensor")}`);
  if (!one) return [...lines2, `${plural(cell2.tensors.length, "tensor")} together`];
  if (cell2.changed && one.max_abs !== null && !answer.progress) lines2.push(`largest change ${figure(one.max_abs)}`);
  return [...lines2, `${one.dtype_a ? `${one.dtype_a} → ` : ""}${one.dtype} ${shape(one.shape)}`, middle2(one.name, 56)];
}
function progress({ done: done2, total }) {
  const part3 = total ? done2 / total : 0;
  const bar3 = h("progress", { max: 1, value: part3, "aria-label": "How much is read" });
  return h(
    "div",
    { class: "reading" },
    bar3,
    h("span", {}, total ? `reading weights: ${percent(part3)}` : "waiting for its turn")
  );
}

// explore/web/src/layers/poll.js
var first = 0.3;
var later = 1;
async function poll(question, about2, signal, show3) {
  for (let wait = first; ; wait = later) {
    const answer = await ask(
      question,
      { ...about2, wait: inReport() ? void 0 : wait },
      { signal, keep: (a) => !a.progress }
    );
    if (signal.aborted) return;
    show3(answer);
    if (!answer.progress) return;
  }
}

// explore/web/src/views/layers.js
var page3;
var layers = {
  name: "layers",
  title: "Layers",
  show(root, params) {
    page3 = new Page(root);
    page3.update(params);
    const redraw = () => page3.draw();
    addEventListener("resize", redraw);
    return () => {
      removeEventListener("resize", redraw);
      page3.stop.abort();
      page3 = void 0;
    };
  },
  keep(params) {
    page3.update(params);
    return true;
  }
};
var Page = class {
  constructor(root) {
    this.root = root;
    this.stop = new AbortController();
    this.side = h("aside", { "aria-label": "What is worth comparing" });
    this.bar = h("div", { class: "bar" });
    this.said = h("div", { class: "said", "aria-live": "polite" });
    this.picture = h("div", { class: "picture" });
    this.tip = tip();
    fill(
      root,
      h("div", { class: "layers" }, this.side, h("section", {}, this.bar, this.said, this.picture), this.tip.parts)
    );
    this.figures = [];
  }
  async update(params) {
    this.stop.abort();
    this.stop = new AbortController();
    const { signal } = this.stop;
    try {
      const models = await ask("models", {}, { signal });
      const model = models.find((m) => m.name === params.get("model")) ?? models[0];
      const pairs = ask("pairs", { model: model.name }, { signal }).catch(() => []);
      const named2 = params.get("from") !== null || params.get("to") !== null;
      if (named2) pairs.then((list2) => !signal.aborted && this.suggest(model, list2, this.asked(params, model, list2)));
      if (!named2 && this.figures.length === 0) this.say("Looking for what is worth comparing …");
      const list = named2 ? [] : await pairs;
      if (signal.aborted) return;
      const asked = this.asked(params, model, list);
      keepFocus(this.root, () => this.choices(models, model, asked));
      if (!named2) this.suggest(model, list, asked);
      if (!asked.from && model.branches.length + model.tags.length === 0)
        return fill(this.said, noCommits(models.length > 1 ? model.name : ""));
      if (!asked.from) return this.say("Nothing to compare yet: there is only one version of each model here.");
      if (this.figures.length === 0) this.say("Comparing …");
      await poll("layers", asked, signal, (answer) => keepFocus(this.root, () => this.show(answer, asked, params)));
    } catch (e) {
      if (!signal.aborted) fill(this.said, failed(e.message)), fill(this.picture);
    }
  }
  /** What is to be compared: as the address says, else the most interesting pair. */
  asked(params, model, pairs) {
    const value = (name) => params.get(name) ?? void 0;
    if (!value("from") && !value("to")) {
      return pairs.length ? about(model.name, pairs[0]) : { model: model.name };
    }
    return {
      model: model.name,
      from: value("from") ?? model.head,
      to: value("to") ?? model.head,
      from_path: value("from_path"),
      to_path: value("to_path"),
      path: value("path")
    };
  }
  choices(models, model, asked) {
    const pick = (values2) => change({ ...asked, path: void 0, from_path: void 0, to_path: void 0, open: void 0, ...values2 });
    const tools = [...this.bar.children].filter((c) => c.dataset.of);
    const swapped = { from: asked.to, to: asked.from, from_path: asked.to_path, to_path: asked.from_path };
    fill(
      this.bar,
      models.length > 1 && choice2("Model", [["", models.map((m) => [m.name, m.name])]], model.name, (v) => go("layers", { model: v })),
      asked.from && (inReport() ? h("span", { class: "note" }, asked.from === asked.to ? `in ${asked.to}` : `${asked.from} → ${asked.to}`) : [
        choice2("From", revisions(model), asked.from, (v) => pick({ from: v })),
        h(
          "button",
          {
            class: "plain swap",
            title: "The other way round",
            "aria-label": "Swap the two",
            onclick: () => pick(swapped)
          },
          "⇄"
        ),
        choice2("To", revisions(model), asked.to, (v) => pick({ to: v }))
      ]),
      tools
    );
  }
  suggest(model, pairs, asked) {
    const some2 = pairs.filter((p) => canAsk("layers", about(model.name, p)));
    fill(
      this.side,
      suggestions(
        model.name,
        some2,
        (p) => p.from === asked.from && p.to === asked.to && p.from_path === asked.from_path && p.to_path === asked.to_path && (asked.from_path || !asked.path || asked.path === p.path)
      )
    );
  }
  say(text2) {
    fill(this.said, h("p", {}, text2));
    fill(this.picture);
  }
  show(answer, asked, params) {
    const file2 = answer.files[answer.shown];
    this.tip.hide();
    fill(this.said, file2 ? headline(answer, file2) : h("h1", {}, nothing(answer)));
    fill(
      this.bar,
      [...this.bar.children].filter((c) => !c.dataset.of),
      file2 && this.tools(answer, asked, params)
    );
    this.figures = [];
    if (!file2) return fill(this.picture);
    const metric = metrics[params.get("by")] ?? metrics.rel;
    const working = Boolean(answer.progress);
    const grids = isOneSided2(file2) ? [] : [...gridsOf(answer.cells), ...this.experts(answer, params)];
    const cells2 = grids.flatMap((g) => [...g.cells.values()]);
    const values2 = working ? [] : cells2.filter(isChanged).map(metric.of).filter((v) => v > 0);
    const scale = scaleOf(values2, metric.most);
    const link2 = linker(asked, answer);
    this.legend = legend2(values2, scale, metric.label, cells2);
    this.figures = grids.map(
      (grid) => heat(grid, {
        metric,
        scale,
        working,
        best: bestOf(grid, metric),
        note: this.note(grid, params),
        hover: (c, box3) => this.hover(c, box3, answer, metric),
        open: (c) => this.open(c, grid, answer, link2)
      })
    );
    fill(
      this.picture,
      working ? progress(answer.progress) : values2.length > 0 && this.legend.el,
      answer.warning && h("p", { class: "note" }, answer.warning),
      h(
        "div",
        { class: "grids" },
        this.figures.map((f) => f.el)
      ),
      params.get("table") && this.behind(answer, params, link2, working)
    );
    this.draw();
  }
  /** What is said beside the title of a grid: how to see experts one by one, or together again. */
  note(grid, params) {
    const others = params.getAll("open").filter((m) => m !== grid.module);
    if (grid.still && !grid.plain) return h("span", { class: "note" }, " unchanged");
    if (grid.module) return h("button", { class: "plain", onclick: () => change({ open: others }) }, "close");
    return grid.columns.some((c) => isExperts(c.module)) && h("span", { class: "note" }, " experts of a layer together; click to see each");
  }
  tools(answer, asked, params) {
    const files2 = answer.files.map((f) => [f.path, f.path_b ? `${f.path} → ${f.path_b}` : f.path]);
    const by = params.get("by") ?? "rel";
    const toggle = (label, on2, values2) => h(
      "button",
      { "aria-pressed": String(on2), onclick: () => change(values2, { replace: true }) || this.again() },
      label
    );
    return [
      files2.length > 1 && !inReport() && h(
        "span",
        { dataset: { of: "1" } },
        choice2(
          "File",
          [["", files2]],
          answer.files[answer.shown].path,
          (v) => change({ ...asked, path: v, open: void 0 })
        )
      ),
      h(
        "span",
        { class: "tools", dataset: { of: "1" } },
        fill(
          h("span", { class: "segments", role: "group", "aria-label": "What is shown" }),
          Object.values(metrics).map(
            (m) => toggle(m.label, m.name === by, { by: m.name === "rel" ? void 0 : m.name })
          )
        ),
        toggle("Table", params.get("table") === "1", { table: params.get("table") ? void 0 : "1" })
      )
    ];
  }
  /** The address changed without a step for Back. */
  again() {
    dispatchEvent(new HashChangeEvent("hashchange"));
  }
  experts(answer, params) {
    const grids = gridsOf(answer.cells);
    return params.getAll("open").map((module) => {
      const grid = grids.find((g) => g.columns.some((c) => c.module === module));
      return grid && expertsOf(grid, module, answer.tensors);
    }).filter(Boolean);
  }
  /** A cell of one tensor leads to its page, one of experts to these, any other to its rows of the table. */
  open(cell2, grid, answer, link2) {
    if (cell2.tensors.length === 1) {
      const to = link2(answer.tensors[cell2.tensors[0]]);
      if (to) location.hash = to;
    } else if (isExperts(cell2.module) && expertsOf(grid, cell2.module, answer.tensors)) change({ open: cell2.module });
    else change({ table: "1", cell: [cell2.stack, cell2.layer ?? "", cell2.module].join("/") });
  }
  hover(cell2, box3, answer, metric) {
    const value = cell2 && isChanged(cell2) && !answer.progress ? metric.of(cell2) : void 0;
    this.legend.point(Number.isFinite(value) ? value : void 0);
    if (!cell2) return this.tip.hide();
    this.tip.show(describe2(cell2, answer), box3);
  }
  behind(answer, params, link2, working) {
    const wanted = params.get("cell");
    const cell2 = answer.cells.find((c) => [c.stack, c.layer ?? "", c.module].join("/") === wanted);
    const tensors2 = cell2 ? cell2.tensors.map((i) => answer.tensors[i]) : answer.tensors;
    return h(
      "div",
      {},
      cell2 && h(
        "p",
        { class: "chip" },
        `Only ${placeOf(cell2)} `,
        h("button", { onclick: () => change({ cell: void 0 }) }, "show all")
      ),
      table2(tensors2, {
        sort: params.get("sort") ?? "rel",
        down: params.get("up") === null,
        link: link2,
        working,
        resort: (sort, down) => {
          change({ sort, up: down ? void 0 : "1" }, { replace: true });
          this.again();
        }
      })
    );
  }
  draw() {
    requestAnimationFrame(() => {
      const height = Math.max(240, innerHeight - 340);
      const several = this.figures.length > 2;
      for (const f of this.figures) f.draw(this.picture.clientWidth - 2, height, several);
      this.legend?.draw();
    });
  }
};
function linker(asked, answer) {
  const file2 = answer.files[answer.shown];
  return (t) => {
    const about2 = { ...asked, path: asked.from_path ? void 0 : file2.path, name: t.name };
    return canAsk("tensor", about2) ? link("tensor", about2) : void 0;
  };
}
function bestOf(grid, metric) {
  let best;
  let most = 0;
  for (const [key3, c] of grid.cells) {
    const v = isChanged(c) ? metric.of(c) : 0;
    if (v > most) [best, most] = [key3, v];
  }
  return !grid.plain && grid.cells.size > 2 && best ? best.split(" ").map(Number) : void 0;
}

// explore/web/src/savings/scale.js
function sizes(most, about2 = 4) {
  if (!(most > 0)) return [0];
  let unit = 1;
  while (unit * 1024 <= most / 1.5) unit *= 1024;
  const wanted = most / unit / about2;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step3 = [1, 2, 5, 10].find((s) => s * power >= wanted) * power * unit;
  const marks2 = [];
  for (let at2 = 0; at2 <= most; at2 += step3) marks2.push(at2);
  return marks2;
}
function apart(wanted, room2, top, bottom) {
  const at2 = [...wanted];
  for (let i = 0; i < at2.length; i++) at2[i] = Math.max(at2[i], i === 0 ? top : at2[i - 1] + room2);
  for (let i = at2.length - 1; i >= 0; i--) at2[i] = Math.min(at2[i], i === at2.length - 1 ? bottom : at2[i + 1] - room2);
  return at2;
}
function steps2(x, highs, lows) {
  let d = `M${x(0)},${highs[0]}`;
  highs.forEach((y, i) => {
    d += `V${y}H${x(i + 1)}`;
  });
  if (lows) {
    for (let i = lows.length - 1; i >= 0; i--) d += `V${lows[i]}H${x(i)}`;
    d += "Z";
  }
  return d;
}

// explore/web/src/views/savings.js
var strength3 = 0.62;
var fewFiles = 40;
var labelFont = "12.5px system-ui, sans-serif";
var layers2 = [
  { name: "stored here", how: 0, of: (p) => p.own + p.lists },
  { name: "difference", how: 1, of: (p) => p.difference },
  { name: "recomputed", how: 2, of: (p) => p.recomputed }
];
var storedOf = (p) => layers2.reduce((n, l) => n + l.of(p), 0);
var savings = {
  name: "savings",
  title: "Savings",
  show(root, params) {
    const stop = new AbortController();
    let sized;
    fill(root, waiting("Adding up…"));
    ask("models", {}, stop).then(async (models) => {
      const model = chosenModel(models, params);
      const answer = await ask("savings", { model: askedModel(models, model.name) }, stop);
      if (stop.signal.aborted) return;
      const head2 = h(
        "div",
        { class: "view-head" },
        title(answer),
        modelChoice(models, model.name, { also: { all: null } })
      );
      if (answer.points.length === 0) {
        fill(
          root,
          h("section", { class: "savings" }, head2, noCommits(models.length > 1 ? model.name : ""))
        );
        return;
      }
      const stage = h("div", { class: "chart" });
      fill(root, h("section", { class: "savings" }, head2, stage, files(answer, model.name, params)));
      let frame;
      sized = new ResizeObserver(() => {
        cancelAnimationFrame(frame);
        frame = requestAnimationFrame(() => draw(stage, answer, model.name));
      });
      sized.observe(stage);
    }).catch((e) => {
      if (e.name !== "AbortError") fill(root, failed(e.message));
    });
    return () => {
      stop.abort();
      sized?.disconnect();
      hideTip();
    };
  }
};
function title(answer) {
  const last2 = answer.points.at(-1);
  if (!last2) return h("h1", {}, "Savings");
  return h(
    "h1",
    {},
    `${bytes(last2.logical)} in ${bytes(storedOf(last2))}`,
    h(
      "span",
      { class: "note" },
      ` ${plural(last2.files, "version")} of files in all commits; the packs on the disk have ${bytes(answer.packs)}`
    )
  );
}
function draw(stage, answer, model) {
  const { points } = answer;
  const { width: w, height: hh } = stage.getBoundingClientRect();
  if (w < 50) return;
  const last2 = points.at(-1), n = points.length;
  const margin2 = { left: 74, right: Math.min(200, w * 0.22), top: 26, bottom: 30 };
  const inner = { w: w - margin2.left - margin2.right, h: hh - margin2.top - margin2.bottom };
  const most = Math.max(...points.map((p) => Math.max(p.logical, storedOf(p))), 1) * 1.02;
  const x = (i) => +(margin2.left + inner.w * i / n).toFixed(2);
  const y = (b) => +(margin2.top + inner.h * (1 - b / most)).toFixed(2);
  const grid = sizes(most).map(
    (b) => h(
      "g",
      {},
      h("line", { class: b === 0 ? "base" : "grid", x1: margin2.left, x2: margin2.left + inner.w, y1: y(b), y2: y(b) }),
      h("text", { class: "tick", x: margin2.left - 8, y: y(b) + 4, "text-anchor": "end" }, b === 0 ? "0" : bytes(b))
    )
  );
  let below2 = points.map(() => 0);
  const areas = layers2.map((l) => {
    const above = points.map((p, i) => below2[i] + l.of(p));
    const d = steps2(x, above.map(y), below2.map(y));
    below2 = above;
    return h("path", { d, fill: cell(l.how, strength3) });
  });
  const gap2 = h("path", {
    class: "gap",
    d: steps2(
      x,
      points.map((p) => y(p.logical)),
      below2.map(y)
    )
  });
  const line3 = h("path", {
    class: "logical",
    d: steps2(
      x,
      points.map((p) => y(p.logical))
    )
  });
  const cursor = h(
    "g",
    { class: "cursor", visibility: "hidden" },
    h("line", { y1: margin2.top, y2: margin2.top + inner.h }),
    h("circle", { r: 3.5 })
  );
  const said2 = h("p", { class: "unseen", role: "status", "aria-live": "polite" });
  const svg = h(
    "svg",
    {
      width: w,
      height: hh,
      tabindex: 0,
      role: "application",
      "aria-label": `Over ${plural(n, "commit")} files grew to ${bytes(last2.logical)}; they take ${bytes(storedOf(last2))}. Arrow keys go from commit to commit, Enter opens one.`
    },
    grid,
    gap2,
    areas,
    line3,
    refMarks(points, x, margin2, inner),
    dates(points, x, margin2, inner),
    saved(points, x, y, inner),
    ends2(last2, y, margin2, inner),
    cursor
  );
  let at2 = n - 1;
  const point2 = (i, clientX, clientY) => {
    at2 = Math.max(0, Math.min(n - 1, i));
    const p = points[at2], cx = (x(at2) + x(at2 + 1)) / 2;
    cursor.setAttribute("visibility", "visible");
    cursor.firstChild.setAttribute("x1", cx);
    cursor.firstChild.setAttribute("x2", cx);
    cursor.lastChild.setAttribute("cx", cx);
    cursor.lastChild.setAttribute("cy", y(p.logical));
    const lines2 = told(p);
    said2.textContent = lines2.join(". ");
    const r = svg.getBoundingClientRect();
    showTip(clientX ?? r.left + cx, clientY ?? r.top + y(p.logical), lines2);
  };
  const leave = () => {
    cursor.setAttribute("visibility", "hidden");
    hideTip();
  };
  const open = () => go("history", { model, at: points[at2].commit });
  svg.addEventListener("pointermove", (e) => {
    const i = Math.floor((e.clientX - svg.getBoundingClientRect().left - margin2.left) / inner.w * n);
    if (i >= 0 && i < n) point2(i, e.clientX, e.clientY);
    else leave();
  });
  svg.addEventListener("pointerleave", leave);
  svg.addEventListener("blur", leave);
  svg.addEventListener("click", () => {
    if (cursor.getAttribute("visibility") === "visible") open();
  });
  svg.addEventListener("keydown", (e) => {
    const to = { ArrowRight: at2 + 1, ArrowLeft: at2 - 1, Home: 0, End: n - 1, PageUp: at2 - 50, PageDown: at2 + 50 }[e.key];
    if (to !== void 0) {
      e.preventDefault();
      point2(to);
    }
    if (e.key === "Enter") open();
    if (e.key === "Escape") leave();
  });
  fill(stage, svg, said2);
}
function told(p) {
  const stored = storedOf(p);
  return [
    middle(p.subject || shortId(p.commit), 70),
    [day(p.time), ...p.refs.slice(0, 4)].join(" · "),
    `${plural(p.files, "version")} of files, ${bytes(p.logical)}`,
    `take ${bytes(stored)}: ${layers2.map((l) => `${bytes(l.of(p))} ${l.name}`).join(", ")}`,
    `saved ${bytes(p.logical - stored)}, ${percent(1 - stored / p.logical)}`
  ];
}
function saved(points, x, y, inner) {
  const last2 = points.at(-1), stored = storedOf(last2);
  if (last2.logical <= stored) return null;
  const text2 = `saved ${bytes(last2.logical - stored)}`, share2 = percent(1 - stored / last2.logical);
  const room2 = y(stored) - y(last2.logical);
  if (room2 < 34) return null;
  const from = points.findIndex((p) => y(storedOf(p)) - y(p.logical) > Math.min(room2 * 0.75, 80));
  const wide2 = width(text2, "600 20px system-ui, sans-serif");
  const right = x(points.length) - 18;
  if (right - x(from) < wide2 && inner.w > 400) return null;
  const middleY = (y(stored) + y(last2.logical)) / 2;
  return h(
    "g",
    { class: "saved" },
    h("text", { x: right, y: middleY, "text-anchor": "end" }, text2),
    room2 > 60 && h(
      "text",
      { class: "share", x: right, y: middleY + 20, "text-anchor": "end" },
      `${share2} of ${bytes(last2.logical)}`
    )
  );
}
function ends2(last2, y, margin2, inner) {
  let below2 = 0;
  const all3 = layers2.map((l) => {
    const b = l.of(last2);
    below2 += b;
    return { y: y(below2 - b / 2), text: l.name, size: b, how: l.how };
  }).filter((l) => l.size > 0);
  all3.push({ y: y(last2.logical), text: "all files", size: last2.logical });
  all3.sort((a, b) => a.y - b.y);
  const at2 = apart(
    all3.map((l) => l.y),
    17,
    margin2.top,
    margin2.top + inner.h
  );
  const left = margin2.left + inner.w;
  return h(
    "g",
    { class: "ends" },
    all3.map((l, i) => [
      h("path", {
        d: `M${left + 2},${l.y}L${left + 14},${at2[i]}`,
        stroke: l.how === void 0 ? "var(--text)" : cell(l.how, strength3)
      }),
      h("text", { x: left + 18, y: at2[i] + 4 }, `${l.text} ${bytes(l.size)}`)
    ]).flat()
  );
}
function refMarks(points, x, margin2, inner) {
  const taken = [];
  const named2 = points.map((p, i) => [p, i]).filter(([p]) => p.refs.length > 0);
  return h(
    "g",
    {},
    [...named2.slice(-1), ...named2.slice(0, -1)].map(([p, i]) => {
      const at2 = (x(i) + x(i + 1)) / 2;
      const name = middle(p.refs[0], 18) + (p.refs.length > 1 ? ` +${p.refs.length - 1}` : "");
      const wide2 = width(name, labelFont) + 10;
      const left = Math.min(at2 - wide2 / 2, margin2.left + inner.w - wide2);
      if (taken.some(([from, to]) => left < to && from < left + wide2)) return null;
      taken.push([left, left + wide2]);
      return h(
        "g",
        { class: "ref-mark" },
        h("line", { x1: at2, x2: at2, y1: margin2.top - 6, y2: margin2.top + inner.h }),
        h("text", { x: left + 5, y: margin2.top - 11 }, name)
      );
    })
  );
}
function dates(points, x, margin2, inner) {
  const text2 = points.map((p) => p.time.slice(0, 10));
  const oneDay = text2[0] === text2.at(-1);
  const out = [];
  let free = -Infinity;
  points.forEach((p, i) => {
    const name = oneDay ? i === 0 ? day(p.time) : p.time.slice(11, 16) : text2[i];
    if (i > 0 && name === (oneDay ? points[i - 1].time.slice(11, 16) : text2[i - 1])) return;
    const at2 = x(i), wide2 = width(name, labelFont);
    if (at2 < free || at2 + wide2 > margin2.left + inner.w + 20) return;
    free = at2 + wide2 + 26;
    out.push(
      h(
        "g",
        { class: "date" },
        h("line", { x1: at2, x2: at2, y1: margin2.top + inner.h, y2: margin2.top + inner.h + 5 }),
        h("text", { x: at2, y: margin2.top + inner.h + 20 }, name)
      )
    );
  });
  return h("g", {}, out);
}
function files(answer, model, params) {
  const all3 = params.get("all") ? answer.files : answer.files.slice(0, fewFiles);
  const most = Math.max(1, ...answer.files.map((f) => f.stored));
  const rest = answer.files.length - all3.length + answer.left.files;
  const sum2 = (field) => answer.files.reduce((n, f) => n + f[field], 0) + (answer.left[field] ?? 0);
  const row2 = (f) => {
    const needs = h("i", { class: "needs" }), frees = h("i", { class: "frees" });
    needs.style.width = `${100 * f.stored / most}%`;
    frees.style.width = `${100 * f.freed / most}%`;
    const rev = f.refs[0] ?? f.rev;
    return h(
      "tr",
      {},
      h("td", {}, linkTo("file", { model, rev, path: f.path }, middle(f.path, 60), { title: f.path })),
      h("td", { class: "note where" }, f.refs.length > 0 ? middle(f.refs.join(", "), 34) : shortId(f.rev)),
      h("td", { class: "number" }, bytes(f.freed)),
      h("td", { class: "bars" }, h("span", {}, needs, frees)),
      h("td", { class: "number" }, bytes(f.stored)),
      h("td", { class: "number" }, bytes(f.logical))
    );
  };
  return h(
    "div",
    { class: "files" },
    h(
      "h2",
      {},
      "What each file would free",
      h("span", { class: "note" }, " if no commit had it any more; what others need of it stays")
    ),
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", {}, "file"),
          h("th", {}, "where"),
          h("th", { class: "number" }, "frees"),
          h(
            "th",
            {},
            h("span", { class: "key" }, h("i", { class: "frees" }), "frees", h("i", { class: "needs" }), "needs")
          ),
          h("th", { class: "number" }, "needs"),
          h("th", { class: "number" }, "size")
        )
      ),
      h("tbody", {}, all3.map(row2)),
      h(
        "tfoot",
        {},
        rest > 0 && h(
          "tr",
          {},
          h(
            "td",
            { colspan: 6 },
            params.get("all") ? h("span", { class: "note" }, `and ${count(rest)} more`) : h("button", { onclick: () => change({ all: 1 }) }, `Show ${count(rest)} more`)
          )
        ),
        h(
          "tr",
          { class: "total" },
          h("td", {}, plural(answer.files.length + answer.left.files, "file")),
          h("td", {}),
          h("td", { class: "number" }, bytes(sum2("freed"))),
          h("td", { class: "note" }, "each for itself"),
          h("td", {}),
          h("td", { class: "number" }, bytes(sum2("logical")))
        )
      )
    )
  );
}

// explore/web/src/sharing/share.js
var KEPT = 0;
var SAME = 3;
var cost = (how2, stored, len) => how2 === KEPT || len === 0 ? 1 : Math.min(1, stored / len);
function usersOf({ how: how2, stored, len, source }, have) {
  const n = have.length, users = Float64Array.from(have), waits = new Int32Array(n), known2 = (s) => s >= 0 && s < n;
  for (let b = 0; b < n; b++) if (known2(source[b])) waits[source[b]]++;
  for (let b = 0; b < n; b++) {
    for (let at2 = b; waits[at2] === 0; at2 = source[at2]) {
      waits[at2] = -1;
      const s = source[at2];
      if (!known2(s)) break;
      users[s] += users[at2] * (1 - cost(how2[at2], stored[at2], len[at2]));
      waits[s]--;
    }
  }
  return users;
}
var depth = (users, most) => Math.min(1, Math.log(Math.max(1, users)) / Math.log(most));
function mostOf(users, weights) {
  const order4 = Array.from(users.keys()).filter((b) => weights[b] > 0).sort((a, b) => users[b] - users[a]);
  let left = order4.reduce((sum2, b) => sum2 + weights[b], 0) / 100;
  return Math.max(4, users[order4.find((b) => (left -= weights[b]) < 0)] ?? 0);
}
function shadesOf(blobs, users, most, pairs = []) {
  const n = users.length, shades = new Float32Array(n).fill(-1);
  const own = Float32Array.from(users, (u) => depth(u, most));
  for (const [a, b, bytes2] of pairs) {
    const both = depth(users[a] + users[b], most);
    for (const x of [a, b]) own[x] = Math.max(own[x], own[x] + (both - own[x]) * part(bytes2, blobs.len[x]));
  }
  const path = [];
  for (let b = 0; b < n; b++) {
    let at2 = b;
    while (at2 >= 0 && at2 < n && shades[at2] < 0) {
      shades[at2] = own[at2];
      path.push(at2);
      at2 = blobs.source[at2];
    }
    while (path.length) {
      const x = path.pop(), s = blobs.source[x];
      if (blobs.how[x] === KEPT || !(s >= 0 && s < n)) continue;
      const c = cost(blobs.how[x], blobs.stored[x], blobs.len[x]);
      shades[x] = c * own[x] + (1 - c) * Math.max(shades[s], own[x]);
    }
  }
  return shades;
}
function sharedParts(blobs, have, pairs = []) {
  const n = have.length, parts4 = new Float32Array(n);
  for (let b = 0; b < n; b++) {
    const taken = 1 - cost(blobs.how[b], blobs.stored[b], blobs.len[b]);
    parts4[b] = have[b] > 1 ? 1 : Math.max(parts4[b], taken);
    const s = blobs.source[b];
    if (s >= 0 && s < n) parts4[s] = Math.max(parts4[s], taken);
  }
  for (const [a, b, bytes2] of pairs) {
    for (const x of [a, b]) parts4[x] = Math.max(parts4[x], part(bytes2, blobs.len[x]));
  }
  return parts4;
}
var part = (bytes2, len) => len > 0 ? Math.min(1, bytes2 / len) : 0;

// explore/web/src/sharing/legend.js
var order2 = [3, 1, 2, 0];
var explained = "More files rest on the bytes of a cell the stronger its colour is: all that have the same, and those made of them, with the part that was taken over. What had to be stored for a difference rests on itself.";
function legend3(most) {
  const stops = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3].filter((n) => n < most * 0.75);
  stops.push(Math.round(most));
  const step3 = (how2) => (n) => h("i", { style: { background: cell(how2, depth(n, most)) } });
  const ramp2 = (how2) => h("span", { class: "ramp" }, stops.map(step3(how2)));
  return h(
    "div",
    { class: "hues", title: explained },
    order2.map((how2) => h("span", { class: "key" }, ramp2(how2), hows[how2].label)),
    h(
      "span",
      { class: "note" },
      `${dark() ? "brighter" : "darker"}: more files rest on these bytes (${stops.map(count).join(", ")})`
    )
  );
}
var redrawLegend = (root, most) => fill(root, legend3(most));

// explore/web/src/sharing/order.js
var many = 60;
var sorts = {
  shared: { label: "most shared", by: (a, b) => b.shade - a.shade || a.age - b.age },
  path: { label: "path", by: (a, b) => compare(a.model, b.model) || compare(a.path, b.path) || a.age - b.age },
  age: { label: "age", by: (a, b) => a.age - b.age },
  size: { label: "size", by: (a, b) => b.size - a.size || a.age - b.age }
};
var groupings = {
  none: { label: "nothing", of: () => "" },
  model: { label: "model", of: (row2) => row2.model },
  folder: { label: "folder", of: (row2) => row2.path.slice(0, Math.max(0, row2.path.lastIndexOf("/"))) || "no folder" },
  branch: { label: "branch", of: (row2) => row2.refs[0] ?? "no branch" }
};
function usualGrouping(rows) {
  const count2 = (name) => new Set(rows.map(groupings[name].of)).size;
  if (count2("model") > 1) return "model";
  return rows.length > many && count2("folder") > 1 && rows.length > 4 * count2("folder") ? "folder" : "none";
}
function arrange(rows, { sort = "shared", group = "none", only, others = false } = {}) {
  const shown5 = rows.filter((r) => (others || r.format !== "") && (!only || only.has(r.i)));
  shown5.sort((sorts[sort] ?? sorts.shared).by);
  const nameOf4 = (groupings[group] ?? groupings.none).of;
  const groups3 = /* @__PURE__ */ new Map();
  for (const row2 of shown5) {
    const name = nameOf4(row2);
    if (!groups3.has(name)) groups3.set(name, []);
    groups3.get(name).push(row2);
  }
  const items = [];
  for (const [name, list] of groups3) {
    if (name !== "") items.push({ group: name, rows: list });
    for (const row2 of list) items.push({ row: row2 });
  }
  return items;
}
var compare = (a, b) => a < b ? -1 : a > b ? 1 : 0;
var rowsOf = (items) => items.filter((it2) => it2.row).map((it2) => it2.row);
var headHeight = 24;
var thinHead = 3;
var margin = 8;
function stack(items, height, fit2) {
  const heads = items.filter((it2) => it2.group !== void 0).length, n = items.length - heads;
  const room2 = height - margin;
  let head2 = headHeight;
  let row2 = Math.floor((room2 - heads * head2) / Math.max(1, n));
  if (fit2 && row2 < 24) {
    head2 = thinHead;
    row2 = Math.max(1, (room2 - heads * head2) / Math.max(1, n));
  } else {
    row2 = Math.max(24, Math.min(Math.max(64, room2 / 9), row2));
  }
  const tops = new Float64Array(items.length + 1);
  items.forEach((it2, i) => tops[i + 1] = tops[i] + (it2.row ? row2 : head2));
  return { tops, row: row2, head: head2, gap: row2 >= 20 ? 4 : row2 >= 10 ? 2 : row2 >= 6 ? 1 : 0, all: tops[items.length] + margin };
}

// explore/web/src/sharing/pages.js
var pageSize = 100;
var mostAgain = 5;
async function eachPage(of, take, signal) {
  for (let again = 0; ; again++) {
    try {
      return await eachOf(of, take, signal, again > 0);
    } catch (e) {
      if (e.status !== 409 || again === mostAgain) throw e;
    }
  }
}
async function eachOf(of, take, signal, anew) {
  let cursor = "";
  do {
    const page4 = await ask("sharing", { of, limit: pageSize, cursor }, { signal, anew });
    if (signal.aborted) return;
    await take(page4);
    cursor = page4.next;
  } while (cursor);
}

// explore/web/src/sharing/words.js
function some(names3, most) {
  const list = names3 ?? [], more = list.length - most;
  return list.slice(0, most).map((n) => middle(n, 40)).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
function segmentName(layout2, seg) {
  if (layout2.names[seg]) return layout2.names[seg];
  return { header: "header", padding: "padding", other: "all of the file" }[layout2.kinds[seg]] ?? layout2.kinds[seg];
}
function wayOf(kind) {
  if (kind === "delta" || kind === "relative") return "";
  const rank = / r(\d+)$/.exec(kind);
  const more = [kind.includes("imatrix") && "importance matrix", rank && `rank ${rank[1]}`].filter(Boolean);
  return [kindWord(rank ? kind.slice(0, rank.index) : kind), ...more].join(", ");
}
function describe3(sheet, row2, seg) {
  const { layout: layout2 } = row2, b = row2.blobs[seg], { len, stored, how: how2 } = sheet.blobs;
  const type = layout2.types[seg];
  return {
    title: segmentName(layout2, seg),
    what: `${type ? `${type} · ` : ""}${bytes(len[b])}`,
    how: howOf(sheet, row2, seg, b),
    cost: how2[b] === 0 && row2.hues[seg] === SAME ? "" : costOf(layout2.elements[seg], len[b], stored[b]),
    shared: sharedBy(sheet, row2, b)
  };
}
function howOf(sheet, row2, seg, b) {
  const place2 = (cell2) => {
    if (!cell2) return "a file that is not shown";
    const name = segmentName(cell2.row.layout, cell2.seg);
    const own = segmentName(row2.layout, seg);
    const ref = cell2.row.path === row2.path && cell2.row.refs[0] ? ` (${cell2.row.refs[0]})` : "";
    return `${name === own ? "" : `${middle(name, 48)} of `}${middle(cell2.row.path, 40)}${ref}`;
  };
  const hue = row2.hues[seg];
  const first2 = sheet.firstCell(b), kin = sheet.kin.get(b);
  if (hue === SAME && first2.row !== row2) return `same bytes as ${place2(first2)}`;
  const partly = kin && `${percent(kin.part)} of it the same bytes as ${place2(sheet.firstCell(kin.blob))}`;
  if (hue === SAME) return partly;
  if (hue === 0) return partly ? `stored here, ${partly}` : "stored here";
  const way = wayOf(sheet.kinds[sheet.blobs.kind[b]] ?? "");
  const from = place2(sheet.firstCell(sheet.blobs.source[b]));
  return `${hue === 1 ? "difference to" : "recomputed from"} ${from}${way && ` (${way})`}`;
}
function costOf(elements, len, stored) {
  if (stored < 1e-3 * len) return `kept in ${bytes(stored)}`;
  const part3 = len > 0 ? `${percent(stored / len)} of its size` : "";
  return ["kept in " + bytes(stored), bits(stored, elements), part3].filter(Boolean).join(", ");
}
function sharedBy(sheet, row2, b) {
  const same = sheet.have[b] - 1, made = /* @__PURE__ */ new Set();
  for (const x of sheet.made.get(b) ?? []) sheet.eachCell(x, (r) => r.i !== row2.i && made.add(r.i));
  const said2 = [];
  if (same > 0) said2.push(`${plural(same, "other file has", "other files have")} the same bytes`);
  if (made.size > 0) said2.push(`${plural(made.size, "file is", "files are")} made of them`);
  if (said2.length === 0) return "no other file has these bytes";
  return said2.join(", ");
}
function summary(sheet, rows) {
  const { size, shared, stored } = sheet.sum(rows);
  const part3 = size > 0 ? `, of which ${percent(shared / size)} is shared` : "";
  return `${plural(rows.length, "file")}, ${bytes(size)}${part3}; kept in ${bytes(stored)}`;
}

// explore/web/src/sharing/panel.js
var shownAtFirst = 200;
var groups2 = { chunk: "The same chunk", same: "Same bytes", source: "Made of", made: "Made of these bytes", part: "Partly the same" };
var Panel = class {
  /** of is what was asked of "sharing", linkOf(place) is the address of a place; close() is called by its button. */
  constructor(of, signal, linkOf, close) {
    Object.assign(this, { of, signal, linkOf, close });
    this.el = h("aside", { class: "sharers", hidden: true, "aria-label": "Who shares these bytes" });
  }
  hide() {
    this.el.hidden = true;
    this.cell = null;
  }
  async show(sheet, cell2) {
    if (this.cell === cell2) return;
    this.cell = cell2;
    this.el.hidden = false;
    const d = describe3(sheet, cell2.row, cell2.seg);
    const body = h("div", { class: "note" }, "asking …");
    fill(
      this.el,
      h("button", { class: "close", "aria-label": "Close", title: "Close (Esc)", onclick: this.close }, "×"),
      h("h2", { title: d.title }, middle(d.title, 80)),
      h("p", {}, d.what, cell2.chunk !== void 0 && `, chunk ${count(cell2.chunk + 1)} of it`, h("br"), h("span", { class: "note" }, `in ${middle(cell2.row.path, 60)}`)),
      h("p", {}, d.how, d.cost && [h("br"), d.cost]),
      h("p", { class: "links" }, linksOf(sheet, cell2)),
      body
    );
    try {
      const answer = await this.#ask(sheet, cell2);
      if (this.cell === cell2) fill(body, this.#groups(answer)), body.removeAttribute("class");
    } catch (e) {
      if (this.cell === cell2) fill(body, failed(e.message));
    }
  }
  /** The places in all models; of a row that only what is asked for has (a tag, a commit), those in that. */
  async #ask(sheet, { row: row2, seg, chunk }) {
    const about2 = { model: row2.model, file: row2.file, segment: seg };
    if (!canAsk("sharers", about2)) return placesOf(sheet, row2, seg);
    const all3 = await this.#among(about2);
    if (chunk === void 0) return all3;
    const { places } = await this.#among({ ...about2, chunk });
    return { ...all3, chunk, places: [...places.map((p) => ({ ...p, as: "chunk" })), ...all3.places] };
  }
  #among(about2) {
    if (this.of.length === 0) return ask("sharers", about2, this);
    return ask("sharers", about2, this).catch(() => ask("sharers", { ...about2, of: this.of }, this));
  }
  #groups({ places, more, chunk }) {
    const list = Object.entries(groups2).map(([as, name]) => [name, places.filter((p) => p.as === as)]).filter(([, found]) => found.length > 0).map(([name, found]) => this.#group(name, found));
    const alone3 = chunk !== void 0 && !places.some((p) => p.as === "chunk");
    if (alone3) list.unshift(h("p", { class: "note" }, "No other tensor has this chunk."));
    if (places.length === 0) list.push(h("p", { class: "note" }, "No other file has these bytes, or is made of them."));
    if (more > 0) list.push(h("p", { class: "note" }, `and ${plural(more, "more place")}`));
    return list;
  }
  #group(name, places) {
    const list = h("ol", {}, places.slice(0, shownAtFirst).map((p) => this.#place(p)));
    const rest = places.length - shownAtFirst;
    const all3 = rest > 0 && h("button", {
      onclick: (e) => (fill(list, places.map((p) => this.#place(p))), e.target.remove())
    }, `show ${count(rest)} more`);
    return h("section", {}, h("h3", {}, `${name} `, h("span", { class: "note" }, count(places.length))), list, all3);
  }
  #place(p) {
    const own = this.cell.row.layout.names[this.cell.seg];
    const size = { same: "", chunk: bytes(p.common), part: `${bytes(p.common)} of ${bytes(p.len)}` }[p.as] ?? bytes(p.len);
    return h(
      "li",
      {},
      h("a", { href: this.linkOf(p), title: p.path }, middle(p.path, 48)),
      h("div", { class: "note" }, said(p.model, some(p.refs, 3))),
      h("div", { class: "note" }, said(p.tensor === own ? "" : middle(p.tensor, 60), size, wayOf(p.kind)))
    );
  }
};
var said = (...parts4) => parts4.filter(Boolean).join(" · ");
function linksOf(sheet, { row: row2, seg }) {
  const name = row2.layout.names[seg], source = sheet.firstCell(sheet.blobs.source[row2.blobs[seg]]);
  const [to] = row2.refs, { model, path } = row2;
  const links = [to && wayTo("file", { model, rev: to, path }, "the file")];
  if (to && name && source?.row.model === model && source.row.layout.names[source.seg] === name) {
    const from = source.row.refs[0], old = source.row.path;
    const paths = old === path ? { path } : { from_path: old, to_path: path };
    if (from) links.push(wayTo("tensor", { model, from, to, ...paths, name }, "what changed"));
  }
  return links;
}
function placesOf(sheet, row2, seg) {
  const b = row2.blobs[seg], places = [];
  const add = (as, kind = "") => (r, s2) => {
    if (r === row2 && s2 === seg) return;
    const { model, path, refs, file: file2, layout: layout2 } = r, len = sheet.blobs.len[r.blobs[s2]];
    places.push({ model, path, refs, file: file2, tensor: layout2.names[s2], off: layout2.offs[s2], len, common: 0, as, kind });
  };
  sheet.eachCell(b, add("same"));
  const s = sheet.blobs.source[b];
  if (sheet.firstCell(s)) sheet.eachCell(s, add("source", sheet.kinds[sheet.blobs.kind[b]]));
  for (const x of sheet.made.get(b) ?? []) sheet.eachCell(x, add("made", sheet.kinds[sheet.blobs.kind[x]]));
  return { places, more: 0 };
}

// explore/web/src/sharing/picker.js
function pickedText(of) {
  if (of.length === 0) return "all branches";
  return of.length === 1 ? middle(of[0], 30) : plural(of.length, "revision");
}
function picker(of, set, signal) {
  const list = h("div", { class: "list" });
  const filter = h("input", { type: "search", placeholder: "Model or branch", "aria-label": "Filter the list" });
  const box3 = h(
    "details",
    { class: "picker" },
    h("summary", {}, pickedText(of)),
    h(
      "div",
      { class: "drop" },
      filter,
      list,
      h(
        "div",
        { class: "last" },
        h("button", { onclick: () => box3.open = false }, "Show these"),
        h("button", { onclick: () => (chosen.clear(), box3.open = false) }, "Show all branches")
      )
    )
  );
  const chosen = new Set(of);
  const draw2 = (all3) => fill(list, all3.map((m) => section2(m, filter.value.trim().toLowerCase(), chosen)));
  let models;
  box3.addEventListener("toggle", async () => {
    if (!box3.open && String([...chosen].sort()) !== String([...of].sort())) return set([...chosen]);
    if (!box3.open || models) return;
    fill(list, h("p", { class: "note" }, "asking …"));
    try {
      models = await ask("models", {}, { signal });
      draw2(models);
      filter.focus();
    } catch (e) {
      fill(list, h("p", { class: "error" }, e.message));
    }
  });
  filter.addEventListener("input", () => models && draw2(models));
  addEventListener("pointerdown", (e) => box3.contains(e.target) || (box3.open = false), { signal });
  box3.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    box3.open = false;
    box3.querySelector("summary").focus();
  });
  return box3;
}
function section2(model, text2, chosen) {
  const all3 = text2 === "" || model.name.toLowerCase().includes(text2);
  const refs = [...model.branches, ...model.tags.map((r) => ({ ...r, tag: true }))].filter((r) => all3 || r.name.toLowerCase().includes(text2));
  if (refs.length === 0) return null;
  return h(
    "fieldset",
    {},
    h("legend", { title: model.name }, middle(model.name, 44), h("span", { class: "note" }, ` ${count(refs.length)}`)),
    refs.slice(0, 200).map((r) => {
      const value = `${model.name}@${r.name}`;
      return h("label", { title: r.subject }, h("input", {
        type: "checkbox",
        checked: chosen.has(value),
        onchange: (e) => e.target.checked ? chosen.add(value) : chosen.delete(value)
      }), middle(r.name, 40), r.tag && h("span", { class: "note" }, " tag"));
    }),
    refs.length > 200 && h("span", { class: "note" }, `${count(refs.length - 200)} more: type a part of a name`)
  );
}

// explore/web/src/sharing/search.js
var Search = class {
  #rows = [];
  #at = -1;
  /** set(text) is called when the text has changed, visit(row, seg) to go to a match. */
  constructor(set, visit) {
    this.set = set;
    this.visit = visit;
    this.input = h("input", {
      type: "search",
      placeholder: "Find tensors",
      "aria-label": "Find tensors by name",
      title: "Find tensors by a part of their name ( / )",
      oninput: () => this.set(this.input.value.trim()),
      onkeydown: (e) => e.key === "Enter" && (e.preventDefault(), this.go(e.shiftKey ? -1 : 1))
    });
    this.says = h("span", { class: "note", "aria-live": "polite" });
    const step3 = (by, word, sign) => h("button", { title: word, "aria-label": word, onclick: () => this.go(by) }, sign);
    this.steps = h("span", { hidden: true }, step3(-1, "Previous match", "‹"), step3(1, "Next match", "›"));
    this.el = h("span", { class: "search" }, this.input, this.steps, this.says);
  }
  focus() {
    this.input.focus();
    this.input.select();
  }
  clear() {
    this.set("");
  }
  take(sheet, items, text2) {
    if (this.input.value.trim() !== text2) this.input.value = text2;
    if (text2 !== this.text) this.#at = -1;
    this.text = text2;
    const found = text2 === "" ? [] : rowsOf(items).map((row2) => [row2, sheet.matches(row2.layout, text2)]);
    this.#rows = found.filter(([, list]) => list.length > 0);
    this.all = this.#rows.reduce((sum2, [, list]) => sum2 + list.length, 0);
    this.steps.hidden = this.all === 0;
    this.#say();
  }
  #say() {
    if (this.text === "") this.says.textContent = "";
    else if (this.#at >= 0) this.says.textContent = `${count(this.#at + 1)} of ${count(this.all)}`;
    else if (this.all === 0) this.says.textContent = "no tensor";
    else this.says.textContent = `${plural(this.all, "tensor")} in ${plural(this.#rows.length, "file")}`;
  }
  /** Goes by so many matches. */
  go(by) {
    if (this.all === 0) return;
    this.#at = this.#at < 0 ? by > 0 ? 0 : this.all - 1 : (this.#at + by + this.all) % this.all;
    let left = this.#at;
    for (const [row2, list] of this.#rows) {
      if (left < list.length) {
        this.visit(row2, list[left]);
        break;
      }
      left -= list.length;
    }
    this.#say();
  }
};

// explore/web/src/sharing/sheet.js
var Sheet = class {
  total = 0;
  leftOut = 0;
  constructor() {
    this.#clear();
  }
  #clear() {
    this.rows = [];
    this.layouts = [];
    this.blobs = { len: [], how: [], kind: [], stored: [], source: [], chunks: [] };
    this.kinds = [""];
    this.pairs = [];
  }
  /** Takes a page in. Pages come in order; the first one begins anew. */
  add(page4) {
    if (page4.first_row === 0) this.#clear();
    this.total = page4.total;
    this.leftOut = page4.left_out;
    this.kinds = page4.kinds ?? this.kinds;
    for (const l of page4.layouts ?? []) this.layouts.push({ ...l, offs: sums(l.lens), matches: /* @__PURE__ */ new Map() });
    for (const [name, list] of Object.entries(this.blobs)) for (const v of page4.blobs[name] ?? []) list.push(v);
    for (const pair of page4.kin ?? []) this.pairs.push(pair);
    for (const r of page4.rows ?? []) {
      const layout2 = this.layouts[r.layout], blobs = Int32Array.from(r.blobs);
      this.rows.push({ ...r, i: this.rows.length, refs: r.refs ?? [], blobs, layout: layout2 });
    }
    this.#index();
  }
  #index() {
    const n = this.blobs.len.length;
    const start = new Int32Array(n + 1), have = new Int32Array(n), seen = new Int32Array(n).fill(-1);
    for (const row2 of this.rows) {
      for (const b of row2.blobs) {
        start[b + 1]++;
        if (seen[b] !== row2.i) seen[b] = row2.i, have[b]++;
      }
    }
    for (let b = 0; b < n; b++) start[b + 1] += start[b];
    const at2 = start.slice(), cellRow = new Int32Array(start[n]), cellSeg = new Int32Array(start[n]);
    this.first = new Int32Array(n).fill(-1);
    for (const row2 of this.rows) {
      row2.blobs.forEach((b, seg) => {
        const c = at2[b]++;
        cellRow[c] = row2.i;
        cellSeg[c] = seg;
        if (this.first[b] < 0 || row2.age < this.rows[cellRow[this.first[b]]].age) this.first[b] = c;
      });
    }
    Object.assign(this, { start, have, cellRow, cellSeg });
    this.#measure();
  }
  #measure() {
    this.kin = /* @__PURE__ */ new Map();
    for (const [blob, b, bytes2] of this.pairs) {
      const part3 = bytes2 / Math.max(1, this.blobs.len[b]);
      if (part3 > (this.kin.get(b)?.part ?? 0)) this.kin.set(b, { blob, part: part3 });
    }
    this.users = usersOf(this.blobs, this.have);
    this.most = mostOf(this.users, this.#weights());
    this.shades = shadesOf(this.blobs, this.users, this.most, this.pairs);
    this.parts = sharedParts(this.blobs, this.have, this.pairs);
    this.made = listsOf(this.blobs.source);
    for (const row2 of this.rows) {
      row2.hues = Uint8Array.from(row2.blobs, (b) => this.#hue(row2, b));
      let shared = 0, shade = 0;
      row2.blobs.forEach((b) => {
        shared += this.parts[b] * this.blobs.len[b];
        shade += this.shades[b] * this.blobs.len[b];
      });
      row2.shared = row2.size > 0 ? shared / row2.size : 0;
      row2.shade = row2.size > 0 ? shade / row2.size : 0;
    }
  }
  /** Bytes of all cells of each blob, tensors only. */
  #weights() {
    const weights = new Float64Array(this.have.length);
    for (const { layout: layout2, blobs } of this.rows) {
      blobs.forEach((b, seg) => layout2.kinds[seg] === "tensor" && (weights[b] += this.blobs.len[b]));
    }
    return weights;
  }
  /** The hue of a cell: same bytes for what an older row has, or most of it another blob, else how its blob is kept. */
  #hue(row2, b) {
    if (this.rows[this.cellRow[this.first[b]]].age < row2.age) return SAME;
    return this.blobs.how[b] === KEPT && this.kin.get(b)?.part > 0.5 ? SAME : this.blobs.how[b];
  }
  /** Calls see(row, seg) for each cell that has blob b. */
  eachCell(b, see) {
    for (let c = this.start[b]; c < this.start[b + 1]; c++) see(this.rows[this.cellRow[c]], this.cellSeg[c]);
  }
  /** The oldest cell that has blob b; undefined if no row here has it. */
  firstCell(b) {
    const c = b >= 0 && b < this.first.length ? this.first[b] : -1;
    return c < 0 ? void 0 : { row: this.rows[this.cellRow[c]], seg: this.cellSeg[c] };
  }
  /** The blobs that are made directly of b, have chunks of it, and the one that it is made of, in one list. */
  related(b) {
    const list = [...this.made.get(b) ?? []];
    for (const [x, y] of this.pairs) if (x === b || y === b) list.push(x === b ? y : x);
    const s = this.blobs.source[b];
    if (s >= 0 && s < this.have.length) list.push(s);
    return list;
  }
  /** The rows that have b, or something that is related to it. */
  rowsWith(b) {
    const rows = /* @__PURE__ */ new Set();
    for (const x of [b, ...this.related(b)]) this.eachCell(x, (row2) => rows.add(row2.i));
    return rows;
  }
  /** What part of a blob had to be stored for it. */
  cost(b) {
    return cost(this.blobs.how[b], this.blobs.stored[b], this.blobs.len[b]);
  }
  /** Segments of a layout whose name has the text. */
  matches(layout2, text2) {
    const want = text2.toLowerCase();
    let list = layout2.matches.get(want);
    if (!list) {
      list = [];
      layout2.names.forEach((name, seg) => name.toLowerCase().includes(want) && list.push(seg));
      layout2.matches.clear();
      layout2.matches.set(want, list);
    }
    return list;
  }
  /** What rows have in all: {size, shared, stored}, bytes. Common chunks are counted once. */
  sum(rows) {
    const seen = /* @__PURE__ */ new Set();
    let size = 0, shared = 0, stored = 0;
    for (const row2 of rows) {
      size += row2.size;
      shared += row2.shared * row2.size;
      for (const b of row2.blobs) if (!seen.has(b)) seen.add(b), stored += this.blobs.stored[b];
    }
    for (const [a, b, bytes2] of this.pairs) {
      if (!seen.has(a) || !seen.has(b) || this.blobs.len[b] === 0) continue;
      stored -= bytes2 / this.blobs.len[b] * this.blobs.stored[b];
    }
    return { size, shared, stored: Math.max(0, stored) };
  }
  /** How the bytes of a row are kept: bytes by hue. */
  byHue(row2) {
    const sums2 = [0, 0, 0, 0];
    row2.blobs.forEach((b, seg) => sums2[row2.hues[seg]] += this.blobs.len[b]);
    return sums2;
  }
};
function sums(lens) {
  const offs = new Float64Array(lens.length + 1);
  lens.forEach((l, i) => offs[i + 1] = offs[i] + l);
  return offs;
}
function listsOf(values2) {
  const lists = /* @__PURE__ */ new Map();
  values2.forEach((v, i) => {
    if (v < 0) return;
    if (!lists.has(v)) lists.set(v, []);
    lists.get(v).push(i);
  });
  return lists;
}
function segmentAt(offs, at2) {
  let lo = 0, hi = offs.length - 2;
  while (lo < hi) {
    const mid = lo + hi + 1 >> 1;
    if (offs[mid] <= at2) lo = mid;
    else hi = mid - 1;
  }
  return lo;
}

// explore/web/src/sharing/table.js
var order3 = [3, 1, 2, 0];
var fileOf = ({ model, path, refs: [rev] }) => linkTo("file", { model, rev, path }, middle(path, 70), { title: path });
function table3(sheet, items, several) {
  const number = (text2) => h("td", { class: "number" }, text2);
  const line3 = (row2) => {
    const sums2 = sheet.byHue(row2);
    return h(
      "tr",
      {},
      several && h("td", {}, middle(row2.model, 40)),
      h("td", {}, fileOf(row2)),
      h("td", { class: "note" }, middle(row2.refs.join(", "), 40)),
      number(bytes(row2.size)),
      number(percent(row2.shared)),
      order3.map((how2) => number(sums2[how2] ? bytes(sums2[how2]) : ""))
    );
  };
  return h("div", { class: "table" }, h(
    "table",
    {},
    h("caption", { class: "unseen" }, "Files, and how their bytes are kept"),
    h("thead", {}, h(
      "tr",
      {},
      several && h("th", {}, "model"),
      h("th", {}, "file"),
      h("th", {}, "where"),
      h("th", { class: "number" }, "size"),
      h("th", { class: "number" }, "shared"),
      order3.map((how2) => h("th", { class: "number" }, hows[how2].label))
    )),
    h("tbody", {}, rowsOf(items).map(line3))
  ));
}

// explore/web/src/sharing/tip.js
var Tip = class {
  constructor() {
    this.el = h("div", { class: "told", hidden: true });
    this.live = h("div", { class: "unseen", "aria-live": "polite" });
  }
  /** Says what a cell is, or a row where cell has no seg; null: nothing. */
  show(sheet, cell2, x, y, width2, height) {
    this.el.hidden = !cell2;
    if (!cell2) return;
    if (this.row !== cell2.row || this.seg !== cell2.seg || this.part?.n !== cell2.part?.n) this.#say(sheet, cell2);
    const { offsetWidth: w, offsetHeight: hh } = this.el;
    const below2 = y + 18 + hh < height;
    this.el.style.transform = `translate(${Math.round(Math.max(4, Math.min(x + 14, width2 - w - 8)))}px, ${Math.round(below2 ? y + 18 : Math.max(4, y - hh - 12))}px)`;
  }
  #say(sheet, { row: row2, seg, part: part3 }) {
    Object.assign(this, { row: row2, seg, part: part3 });
    const lines2 = seg === void 0 ? ofRow(sheet, row2) : ofCell(sheet, row2, seg);
    if (part3) lines2.push(["how", ofChunk(part3)]);
    fill(this.el, lines2.filter(([, text2]) => text2).map(([name, text2]) => h("div", { class: name }, text2)));
    this.live.textContent = lines2.map(([, text2]) => text2).filter(Boolean).join(". ");
  }
};
function ofCell(sheet, row2, seg) {
  const d = describe3(sheet, row2, seg);
  return [
    ["title", middle(d.title, 90)],
    ["note", `${d.what} · ${middle(row2.path, 60)}`],
    ["how", d.how],
    ["", d.cost],
    ["", d.shared]
  ];
}
function ofChunk({ n, of, chunk }) {
  const how2 = chunk.stored < chunk.len || chunk.how > 0 ? `, ${hows[chunk.how].label} in ${bytes(chunk.stored)}` : "";
  const others = chunk.blobs > 1 ? `, in ${plural(chunk.blobs - 1, "other tensor")} too` : "";
  return `chunk ${count(n)} of ${count(of)}: ${bytes(chunk.len)}${how2}${others}`;
}
function ofRow(sheet, row2) {
  const sums2 = sheet.byHue(row2);
  const parts4 = [3, 1, 2, 0].filter((how2) => sums2[how2] > 0).map((how2) => `${hows[how2].label} ${percent(sums2[how2] / row2.size)}`);
  return [
    ["title", middle(row2.path, 160)],
    ["note", `${middle(row2.model, 80)} · ${some(row2.refs, 6)}`],
    ["", `${bytes(row2.size)}, ${percent(row2.shared)} of it shared`],
    ["", parts4.join(", ")]
  ];
}

// explore/web/src/sharing/chunks.js
var atOnce = 4;
var Chunks = class {
  #lists = /* @__PURE__ */ new Map();
  // blob → list, or undefined while it is on its way
  #waiting = /* @__PURE__ */ new Map();
  // blob → what to ask
  #asking = 0;
  /** of is what was asked of "sharing", signal ends all, and came() is called when a list has come. */
  constructor(of, signal, came) {
    this.of = of;
    this.signal = signal;
    this.came = came;
  }
  /** Begins a picture: what is still to be asked and not in it will not be. */
  begin() {
    this.#waiting.clear();
  }
  /** The chunks of a cell; undefined until they have come. */
  list(row2, seg) {
    const b = row2.blobs[seg];
    if (!this.#lists.has(b) && !this.#waiting.has(b)) {
      const about2 = { of: this.of, model: row2.model, file: row2.file, segment: seg };
      if (canAsk("chunks", about2)) this.#waiting.set(b, about2);
    }
    return this.#lists.get(b);
  }
  /** The chunk at a byte of a cell, as {n, of, chunk}; undefined if its chunks have not come, or it is one. */
  at(row2, seg, byte) {
    const list = this.#lists.get(row2.blobs[seg]) ?? [];
    let end = 0;
    const i = list.findIndex((c) => (end += c.len) > byte);
    return i >= 0 && list.length > 1 ? { n: i + 1, of: list.length, chunk: list[i] } : void 0;
  }
  /** Ends a picture: asks for what it lacked. */
  end() {
    for (let i = this.#asking; i < atOnce; i++) this.#next();
  }
  async #next() {
    const [first2] = this.#waiting;
    if (this.#asking >= atOnce || !first2 || this.signal.aborted) return;
    const [b, about2] = first2;
    this.#waiting.delete(b);
    this.#lists.set(b, void 0);
    this.#asking++;
    try {
      this.#lists.set(b, (await ask("chunks", about2, { signal: this.signal })).chunks);
      this.came();
    } catch {
    } finally {
      this.#asking--;
      this.#next();
    }
  }
};

// explore/web/src/sharing/hands.js
var settle = 240;
function hands(wall) {
  const { el } = wall, on2 = (name, fn2, more) => el.addEventListener(name, fn2, { signal: wall.signal, ...more });
  const where = (e) => {
    const box3 = el.getBoundingClientRect();
    return [e.clientX - box3.left, e.clientY - box3.top];
  };
  pointing(wall, on2, where);
  on2("wheel", (e) => {
    const [x] = where(e), unit = e.deltaMode === 1 ? 16 : 1;
    e.preventDefault();
    if (x < wall.left || e.target.closest(".bar")) wall.pan(0, e.deltaY * unit);
    else if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) wall.pan((e.deltaX || e.deltaY) * unit, 0);
    else wall.zoom(Math.exp(-e.deltaY * unit * (e.ctrlKey ? 0.01 : 22e-4)), x - wall.left);
    wall.point(wall.hit(...where(e)), ...where(e));
  }, { passive: false });
  on2("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const act = keys[e.key];
    if (!act) return;
    e.preventDefault();
    act(wall, e);
  });
}
function pointing(wall, on2, where) {
  const held2 = /* @__PURE__ */ new Map();
  let moved = 0, onAxis = false, waiting2;
  on2("pointerdown", (e) => {
    if (e.button !== 0 || e.target.closest(".bar")) return;
    held2.set(e.pointerId, where(e));
    moved = 0;
    onAxis = where(e)[1] < wall.top && where(e)[0] >= wall.left;
    if (onAxis) centre(wall, where(e)[0]);
    wall.el.setPointerCapture(e.pointerId);
  });
  on2("pointermove", (e) => {
    const [x, y] = where(e), was = held2.get(e.pointerId);
    if (!was) return e.target.closest(".bar") ? wall.point(null) : wall.point(wall.hit(x, y), x, y);
    if (held2.size === 2) pinch(wall, held2, e.pointerId, [x, y]);
    else if (onAxis) centre(wall, x);
    else if (moved > 4) wall.pan(was[0] - x, was[1] - y);
    moved += Math.abs(was[0] - x) + Math.abs(was[1] - y);
    if (moved > 4) wall.el.classList.add("dragged");
    held2.set(e.pointerId, [x, y]);
  });
  const up = (e) => {
    if (!held2.delete(e.pointerId)) return;
    wall.el.classList.remove("dragged");
    if (e.type !== "pointerup" || moved > 4 || onAxis) return;
    const cell2 = wall.hit(...where(e));
    clearTimeout(waiting2);
    waiting2 = setTimeout(() => cell2 && wall.says.pick(cell2), settle);
  };
  on2("pointerup", up);
  on2("pointercancel", up);
  on2("pointerleave", (e) => !held2.size && e.pointerType !== "touch" && wall.point(null));
  on2("dblclick", (e) => {
    clearTimeout(waiting2);
    const cell2 = wall.hit(...where(e));
    if (cell2?.seg !== void 0) wall.zoomTo(cell2.row, cell2.seg);
  });
}
function centre(wall, x) {
  const { lens } = wall, at2 = (x - wall.left) / wall.cellsWidth * lens.end, half = (lens.to - lens.from) / 2;
  lens.set(at2 - half, at2 + half);
  wall.redraw();
  wall.says.moved();
}
function pinch(wall, held2, id, now) {
  const other = [...held2].find(([k]) => k !== id)[1], was = held2.get(id);
  const apart3 = (p) => Math.max(20, Math.hypot(p[0] - other[0], p[1] - other[1]));
  wall.zoom(apart3(now) / apart3(was), (now[0] + other[0]) / 2 - wall.left);
}
function step2(wall, rows, segs) {
  const list = wall.items.filter((it2) => it2.row).map((it2) => it2.row);
  if (list.length === 0) return;
  const from = [wall.focus, wall.chosen].find((c) => c?.seg !== void 0 && list.includes(c.row));
  if (!from) return wall.visit(list[0], 0);
  const row2 = list[Math.max(0, Math.min(list.length - 1, list.indexOf(from.row) + rows))];
  let { seg } = from;
  if (row2 !== from.row) {
    if (row2.layout !== from.row.layout) {
      const name = from.row.layout.names[seg], same = name ? row2.layout.names.indexOf(name) : -1;
      const ratio = seg / from.row.blobs.length;
      seg = same >= 0 ? same : Math.floor(ratio * row2.blobs.length);
    }
  }
  wall.visit(row2, Math.max(0, Math.min(row2.blobs.length - 1, seg + segs)));
}
var keys = {
  ArrowLeft: (w, e) => e.shiftKey ? w.pan(-w.cellsWidth / 5, 0) : step2(w, 0, -1),
  ArrowRight: (w, e) => e.shiftKey ? w.pan(w.cellsWidth / 5, 0) : step2(w, 0, 1),
  ArrowUp: (w) => step2(w, -1, 0),
  ArrowDown: (w) => step2(w, 1, 0),
  PageUp: (w) => step2(w, -10, 0),
  PageDown: (w) => step2(w, 10, 0),
  Home: (w) => step2(w, 0, -Infinity),
  End: (w) => step2(w, 0, Infinity),
  Enter: (w) => w.focus?.seg !== void 0 && w.says.pick(w.focus),
  Escape: (w) => w.says.escape(),
  "+": (w) => w.zoom(1.5, middleOf(w)),
  "=": (w) => w.zoom(1.5, middleOf(w)),
  "-": (w) => w.zoom(1 / 1.5, middleOf(w)),
  0: (w) => w.whole(),
  "/": (w) => w.says.search(),
  n: (w) => w.says.next(1),
  N: (w) => w.says.next(-1)
};
function middleOf(wall) {
  if (wall.focus?.seg === void 0) return wall.cellsWidth / 2;
  const p = wall.place(wall.focus.row, wall.focus.seg), x = p.x + p.w / 2 - wall.left;
  return x >= 0 && x <= wall.cellsWidth ? x : wall.cellsWidth / 2;
}

// explore/web/src/sharing/lens.js
var Lens = class {
  constructor(width2, most, same) {
    Object.assign(this, { width: width2, same, end: same ? 1 : Math.max(1, most), least: Math.max(1, most) });
    this.from = 0;
    this.to = this.end;
  }
  /** Units of the lens in a byte of a row. */
  unit(row2) {
    return this.same ? 1 / Math.max(1, row2.size) : 1;
  }
  /** Pixels to a unit. */
  get scale() {
    return this.width / (this.to - this.from);
  }
  x(at2) {
    return (at2 - this.from) * this.scale;
  }
  at(x) {
    return this.from + x / this.scale;
  }
  /** How far in: 1 for all of it. */
  get zoom() {
    return this.end / (this.to - this.from);
  }
  get whole() {
    return this.zoom < 1.0001;
  }
  /** The narrowest view: 2 KiB of the longest file. */
  get narrowest() {
    return Math.min(this.end, this.end / this.least * 2048);
  }
  /** Sees from…to, moved and widened to what there is. */
  set(from, to) {
    const span = Math.min(this.end, Math.max(this.narrowest, to - from));
    const middle3 = (from + to) / 2;
    this.from = Math.max(0, Math.min(this.end - span, middle3 - span / 2));
    this.to = this.from + span;
  }
  /** Zooms by a factor and leaves what is at pixel x where it is. */
  zoomAt(x, factor) {
    const at2 = this.at(x), span = Math.min(this.end, Math.max(this.narrowest, (this.to - this.from) / factor));
    const from = at2 - x / this.width * span;
    this.from = Math.max(0, Math.min(this.end - span, from));
    this.to = this.from + span;
  }
  pan(pixels) {
    const by = pixels / this.scale;
    this.set(this.from + by, this.to + by);
  }
  /** Moves as little as it takes to see from…to; zooms out where that is wider than the view. */
  reveal(from, to) {
    const span = this.to - this.from;
    if (to - from > span) this.set(from, to);
    else if (from < this.from) this.set(from, from + span);
    else if (to > this.to) this.set(to - span, to);
  }
};
function ticks2(from, to, most) {
  let step3 = 1;
  while ((to - from) / step3 > most) step3 *= 2;
  const list = [];
  for (let t = Math.ceil(from / step3) * step3; t <= to; t += step3) list.push(t);
  return { step: step3, list };
}
var digits = new Intl.NumberFormat("en-US");
function tickText(at2, step3) {
  const units2 = ["B", "KiB", "MiB", "GiB", "TiB"];
  if (at2 === 0) return "0";
  let u = 0;
  while (u < units2.length - 1 && at2 >= 1024 ** (u + 1) && step3 >= 1024 ** (u + 1) / 4) u++;
  return `${digits.format(at2 / 1024 ** u)} ${units2[u]}`;
}
function bands(layout2) {
  const list = [];
  layout2.names.forEach((name, seg) => {
    const m = /^(.*?[._])?(\d+)[._]/.exec(name);
    const key3 = m ? m[0] : name;
    const last2 = list[list.length - 1];
    if (layout2.kinds[seg] !== "tensor") return;
    if (last2 && last2.key === key3) last2.to = layout2.offs[seg + 1];
    else {
      const label = m ? m[2] : plain2(name);
      list.push({ key: key3, label, number: !!m, from: layout2.offs[seg], to: layout2.offs[seg + 1] });
    }
  });
  return list;
}
var plain2 = (name) => name.replace(/^model\./, "").replace(/\.(weight|bias)$/, "").split(".").pop();

// explore/web/src/sharing/text.js
var family2 = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
var font2 = (size, weight = 400) => `${weight} ${size}px ${family2}`;
var fitted = (pen, text2, pixels) => pixels < 18 ? "" : fit(text2, pen.font, pixels);
function nameIn(pen, name, pixels) {
  if (pixels < 12 || name === "" || name.length > 200) return "";
  return forms(name).find((f) => width(f, pen.font) <= pixels) ?? "";
}
var known = /* @__PURE__ */ new Map();
function forms(name) {
  let list = known.get(name);
  if (!list) {
    if (known.size > 2e4) known.clear();
    const short2 = name.replace(/^model\./, "").replace(/\.(weight|bias)$/, "");
    const module = short2.replace(/^.*\.\d+\./, "").replace(/^blk\.\d+\./, "");
    list = [module, module.split(".").pop(), module.split(".").pop().replace(/_(proj|tokens|layernorm)$/, "")];
    known.set(name, list);
  }
  return list;
}

// explore/web/src/sharing/marks.js
function mark3(wall, pen) {
  const { dpr, width: width2, height, top, left, cellsWidth } = wall;
  pen.setTransform(dpr, 0, 0, dpr, 0, 0);
  pen.clearRect(0, 0, width2, height);
  const at2 = wall.focus?.seg !== void 0 ? wall.focus : wall.chosen;
  ruler(wall, pen, wall.focus?.row ?? wall.longest);
  pen.save();
  pen.beginPath();
  pen.rect(0, top, left + cellsWidth, height - top);
  pen.clip();
  const found = wall.find && matchesIn(wall);
  const shared = at2 && sharers(wall, at2);
  if (found) wash(wall, pen, 0.78, found);
  else if (shared && shared.length > 1) wash(wall, pen, 0.5, shared);
  if (shared) outline(wall, pen, shared, at2);
  if (wall.focus) rowMark(wall, pen, wall.focus.row);
  pen.restore();
}
function ruler(wall, pen, row2) {
  if (!row2) return;
  const { lens, left, cellsWidth: width2, colours } = wall, unit = lens.unit(row2);
  pen.font = font2(11);
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  for (const band of row2.layout.bands ??= bands(row2.layout)) {
    const x0 = left + Math.max(0, lens.x(band.from * unit)), x1 = left + Math.min(width2, lens.x(band.to * unit));
    if (x1 - x0 < 8) continue;
    pen.fillStyle = colours.line;
    pen.fillRect(x1 - 1, 31, 1, 12);
    const word = band.number && x1 - x0 > 60 ? `layer ${band.label}` : band.label;
    if (pen.measureText(word).width > x1 - x0 - 4) continue;
    pen.fillStyle = colours.faint;
    pen.fillText(word, (x0 + x1) / 2, 36.5);
  }
}
function sharers(wall, { row: row2, seg }) {
  const { sheet } = wall, b = row2.blobs[seg], list = [];
  const ys = /* @__PURE__ */ new Map();
  wall.eachItem((item, y) => item.row && ys.set(item.row.i, y));
  const add = (related) => (r, s) => {
    const y = ys.get(r.i);
    if (y !== void 0) list.push({ ...wall.place(r, s), y, related, row: r, seg: s });
  };
  for (const x of sheet.related(b)) sheet.eachCell(x, add(true));
  sheet.eachCell(b, add(false));
  return list;
}
function matchesIn(wall) {
  const list = [];
  wall.eachItem((item, y) => {
    if (!item.row) return;
    let end = -Infinity;
    for (const seg of wall.sheet.matches(item.row.layout, wall.find)) {
      const p = wall.place(item.row, seg);
      const right = p.x + p.w;
      if (right < Math.max(wall.left, end) || p.x > wall.left + wall.cellsWidth) continue;
      list.push({ ...p, y });
      end = Math.ceil(right);
    }
  });
  return list;
}
function wash(wall, pen, alpha, places) {
  const high = highOf(wall);
  pen.globalAlpha = alpha;
  pen.fillStyle = wall.colours.back;
  const { tops } = wall.heights, end = Math.min(wall.height, wall.top + tops[wall.items.length] - wall.scroll);
  pen.fillRect(wall.left, wall.top, wall.cellsWidth, end - wall.top);
  pen.globalAlpha = 1;
  for (const p of places) {
    const { x, w } = cut(wall, p);
    if (w > 0) pen.clearRect(x, p.y, w, high);
  }
}
function outline(wall, pen, places, at2) {
  const high = highOf(wall);
  for (const p of places) {
    const { x, w } = cut(wall, p), own = p.row === at2.row && p.seg === at2.seg;
    if (w <= 0) continue;
    pen.strokeStyle = pen.fillStyle = wall.colours.text;
    pen.setLineDash([]);
    tick(wall, pen, p.y + high / 2, p.related);
    if (high < 5 && !own) continue;
    pen.lineWidth = own ? 2 : 1;
    pen.setLineDash(p.related ? [3, 2] : []);
    const out = w < 8 ? 1.5 : -0.5;
    pen.strokeRect(x - out, p.y + 0.5, w + 2 * out, Math.max(1, high - 1));
  }
  pen.setLineDash([]);
}
function tick(wall, pen, y, related) {
  const x = wall.left - 5;
  pen.beginPath();
  if (wall.heights.row < 6) return pen.fillRect(wall.left - 4, Math.round(y - 0.5), related ? 2 : 4, 1);
  pen.lineWidth = 1;
  pen.arc(x, y, 2, 0, 7);
  if (related) pen.stroke();
  else pen.fill();
}
function rowMark(wall, pen, row2) {
  const i = wall.items.findIndex((it2) => it2.row === row2);
  if (i < 0) return;
  const y = wall.top + wall.heights.tops[i] - wall.scroll;
  pen.fillStyle = wall.colours.accent;
  pen.fillRect(0, y, 3, Math.max(2, highOf(wall)));
}
var highOf = (wall) => Math.max(1, wall.heights.row - wall.heights.gap);
function cut(wall, { x, w }) {
  const from = Math.max(x, wall.left), to = Math.min(Math.max(x + w, x + 2), wall.left + wall.cellsWidth);
  return { x: from, w: to - from };
}

// explore/web/src/sharing/paint.js
var chunksFrom = 320;
function paint2(wall, pen) {
  const { dpr, width: width2, height, left, top } = wall;
  pen.setTransform(dpr, 0, 0, dpr, 0, 0);
  pen.clearRect(0, 0, width2, height);
  pen.save();
  pen.beginPath();
  pen.rect(0, top, width2, height - top);
  pen.clip();
  cells(wall, pen);
  names(wall, pen);
  pen.restore();
  axis(wall, pen);
  pen.fillStyle = wall.colours.line;
  pen.fillRect(left, top - 1, wall.cellsWidth, 1);
}
function cells(wall, pen) {
  const { dpr, strips, heights } = wall, tops = [], ends3 = [], texts = [];
  const rows = [];
  wall.eachItem((item, y) => item.row && rows.push([item.row, y]));
  strips.begin(Math.round(wall.cellsWidth * dpr), rows.length);
  wall.chunks.begin();
  let named2;
  for (const [row2, y] of rows) {
    line2(wall, row2, y, row2.layout === named2 ? null : texts);
    if (y >= wall.top) named2 = row2.layout;
    strips.end();
    tops.push(Math.round(y * dpr));
    ends3.push(Math.max(tops.at(-1) + 1, Math.round((y + heights.row - heights.gap) * dpr)));
  }
  wall.chunks.end();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  strips.draw(pen, Math.round(wall.left * dpr), tops, ends3);
  pen.setTransform(dpr, 0, 0, dpr, 0, 0);
  for (const t of texts) text(wall, pen, t);
}
function line2(wall, row2, y, texts) {
  const { lens, strips, sheet, dpr } = wall, { offs } = row2.layout, unit = lens.unit(row2);
  const scale = lens.scale * unit * dpr, origin = lens.x(0) * dpr, last2 = row2.blobs.length - 1;
  const apart3 = Math.min(1, wall.heights.row / 14);
  const high = wall.heights.row - wall.heights.gap;
  for (let seg = segmentAt(offs, lens.from / unit); seg <= last2 && offs[seg] * unit < lens.to; seg++) {
    const x0 = origin + offs[seg] * scale, x1 = origin + offs[seg + 1] * scale, w = x1 - x0;
    if (w <= 0) continue;
    const b = row2.blobs[seg], how2 = row2.hues[seg], tint = strips.tint(how2, sheet.shades[b]);
    const gap2 = seg < last2 ? Math.min(1, Math.max(0, (w / dpr - 3) / 5)) * dpr * apart3 : 0;
    const wide2 = w / dpr >= chunksFrom && high >= 6 && sheet.blobs.chunks[b] > 1;
    const list = wide2 ? wall.chunks.list(row2, seg) : void 0;
    const striped = list && chunkLine(wall, b, how2, list, x0, scale, gap2);
    if (!list) strips.cover(x0, x1 - gap2, tint);
    if (texts && high >= 15 && w / dpr >= 22) {
      texts.push({ row: row2, seg, x: wall.left + x0 / dpr, w: (w - gap2) / dpr, y, tint, striped });
    }
  }
}
function chunkLine(wall, b, hue, list, x0, scale, gap2) {
  const { sheet, strips } = wall, s = sheet.blobs.source[b];
  const below2 = s >= 0 && s < sheet.shades.length ? sheet.shades[s] : 0;
  const tints = /* @__PURE__ */ new Set();
  let x = x0;
  list.forEach((chunk, i) => {
    const end = x + chunk.len * scale, c = cost(chunk.how, chunk.stored, chunk.len);
    const own = depth(Math.max(sheet.users[b], chunk.blobs), sheet.most);
    const shade = c * own + (1 - c) * Math.max(below2, own);
    const between2 = i === list.length - 1 ? gap2 : Math.min(0.5 * gap2, Math.max(0, (end - x - 3) / 5));
    const tint = strips.tint(hue === SAME ? SAME : chunk.how, shade);
    tints.add(tint);
    strips.cover(x, end - between2, tint);
    x = end;
  });
  return tints.size > 1;
}
function text(wall, pen, { row: row2, seg, x, w, y, tint, striped }) {
  const from = Math.max(x, wall.left), to = Math.min(x + w, wall.left + wall.cellsWidth);
  const high = wall.heights.row - wall.heights.gap;
  pen.font = font2(11);
  const name = nameIn(pen, row2.layout.names[seg], to - from - 8);
  if (!name) return;
  const light2 = wall.strips.lightness(tint);
  const [ink2, under] = light2 > 0.46 ? ["#000000", "#ffffff"] : ["#ffffff", "#000000"];
  pen.fillStyle = ink2;
  pen.strokeStyle = under;
  pen.lineWidth = 3;
  pen.lineJoin = "round";
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  const type = row2.layout.types[seg], two = high >= 34 && type && pen.measureText(type).width <= to - from - 8;
  const write = (word, at2) => {
    pen.globalAlpha = 0.3;
    if (striped) pen.strokeText(word, from + 4, at2);
    pen.globalAlpha = 1;
    pen.fillText(word, from + 4, at2);
  };
  write(name, y + high / 2 - (two ? 7 : 0));
  if (two) write(type, y + high / 2 + 7);
}
function names(wall, pen) {
  const { heights } = wall;
  if (heights.row >= 20) {
    wall.eachItem((item, y) => item.row ? nameOfRow(wall, pen, item.row, y) : nameOfGroup(wall, pen, item, y));
    return;
  }
  thinNames(wall, pen);
}
var pad2 = 20;
var narrowNames = 270;
function namesWidth(wall, pen) {
  const { items, heights } = wall, grouped = items[0]?.group !== void 0, thin = heights.row < 20;
  const two = heights.row - heights.gap >= 34;
  pen.font = font2(thin ? 11 : 13);
  let widest = 0;
  for (const it2 of items) {
    if (it2.row ? thin && grouped : !thin) continue;
    let w = width(it2.row ? pathOf(wall, it2.row, grouped) : it2.group, pen.font);
    const tag = !thin && it2.row?.refs.length ? Math.min(110, 7 * it2.row.refs[0].length) + 26 : 0;
    w = two ? Math.max(w, tag + 112) : w + tag;
    widest = Math.max(widest, w);
  }
  return widest + (thin ? 52 : two ? 40 : 130);
}
var pathOf = (wall, row2, grouped) => wall.several && !grouped ? `${row2.model} · ${row2.path}` : row2.path;
function nameOfRow(wall, pen, row2, y) {
  const { heights, left, colours } = wall, high = heights.row - heights.gap, two = high >= 34;
  const grouped = wall.items[0]?.group !== void 0;
  const x = pad2, right = left - 14, middle3 = y + high / 2, first2 = two ? middle3 - 9 : middle3;
  pen.textBaseline = "middle";
  pen.font = font2(12);
  pen.fillStyle = colours.faint;
  pen.textAlign = "right";
  const size = bytes(row2.size), part3 = percent(row2.shared), narrow2 = left < narrowNames;
  const second = two ? middle3 + 9 : middle3;
  pen.fillText(part3, right, second);
  if (!narrow2) pen.fillText(size, right - 40, second);
  pen.textAlign = "left";
  pen.font = font2(13);
  pen.fillStyle = colours.text;
  const room2 = (two ? right : right - (narrow2 ? 40 : 108)) - x;
  const own = !two && wall.twins.has(row2.model + row2.path) && row2.refs.length > 0 ? 0.42 * room2 : 0;
  const name = fitted(pen, pathOf(wall, row2, grouped), room2 - own);
  pen.fillText(name, x, first2);
  const used = pen.measureText(name).width;
  if (two) tags(wall, pen, row2, x, second, right - 112);
  else if (room2 - used > 50) tags(wall, pen, row2, x + used + 8, first2, x + room2);
}
function tags(wall, pen, row2, x, y, end) {
  pen.font = font2(11);
  pen.lineWidth = 1;
  for (let i = 0; i < row2.refs.length; i++) {
    const rest = row2.refs.length - i, room2 = end - x - 9 - (rest > 1 ? 28 : 0);
    let word = fitted(pen, row2.refs[i], Math.min(room2, 110));
    if (word.length < Math.min(4, row2.refs[i].length)) word = `+${rest}`;
    const w = pen.measureText(word).width + 8;
    if (x + w > end + 1) return;
    pen.strokeStyle = wall.colours.line;
    pen.strokeRect(Math.round(x) + 0.5, Math.round(y - 8) + 0.5, Math.round(w), 15);
    pen.fillStyle = wall.colours.faint;
    pen.fillText(word, Math.round(x) + 4.5, y + 0.5);
    x += w + 5;
    if (word.startsWith("+")) return;
  }
}
function nameOfGroup(wall, pen, item, y) {
  pen.font = font2(12, 600);
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillStyle = wall.colours.text;
  pen.fillText(fitted(pen, item.group, wall.left - 3 * pad2), 12, y + 13);
  pen.fillStyle = wall.colours.line;
  pen.fillRect(wall.left, y + 13, wall.cellsWidth, 1);
}
function thinNames(wall, pen) {
  const { heights, colours, left } = wall;
  pen.font = font2(11);
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  let free = wall.top + 6;
  const grouped = wall.items[0]?.group !== void 0;
  wall.eachItem((item, y) => {
    if (grouped && item.group !== void 0) {
      const high = item.rows.length * heights.row;
      pen.fillStyle = colours.faint;
      pen.fillRect(left - 8, y + 3, 1, Math.max(1, high - 1));
      if (high < 12) return;
      pen.fillText(fitted(pen, item.group, left - 2 * pad2 - 12), left - 14, y + 3 + Math.min(high / 2, 400));
    } else if (!grouped && y + heights.row / 2 >= free) {
      const at2 = y + heights.row / 2;
      pen.fillStyle = colours.faint;
      pen.fillRect(left - 8, Math.round(at2), 5, 1);
      pen.fillText(fitted(pen, pathOf(wall, item.row, false), left - 2 * pad2 - 12), left - 12, at2);
      free = at2 + 15;
    }
  });
}
function axis(wall, pen) {
  const { lens, left, cellsWidth: width2, colours } = wall;
  overview(wall, pen);
  pen.font = font2(11);
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.fillStyle = colours.faint;
  if (!lens.same) {
    const { step: step3, list } = ticks2(lens.from, lens.to, Math.max(2, width2 / 110));
    let free = left;
    for (const t of list) {
      const x = left + lens.x(t), word = tickText(t, step3), half = pen.measureText(word).width / 2;
      pen.fillRect(Math.round(x), 24, 1, 4);
      const from = Math.max(left, Math.min(x - half, left + width2 - 2 * half));
      if (from < free) continue;
      pen.fillText(word, from, 16);
      free = from + 2 * half + 12;
    }
  } else {
    pen.fillText("each file as wide as the others", left, 16);
  }
  head(wall, pen);
}
function overview(wall, pen) {
  const { lens, left, cellsWidth: width2, colours } = wall;
  pen.fillStyle = colours.line;
  pen.fillRect(left, 5, width2, 1);
  if (lens.whole) return;
  const x = lens.from / lens.end * width2, w = Math.max(3, width2 / lens.zoom);
  pen.fillStyle = colours.accent;
  pen.fillRect(left + Math.min(x, width2 - 3), 4, w, 3);
}
function head(wall, pen) {
  if (wall.heights.row < 20) return;
  pen.textAlign = "right";
  pen.fillStyle = wall.colours.faint;
  const right = wall.left - 14;
  pen.fillText("shared", right, 36.5);
  if (wall.left >= narrowNames && wall.heights.row - wall.heights.gap < 34) pen.fillText("size", right - 48, 36.5);
}

// explore/web/src/sharing/strips.js
var steps3 = 64;
var Strips = class {
  #canvas = new OffscreenCanvas(1, 1);
  #pen = this.#canvas.getContext("2d");
  #rgb;
  // of each tint, three bytes
  #whole;
  // of each tint, a pixel
  /** Takes the colours of the theme. */
  dye() {
    this.#rgb = ramps(steps3);
    const bytes2 = new Uint8ClampedArray(4 * this.#rgb.length / 3).fill(255);
    for (let i = 0; i < this.#rgb.length / 3; i++) bytes2.set(this.#rgb.subarray(3 * i, 3 * i + 3), 4 * i);
    this.#whole = new Uint32Array(bytes2.buffer);
  }
  /** The colour of a cell as an index into the ramps. */
  tint(how2, shade) {
    return how2 * steps3 + Math.round(shade * (steps3 - 1));
  }
  /** A colour's lightness, 0…1: what text on it has to stand out of. */
  lightness(tint) {
    const [r, g, b] = this.#rgb.subarray(3 * tint, 3 * tint + 3);
    return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
  }
  /** Makes room for lines of so many pixels. */
  begin(width2, lines2) {
    if (this.#canvas.width < width2 || this.#canvas.height < lines2) {
      this.#canvas.width = Math.max(width2, this.#canvas.width);
      this.#canvas.height = Math.max(lines2, this.#canvas.height);
    }
    if (this.image?.width !== width2 || this.image.height < lines2) {
      this.image = new ImageData(width2, Math.max(1, lines2));
      this.pixels = new Uint32Array(this.image.data.buffer);
      this.sums = new Float32Array(4 * width2);
      this.mixed = new Int32Array(width2);
    }
    this.pixels.fill(0);
    this.width = width2;
    this.line = this.mixes = 0;
  }
  /** Adds to the line what covers pixels x0…x1 with a tint. */
  cover(x0, x1, tint) {
    const from = Math.max(0, x0), to = Math.min(this.width, x1);
    if (!(to > from)) return;
    const first2 = Math.floor(from), last2 = Math.floor(to), base = this.width * this.line;
    if (first2 === last2) return this.#mix(first2, to - from, tint);
    if (from > first2) this.#mix(first2, first2 + 1 - from, tint);
    this.pixels.fill(this.#whole[tint], base + (from > first2 ? first2 + 1 : first2), base + last2);
    if (to > last2) this.#mix(last2, to - last2, tint);
  }
  #mix(x, part3, tint) {
    const { sums: sums2 } = this, i = 4 * x, c = 3 * tint;
    if (sums2[i + 3] === 0) this.mixed[this.mixes++] = x;
    sums2[i] += part3 * this.#rgb[c];
    sums2[i + 1] += part3 * this.#rgb[c + 1];
    sums2[i + 2] += part3 * this.#rgb[c + 2];
    sums2[i + 3] += part3;
  }
  /** Ends a line; pixels that are not all covered let the background through. */
  end() {
    const { sums: sums2 } = this, { data } = this.image, base = 4 * this.width * this.line;
    for (let n = 0; n < this.mixes; n++) {
      const i = 4 * this.mixed[n], w = sums2[i + 3];
      data[base + i] = sums2[i] / w;
      data[base + i + 1] = sums2[i + 1] / w;
      data[base + i + 2] = sums2[i + 2] / w;
      data[base + i + 3] = 255 * w;
      sums2.fill(0, i, i + 4);
    }
    this.mixes = 0;
    this.line++;
  }
  /** Draws the lines: line i from tops[i] to ends[i]. */
  draw(pen, x, tops, ends3) {
    this.#pen.putImageData(this.image, 0, 0, 0, 0, this.width, this.line);
    pen.imageSmoothingEnabled = false;
    for (let i = 0; i < this.line; i++) {
      pen.drawImage(this.#canvas, 0, i, this.width, 1, x, tops[i], this.width, ends3[i] - tops[i]);
    }
  }
};

// explore/web/src/sharing/wall.js
var axisHeight = 44;
var barWidth = 12;
var Wall = class {
  items = [];
  heights = stack([], 0, false);
  focus = null;
  // {row, seg}: the cell under the pointer or the keyboard's cursor
  chosen = null;
  // {row, seg}: the cell that was clicked
  find = "";
  // what names of tensors are searched for
  scroll = 0;
  /** says are called: point(cell, x, y, row), pick(cell), moved() when zoom or scroll have changed, escape(). */
  constructor(sheet, of, says, signal) {
    Object.assign(this, { sheet, says, signal });
    this.base = h("canvas", { "aria-hidden": "true" });
    this.over = h("canvas", { "aria-hidden": "true" });
    this.room = h("div");
    this.bar = h("div", { class: "bar", tabindex: "-1", onscroll: () => this.#scrolled() }, this.room);
    this.el = h("div", {
      class: "wall",
      tabindex: "0",
      role: "application",
      "aria-label": "Cells of files. Arrow keys move from tensor to tensor and from file to file, Enter shows who shares it, plus and minus zoom."
    }, this.base, this.over, this.bar);
    this.strips = new Strips();
    this.chunks = new Chunks(of, signal, () => this.redraw());
    this.lens = new Lens(1, 1, false);
    new ResizeObserver(() => this.resize()).observe(this.el);
    addEventListener("theme", () => this.dye(), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.dye(), { signal });
    this.dye();
    hands(this);
  }
  /** Takes the colours of the theme. */
  dye() {
    this.colours = Object.fromEntries(["back", "text", "faint", "line", "accent"].map((n) => [n, themed(`--${n}`)]));
    this.strips.dye();
    this.redraw();
  }
  /** Shows items (see arrange), with the same zoom as before if there was one. */
  show(items, { fit: fit2, same }) {
    this.items = items;
    this.fit = fit2;
    this.longest = items.reduce((long, { row: row2 }) => row2 && row2.size > (long?.size ?? 0) ? row2 : long, void 0);
    const seen = /* @__PURE__ */ new Set();
    this.twins = /* @__PURE__ */ new Set();
    for (const { row: row2 } of items) {
      if (row2) (seen.has(row2.model + row2.path) ? this.twins : seen).add(row2.model + row2.path);
    }
    const most = this.sheet.rows.reduce((m, r) => r.format !== "" || items.length < 3 ? Math.max(m, r.size) : m, 1);
    const old = this.lens, was = old.same === same && !old.whole ? [old.from, old.to] : null;
    this.lens = new Lens(Math.max(1, this.cellsWidth ?? 1), most, same);
    if (was) this.lens.set(...was);
    this.resize();
  }
  resize() {
    const { clientWidth: width2, clientHeight: height } = this.el;
    if (width2 === 0) return;
    this.dpr = devicePixelRatio || 1;
    for (const c of [this.base, this.over]) {
      const [w, hh] = [Math.round(width2 * this.dpr), Math.round(height * this.dpr)];
      if (c.width !== w || c.height !== hh) Object.assign(c, { width: w, height: hh });
    }
    this.width = width2;
    this.height = height;
    this.top = axisHeight;
    this.heights = stack(this.items, height - axisHeight, this.fit);
    this.left = this.#namesWidth();
    this.cellsWidth = width2 - this.left - barWidth;
    const { from, to } = this.lens;
    this.lens.width = this.cellsWidth;
    this.lens.set(from, to);
    this.bar.style.top = `${axisHeight}px`;
    this.room.style.height = `${this.heights.all}px`;
    this.scroll = this.bar.scrollTop;
    this.redraw();
  }
  /** Pixels for names: what they need, but at most a third of the picture. */
  #namesWidth() {
    const most = Math.round(Math.max(150, Math.min(440, this.width * 0.32)));
    return Math.round(Math.max(100, Math.min(most, namesWidth(this, this.base.getContext("2d")))));
  }
  redraw() {
    this.dirty = true;
    this.remark();
  }
  remark() {
    if (this.frame || this.signal.aborted) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.width || this.signal.aborted) return;
      if (this.dirty) paint2(this, this.base.getContext("2d"));
      this.dirty = false;
      mark3(this, this.over.getContext("2d"));
    });
  }
  #scrolled() {
    if (this.scroll === this.bar.scrollTop) return;
    this.scroll = this.bar.scrollTop;
    this.redraw();
    this.says.moved();
  }
  /** Calls see(item, y, index) for the items in sight; y is where one begins in the picture. */
  eachItem(see) {
    const { tops } = this.heights;
    for (let i = this.items.length ? segmentAt(tops, this.scroll) : 0; i < this.items.length; i++) {
      const y = this.top + tops[i] - this.scroll;
      if (y > this.height) break;
      see(this.items[i], y, i);
    }
  }
  /** The index of the item at y, or -1. */
  itemAt(y) {
    const at2 = y - this.top + this.scroll;
    if (y < this.top || at2 >= this.heights.tops[this.items.length] || this.items.length === 0) return -1;
    return segmentAt(this.heights.tops, at2);
  }
  /** The cell at a point, {row, seg}; of a row's name {row}; else null. */
  hit(x, y) {
    const row2 = this.items[this.itemAt(y)]?.row;
    if (!row2 || x > this.left + this.cellsWidth) return null;
    if (x < this.left) return { row: row2 };
    const at2 = this.lens.at(x - this.left) / this.lens.unit(row2);
    if (!(at2 >= 0 && at2 < row2.size)) return null;
    const seg = segmentAt(row2.layout.offs, at2), wide2 = this.place(row2, seg).w >= chunksFrom;
    return { row: row2, seg, part: wide2 ? this.chunks.at(row2, seg, at2 - row2.layout.offs[seg]) : void 0 };
  }
  /** Where a cell is: {x, w} in the picture, not cut to it. */
  place(row2, seg) {
    const unit = this.lens.unit(row2), { offs } = row2.layout;
    const x = this.left + this.lens.x(offs[seg] * unit);
    return { x, w: (offs[seg + 1] - offs[seg]) * unit * this.lens.scale };
  }
  /** Zooms to from…to, in steps that eyes can follow. */
  glide(from, to) {
    const { from: a, to: b } = this.lens, began = performance.now();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const glide = this.gliding = (now) => {
      if (this.gliding !== glide || this.signal.aborted) return;
      const t = still ? 1 : Math.min(1, Math.max(0, (now - began) / 220)), ease = 1 - (1 - t) ** 3;
      this.lens.set(a + (from - a) * ease, b + (to - b) * ease);
      this.redraw();
      if (t < 1) requestAnimationFrame(glide);
      else this.says.moved();
    };
    requestAnimationFrame(glide);
  }
  /** Zooms so that a cell fills most of the picture. */
  zoomTo(row2, seg) {
    const unit = this.lens.unit(row2), from = row2.layout.offs[seg] * unit, to = row2.layout.offs[seg + 1] * unit;
    const span = Math.max((to - from) / 0.8, this.lens.narrowest);
    this.glide((from + to - span) / 2, (from + to + span) / 2);
  }
  zoom(factor, x = this.cellsWidth / 2) {
    this.gliding = null;
    this.lens.zoomAt(x, factor);
    this.redraw();
    this.says.moved();
  }
  pan(dx, dy) {
    this.gliding = null;
    this.lens.pan(dx);
    if (dy) this.bar.scrollTop += dy;
    this.redraw();
    this.says.moved();
  }
  whole() {
    this.glide(0, this.lens.end);
  }
  /** Brings a cell into sight and makes it the one that is told about. */
  visit(row2, seg) {
    const i = this.items.findIndex((it2) => it2.row === row2);
    if (i < 0) return;
    const { tops } = this.heights, room2 = this.height - this.top;
    if (tops[i] < this.bar.scrollTop) this.bar.scrollTop = tops[i];
    else if (tops[i + 1] > this.bar.scrollTop + room2) this.bar.scrollTop = tops[i + 1] - room2;
    const unit = this.lens.unit(row2), from = row2.layout.offs[seg] * unit, to = row2.layout.offs[seg + 1] * unit;
    if (!this.lens.whole) this.lens.reveal(from, to);
    this.scroll = this.bar.scrollTop;
    this.redraw();
    this.point({ row: row2, seg });
    this.says.moved();
  }
  /** Tells of a cell (null: of none); at x, y if by a pointer, else where the cell is. */
  point(cell2, x, y) {
    const same = cell2?.row === this.focus?.row && cell2?.seg === this.focus?.seg;
    this.focus = cell2;
    if (!same) this.remark();
    if (cell2 && x === void 0) {
      const i = this.items.findIndex((it2) => it2.row === cell2.row), p = this.place(cell2.row, cell2.seg);
      x = Math.max(this.left, Math.min(this.left + this.cellsWidth, p.x + p.w / 2));
      y = this.top + this.heights.tops[i + 1] - this.scroll;
    }
    this.says.point(cell2, x, y);
  }
};

// explore/web/src/views/sharing.js
var View2 = class {
  constructor(root, params) {
    this.root = root;
    this.stop = new AbortController();
    this.of = params.getAll("of");
    this.sheet = new Sheet();
    this.#build();
    this.take(params);
    this.#load();
  }
  #build() {
    const { signal } = this.stop;
    this.tip = new Tip();
    this.wall = new Wall(this.sheet, this.of, {
      point: (cell2, x, y) => this.tip.show(this.sheet, cell2, x, y, this.wall.width, this.wall.height),
      pick: (cell2) => this.#pick(cell2),
      moved: () => this.#moved(),
      escape: () => this.#escape(),
      search: () => this.search.focus(),
      next: (by) => this.search.go(by)
    }, signal);
    this.panel = new Panel(this.of, signal, (p) => this.#linkOf(p), () => this.#unpick());
    this.search = new Search((find) => this.#find(find), (row2, seg) => this.wall.visit(row2, seg));
    this.says = h("h1", { class: "says", "aria-live": "polite" }, "asking …");
    this.chip = h("span", { class: "shown", hidden: true });
    this.tools = h("div", { class: "tools" });
    this.legend = h("div", {});
    this.body = h("div", { class: "body" });
    fill(this.root, h(
      "div",
      { class: "sharing" },
      h("div", { class: "view-head" }, this.says, this.chip, this.tools),
      this.body,
      this.legend
    ));
    const dye = () => redrawLegend(this.legend, this.sheet.most ?? 4);
    addEventListener("theme", dye, { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dye, { signal });
    this.#tools(signal);
  }
  #tools(signal) {
    const set = (name) => (e) => change({ [name]: e.target.value });
    const option2 = (name, label, all3) => {
      const el = h(
        "select",
        { onchange: set(name) },
        Object.entries(all3).map(([value, { label: word }]) => h("option", { value }, word))
      );
      this.controls.push([el, name]);
      return h("label", {}, label, el);
    };
    const toggle = (name, label, title2) => {
      const also = name === "same" ? { x: "" } : {};
      const onchange = (e) => change({ [name]: e.target.checked ? "1" : "0", ...also });
      const el = h("input", { type: "checkbox", onchange });
      this.controls.push([el, name]);
      return h("label", { title: title2 }, el, label);
    };
    this.controls = [];
    this.others = toggle("others", "other files", "Also files that are no models, such as config.json");
    fill(
      this.tools,
      !inReport() && picker(this.of, (of) => change({ of, file: "", segment: "", chunk: "", model: "" }), signal),
      option2("sort", "sort", sorts),
      option2("group", "group", groupings),
      toggle("fit", "fit", "All rows at once, as thin as it takes"),
      toggle("same", "same width", "Each file as wide as the others"),
      this.others,
      toggle("table", "table", "The numbers behind the picture"),
      this.search.el
    );
  }
  async #load() {
    const { signal } = this.stop;
    try {
      await eachPage(this.of, (page4) => this.#add(page4), signal);
    } catch (e) {
      if (signal.aborted) return;
      if (!this.loaded) return fill(this.root, failed(e.message));
      this.failed = e.message;
      this.loading = false;
      this.take(state().params);
    }
  }
  async #add(page4) {
    if (page4.total === 0 && await this.#nothing(this.stop.signal)) return;
    this.sheet.add(page4);
    this.loaded = true;
    this.loading = page4.next !== "";
    this.take(state().params);
  }
  /** Says that there are no commits, if that is why there are no rows. */
  async #nothing(signal) {
    const models = await ask("models", {}, { signal });
    if (signal.aborted) return true;
    if (models.some((m) => m.branches.length + m.tags.length > 0)) return false;
    fill(this.root, noCommits());
    return true;
  }
  /** Shows what the address says. */
  take(params) {
    this.params = params;
    const { rows } = this.sheet;
    if (!this.loaded) return;
    this.wall.several = rows.some((r) => r.model !== rows[0].model);
    const usual = { sort: "shared", group: usualGrouping(rows) };
    const get = (name) => params.get(name) ?? usual[name] ?? "";
    this.#choose(get("model"), get("file"), get("segment"), get("chunk"));
    const only = this.chosen && this.sheet.rowsWith(this.chosen.row.blobs[this.chosen.seg]);
    this.items = arrange(rows, { sort: get("sort"), group: get("group"), only, others: get("others") === "1" });
    usual.fit = this.items.length > many ? "1" : "0";
    for (const [el, name] of this.controls) {
      if (el.type === "checkbox") el.checked = get(name) === "1";
      else el.value = get(name);
    }
    this.wall.chosen = this.chosen;
    this.wall.find = get("find");
    this.#say(only);
    this.#picture(get);
    this.search.take(this.sheet, this.items, this.wall.find);
  }
  #picture(get) {
    if (this.chosen) this.panel.show(this.sheet, this.chosen);
    else this.panel.hide();
    if (get("table") === "1") {
      fill(this.body, table3(this.sheet, this.items, this.wall.several), this.panel.el);
      return;
    }
    const frame = this.wall.el.parentElement === null || !this.body.contains(this.wall.el);
    if (frame) fill(this.body, h("div", { class: "stage" }, this.wall.el, this.tip.el, this.tip.live), this.panel.el);
    this.wall.show(this.items, { fit: get("fit") === "1", same: get("same") === "1" });
    this.#aim(get);
    redrawLegend(this.legend, this.sheet.most);
  }
  /** Zoom and scroll of the address, unless they are from here. */
  #aim(get) {
    const [from, to] = get("x").split("-").map(Number), y = Number(get("y"));
    if (get("x") !== this.wroteX) {
      if (to > from) this.wall.lens.set(from, to);
      else this.wall.lens.set(0, this.wall.lens.end);
      this.wroteX = get("x");
    }
    if (get("y") !== this.wroteY) {
      this.wall.bar.scrollTop = Number.isFinite(y) ? y : 0;
      if (!this.loading) this.wroteY = get("y");
    }
  }
  #choose(model, file2, segment, nth) {
    const row2 = file2 && this.sheet.rows.find((r) => r.file.startsWith(file2) && (!model || r.model === model));
    const seg = segment === "" ? -1 : Number(segment);
    const chunk = nth === "" ? void 0 : Number(nth);
    const cell2 = row2 && Number.isInteger(seg) && seg >= 0 && seg < row2.blobs.length ? { row: row2, seg, chunk } : null;
    if (!isSame(cell2, this.chosen)) this.chosen = cell2;
  }
  #say(only) {
    const { sheet } = this, rows = rowsOf(this.items), hidden = sheet.rows.filter((r) => r.format === "").length;
    const extra = [];
    if (this.loading) extra.push(`${count(sheet.rows.length)} of ${plural(sheet.total, "row")} so far`);
    if (this.failed) extra.push(`only ${count(sheet.rows.length)} of ${plural(sheet.total, "row")} came: ${this.failed}`);
    const leftOut = plural(sheet.leftOut, "file is", "files are");
    if (sheet.leftOut > 0) extra.push(`${leftOut} left out: choose fewer branches`);
    const none = rows.length === 0 && !this.loading;
    fill(
      this.says,
      none ? "Nothing to show: these branches have no models." : summary(sheet, rows),
      extra.length > 0 && h("span", { class: "note" }, ` · ${extra.join(" · ")}`)
    );
    this.others.hidden = hidden === 0;
    this.others.lastChild.textContent = `also ${plural(hidden, "other file")}`;
    this.chip.hidden = !only;
    if (!only) return;
    const name = this.chosen.row.layout.names[this.chosen.seg] || "these bytes";
    const share2 = rows.length === 1 ? "has" : "share", onclick = () => this.#unpick();
    fill(
      this.chip,
      `shown: ${plural(rows.length, "row")} that ${share2} ${middle(name, 30)}`,
      h("button", { "aria-label": "Show all rows", title: "Show all rows (Esc)", onclick }, "×")
    );
  }
  /** Chooses a cell, or where its chunks are seen the chunk; what is chosen already is let go. */
  #pick({ row: row2, seg, part: part3 }) {
    if (seg === void 0) return;
    const chunk = part3 && part3.n - 1;
    if (isSame({ row: row2, seg, chunk }, this.chosen)) return this.#unpick();
    this.wall.point(null);
    change({ model: row2.model, file: row2.file.slice(0, 16), segment: seg, chunk, y: "" });
  }
  #find(find) {
    change({ find }, { replace: true });
    this.take(state().params);
  }
  #unpick() {
    change({ model: "", file: "", segment: "", chunk: "" });
  }
  #escape() {
    if (this.wall.focus) this.wall.point(null);
    else if (this.chosen) this.#unpick();
    else if (this.wall.find) this.search.clear();
  }
  /** Keeps zoom and scroll in the address, when they have come to rest. */
  #moved() {
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      if (this.stop.signal.aborted) return;
      const { lens, bar: bar3 } = this.wall, digits2 = lens.same ? 6 : 0;
      this.wroteX = lens.whole ? "" : `${lens.from.toFixed(digits2)}-${lens.to.toFixed(digits2)}`;
      this.wroteY = bar3.scrollTop > 0 ? String(Math.round(bar3.scrollTop)) : "";
      change({ x: this.wroteX, y: this.wroteY }, { replace: true });
    }, 200);
  }
  /** The address of a place that shares bytes: its row here if it is shown, else that of its model. */
  #linkOf(place2) {
    const { model, file: file2, path, off } = place2;
    const row2 = this.sheet.rows.find((r) => r.file === file2 && r.model === model && r.path === path);
    if (row2) {
      const segment = segmentAt(row2.layout.offs, off);
      return link("sharing", { ...all2(this.params), model, file: file2.slice(0, 16), segment, chunk: "" });
    }
    return link("sharing", { of: place2.refs?.length ? `${place2.model}@${place2.refs[0]}` : place2.model });
  }
};
var isSame = (a, b) => a?.row === b?.row && a?.seg === b?.seg && a?.chunk === b?.chunk;
function all2(params) {
  const values2 = {};
  for (const name of new Set(params.keys())) values2[name] = params.getAll(name);
  return values2;
}
var shown3;
var sharing = {
  name: "sharing",
  title: "Sharing",
  show(root, params) {
    const view = shown3 = new View2(root, params);
    return () => (view.stop.abort(), shown3 = void 0);
  },
  keep(params) {
    if (!shown3 || String(params.getAll("of")) !== String(shown3.of)) return false;
    shown3.take(params);
    return true;
  }
};

// explore/web/src/tensor/plot.js
var room = { left: 46, right: 14, top: 8, bottom: 34 };
var stretch = () => Math.max(1, Math.min(1.5, innerHeight / 900));
function plot({ width: width2, height, x, y, logY = false, label, left = room.left, bottom = room.bottom }) {
  height = Math.round(height * stretch());
  const inner = { left, right: width2 - room.right, top: room.top, bottom: height - bottom };
  const el = h("svg", { width: width2, height, role: "img", "aria-label": label });
  const place2 = (v, [from, to], a, b) => a + (v - from) / (to - from || 1) * (b - a);
  const of = logY ? (v) => Math.log10(Math.max(v, y[0])) : (v) => v;
  const range = y.map(of);
  return {
    el,
    inner,
    x: (v) => place2(v, x, inner.left, inner.right),
    y: (v) => place2(of(v), range, inner.bottom, inner.top),
    add: (...marks2) => el.append(...marks2.flat().filter(Boolean))
  };
}
function axisBelow(p, values2, title2, text2 = (v) => figure(v)) {
  const y = p.inner.bottom;
  return [
    h("line", { class: "axis", x1: p.inner.left, x2: p.inner.right, y1: y + 0.5, y2: y + 0.5 }),
    ...values2.flatMap((v) => [
      h("line", { class: "axis", x1: p.x(v), x2: p.x(v), y1: y, y2: y + 4 }),
      h("text", { class: "tick", x: p.x(v), y: y + 16, "text-anchor": "middle" }, text2(v))
    ]),
    title2 && h("text", { class: "tick", x: (p.inner.left + p.inner.right) / 2, y: y + 31, "text-anchor": "middle" }, title2)
  ];
}
function axisLeft(p, values2, text2 = (v) => figure(v)) {
  return values2.flatMap((v) => [
    h("line", { class: "rule", x1: p.inner.left, x2: p.inner.right, y1: p.y(v), y2: p.y(v) }),
    h("text", { class: "tick", x: p.inner.left - 8, y: p.y(v) + 4, "text-anchor": "end" }, text2(v))
  ]);
}
var between = (from, to, n) => ticks(from, to, n);
function tens(most) {
  const last2 = Math.floor(Math.log10(Math.max(1, most)));
  const step3 = Math.ceil((last2 + 1) / 5);
  return Array.from({ length: Math.floor(last2 / step3) + 1 }, (_, i) => 10 ** (i * step3));
}
var short = (n) => n >= 1e9 ? `${n / 1e9}G` : n >= 1e6 ? `${n / 1e6}M` : n >= 1e3 ? `${n / 1e3}k` : String(n);

// explore/web/src/tensor/histogram.js
var apart2 = 44;
function histogram(spreads2, { width: width2, label, axis: axis2, zeros }) {
  const [first2] = spreads2;
  const range = [first2.low, first2.high];
  const most = Math.max(1, ...spreads2.flatMap((s) => [...s.bins, zeros ? s.zeros : 0]));
  const p = plot({
    width: width2,
    height: 210,
    x: range,
    y: [0.7, most * 1.15],
    logY: true,
    label,
    left: 46 + (zeros ? apart2 : 0)
  });
  p.add(
    axisLeft({ ...p, inner: { ...p.inner, left: 46 } }, tens(most), short),
    bars(p, first2),
    spreads2[1] && outline2(p, spreads2[1])
  );
  if (zeros) p.add(zeroBar(p, first2, zeros));
  p.add(axisBelow(p, between(...range, Math.max(3, Math.min(7, width2 / 110))), axis2));
  return p.el;
}
var edge = (s, i) => s.low + (s.high - s.low) * i / s.bins.length;
function bars(p, s) {
  return s.bins.map((n, i) => {
    if (!n) return void 0;
    const x = p.x(edge(s, i));
    const y = p.y(n);
    return h("rect", {
      class: "bar",
      x: x + 0.25,
      y,
      width: Math.max(0.5, p.x(edge(s, i + 1)) - x - 0.5),
      height: p.inner.bottom - y
    });
  });
}
function outline2(p, s) {
  const points = s.bins.flatMap((n, i) => [
    [edge(s, i), n],
    [edge(s, i + 1), n]
  ]).map(([x, n]) => `${p.x(x).toFixed(1)},${Math.min(p.inner.bottom, p.y(n)).toFixed(1)}`);
  return h("polyline", { class: "after", points: points.join(" ") });
}
function zeroBar(p, s, label) {
  const x = 52;
  const wide2 = 12;
  const y = s.zeros ? p.y(s.zeros) : p.inner.bottom;
  return [
    h("rect", { class: "zeros", x, y, width: wide2, height: p.inner.bottom - y }),
    h("line", { class: "axis", x1: x - 4, x2: x + wide2 + 4, y1: p.inner.bottom + 0.5, y2: p.inner.bottom + 0.5 }),
    h("text", { class: "tick", x: x + wide2 / 2, y: p.inner.bottom + 16, "text-anchor": "middle" }, label),
    h(
      "text",
      { class: "tick", x: x + wide2 / 2, y: p.inner.bottom + 31, "text-anchor": "middle" },
      share(s.zeros, s.count)
    )
  ];
}
function beyond2(s) {
  const parts4 = [];
  if (s.under + s.over) parts4.push(`${count(s.under + s.over)} beyond the ends`);
  if (s.not_finite) parts4.push(`${count(s.not_finite)} not a number`);
  return parts4.join(", ");
}

// explore/web/src/tensor/profile.js
function profile(runs2, n, { width: width2, what }) {
  const sizes2 = runs2.map((r) => Number.isFinite(r.rel ?? NaN) ? r.rel : 0);
  const most = Math.max(...sizes2) || 1;
  const p = plot({
    width: width2,
    height: 150,
    x: [0, n],
    y: [0, most * 1.12],
    label: `Relative change by ${what}: at most ${relative2(most)}`
  });
  const at2 = (i) => i * n / runs2.length;
  const best = sizes2.indexOf(Math.max(...sizes2));
  p.add(
    axisLeft(p, between(0, most * 1.05, 3), relative2),
    sizes2.map(
      (size, i) => h("rect", {
        class: i === best ? "bar best" : "bar",
        x: p.x(at2(i)) + 0.25,
        y: p.y(size),
        width: Math.max(0.5, p.x(at2(i + 1)) - p.x(at2(i)) - 0.5),
        height: p.inner.bottom - p.y(size)
      })
    ),
    axisBelow(
      p,
      between(0, n, 6).filter((v) => v <= n),
      what,
      count
    )
  );
  return p.el;
}

// explore/web/src/tensor/spectrum.js
function directionsFor(s, part3) {
  const i = s.energy.findIndex((e) => e >= part3);
  return i < 0 ? void 0 : i + 1;
}
function values(s, width2) {
  const least = Math.max(s.values[0] * 1e-6, s.floor / 10);
  const shown5 = s.values.filter((v) => v > least);
  const low = Math.min(shown5[shown5.length - 1], s.floor > s.values[0] * 1e-6 ? s.floor : Infinity);
  const p = plot({
    width: width2,
    height: 230,
    x: [1, Math.max(2, s.values.length)],
    y: [low * 0.8, s.values[0] * 1.2],
    logY: true,
    label: `Singular values: the largest is ${figure(s.values[0])}`
  });
  const marks2 = shown5.map(
    (v, i) => h("circle", {
      class: v > s.floor ? "value" : "value below",
      cx: p.x(i + 1),
      cy: p.y(v),
      r: shown5.length > 120 ? 1.6 : 2.4
    })
  );
  p.add(
    axisLeft(p, logTicks2(low, s.values[0])),
    marks2,
    s.floor > low * 0.8 && s.floor < s.values[0] * 1.2 && floor(p, s),
    last(p, s),
    axisBelow(p, between(1, s.values.length, 6).filter(Number.isInteger), "direction", String)
  );
  return p.el;
}
function last(p, s) {
  if (!s.rank || s.rank >= s.values.length) return [];
  return [h("text", { class: "mark", x: p.x(s.rank) + 8, y: p.y(s.values[s.rank - 1]) + 4 }, `rank ${s.rank}`)];
}
function floor(p, s) {
  const y = p.y(s.floor);
  return [
    h("line", { class: "floor", x1: p.inner.left, x2: p.inner.right, y1: y, y2: y }),
    h("text", { class: "tick", x: p.inner.right, y: y - 5, "text-anchor": "end" }, "what rounding may give")
  ];
}
function logTicks2(low, high) {
  const all3 = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10)
    for (const n of [1, 2, 5]) all3.push(Number((n * power).toPrecision(3)));
  const inside = all3.filter((v) => v >= low * 0.8 && v <= high * 1.2);
  return inside.length <= 6 ? inside : inside.filter((v) => /^1/.test(v.toExponential()));
}
var parts3 = [0.5, 0.9, 0.99];
function held(s, width2) {
  const all3 = directionsFor(s, 0.999) ?? s.energy.length;
  const n = Math.min(s.energy.length, Math.max(8, Math.ceil(all3 * 1.4)));
  const p = plot({
    width: width2,
    height: 230,
    x: [0, n],
    y: [0, 1],
    label: `Share of the change in the first directions: ${relative2(s.energy[n - 1])} in ${n}`
  });
  const points = [[0, 0], ...s.energy.slice(0, n).map((e, i) => [i + 1, e])].map(
    ([x, y]) => `${p.x(x).toFixed(1)},${p.y(y).toFixed(1)}`
  );
  const last2 = `${p.x(n).toFixed(1)},${p.inner.bottom} ${p.x(0).toFixed(1)},${p.inner.bottom}`;
  p.add(
    axisLeft(p, [0, 0.25, 0.5, 0.75, 1], (v) => `${100 * v}%`),
    h("polygon", { class: "under", points: `${points.join(" ")} ${last2}` }),
    h("polyline", { class: "curve", points: points.join(" ") }),
    parts3.flatMap((part3) => passing(p, s, part3)),
    axisBelow(p, between(0, n, 6).filter(Number.isInteger), "directions", String)
  );
  return p.el;
}
function passing(p, s, part3) {
  const rank = directionsFor(s, part3);
  if (!rank || part3 === 0.99 && rank < 3 * directionsFor(s, 0.9)) return [];
  const e = s.energy[rank - 1];
  const x = p.x(rank);
  const y = p.y(e);
  const left = x > p.inner.right - 140;
  return [
    h("circle", { class: "passing", cx: x, cy: y, r: 3.5 }),
    h(
      "text",
      { class: "mark", x: left ? x - 8 : x + 8, y: y + 16, "text-anchor": left ? "end" : "start" },
      `${rank === 1 ? "1 direction" : `${rank} directions`}: ${share(e, 1)}`
    )
  ];
}

// explore/web/src/views/tensor.js
var names2 = ["model", "from", "to", "from_path", "to_path", "path", "name"];
var tensor = {
  name: "tensor",
  title: "Tensor",
  about: (params) => params.get("name"),
  hidden: true,
  show(root, params) {
    const page4 = new Page2(root, Object.fromEntries(names2.map((n) => [n, params.get(n) ?? void 0])));
    const redraw = () => requestAnimationFrame(() => page4.draw());
    addEventListener("resize", redraw);
    page4.load(params.get("rank") === "1");
    return () => {
      removeEventListener("resize", redraw);
      page4.stop.abort();
    };
  }
};
var Page2 = class {
  constructor(root, asked) {
    this.asked = asked;
    this.stop = new AbortController();
    this.head = h("div", {});
    this.said = h("p", { class: "sentence", "aria-live": "polite" });
    this.body = h("div", {});
    const { name, ...rest } = asked;
    fill(
      root,
      h(
        "div",
        { class: "tensor" },
        h("a", { class: "back", href: link("layers", rest) }, "← all layers"),
        h("h1", {}, name ?? ""),
        this.head,
        this.said,
        this.body
      )
    );
  }
  async load(withRank) {
    const { signal } = this.stop;
    try {
      await poll("tensor", this.asked, signal, (a) => {
        this.answer = a.progress ? void 0 : a;
        this.draw(a.progress);
      });
      if (withRank) await this.loadRank();
    } catch (e) {
      if (!signal.aborted) fill(this.said, h("span", { class: "error" }, e.message));
    }
  }
  async loadRank() {
    const { signal } = this.stop;
    this.ranking = true;
    this.draw();
    try {
      await poll("rank", this.asked, signal, (r) => {
        if (!r.progress) this.rank = r;
      });
    } catch (e) {
      if (!signal.aborted) this.failed = e.message;
    }
    this.ranking = false;
    if (!signal.aborted) this.draw();
  }
  draw(progress2) {
    const a = this.answer;
    if (!a) return progress2 && fill(this.said, reading(progress2));
    fill(this.head, facts2(a));
    fill(this.said, sentence(a, this.rank));
    const wide2 = this.body.clientWidth;
    const width2 = wide2 > 900 ? Math.floor((wide2 - 40) / 2) : wide2;
    fill(
      this.body,
      h("div", { class: "plots" }, spreads(a, width2), a.change && a.tensor.changed > 0 && profiles(a, width2)),
      this.directions(width2)
    );
  }
  directions(width2) {
    const t = this.answer.tensor;
    if (t.status !== "changed" || t.shape.length !== 2 || !t.changed || !(this.rank || canAsk("rank", this.asked)))
      return null;
    if (!this.rank) {
      return h(
        "section",
        {},
        h("h2", {}, "Directions of the change"),
        this.failed ? h("p", { class: "error" }, this.failed) : h(
          "button",
          { disabled: this.ranking, onclick: () => this.askRank() },
          this.ranking ? "Computing …" : "Compute singular values"
        )
      );
    }
    if (!this.rank.known || !this.rank.values.length)
      return h("p", { class: "note" }, "Singular values are known of matrices of floats only.");
    return h(
      "div",
      { class: "plots" },
      part2(
        "Singular values of the change",
        values(this.rank, width2),
        this.rank.whole ? "" : `the largest ${this.rank.values.length}`
      ),
      part2("Share of the change that the first directions hold", held(this.rank, width2))
    );
  }
  askRank() {
    history.replaceState(null, "", link("tensor", { ...Object.fromEntries(state().params), rank: "1" }));
    this.loadRank();
  }
};
var part2 = (title2, plot2, note) => h("section", {}, h("h2", {}, title2, note && h("span", { class: "note" }, ` ${note}`)), plot2);
function facts2(a) {
  const t = a.tensor;
  const rows = [
    ["type", t.dtype_a ? `${t.dtype_a} → ${t.dtype}` : t.dtype],
    ["shape", t.shape_a ? `${shape(t.shape_a)} → ${shape(t.shape)}` : shape(t.shape)],
    ["relative change", t.changed ? relative2(t.rel_l2) : "none"],
    ["changed weights", `${share(t.changed, t.elements)} of ${count(t.elements)}`],
    t.changed > 0 && ["largest change", figure(t.max_abs)],
    t.changed > 0 && ["cosine", figure(t.cosine, 6)],
    t.changed > 0 && ["mean shift", figure(a.mean_shift)]
  ].filter(Boolean);
  const place2 = [a.layer >= 0 ? `layer ${a.layer}` : "", a.module].filter(Boolean).join(" ");
  return [
    h("p", { class: "where" }, `${place2} · ${side(a.from)} → ${side(a.to)}`, t.name_b ? ` · there ${t.name_b}` : ""),
    h(
      "dl",
      {},
      rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))
    )
  ];
}
var side = (r) => r.path ? `${r.rev}:${r.path}` : r.rev;
function sentence(a, rank) {
  const t = a.tensor;
  if (t.status === "added" || t.status === "removed") return `It is on one side only: ${t.status}.`;
  if (t.status === "reshaped") {
    const both = Number.isFinite(t.rel_l2 ?? NaN) ? `; what both sides have changed by ${relative2(t.rel_l2)} of its norm` : "";
    return `Its shape went from ${shape(t.shape_a)} to ${shape(t.shape)}${both}.`;
  }
  if (!t.changed) return t.status === "changed" ? "Its values are the same, written otherwise." : "It did not change.";
  const how2 = Number.isFinite(t.rel_l2 ?? NaN) ? `, by ${relative2(t.rel_l2)} of their norm` : "";
  const half = rank?.known && directionsFor(rank, 0.5);
  const within = half ? `; half of the change is within ${half === 1 ? "one direction" : `${count(half)} directions`}` : "";
  const few = rank?.known && !rank.rank_at_least && rank.rank > 0 && rank.rank <= Math.min(...t.shape) / 4 ? ` Its rank is ${rank.rank}.` : "";
  return `${share(t.changed, t.elements)} of its weights changed${how2}${within}.${few}`;
}
function spreads(a, width2) {
  const both = [a.before, a.after].filter(Boolean);
  const list = [];
  if (a.change && a.tensor.changed > 0) {
    list.push(
      part2(
        "Change of each weight",
        histogram([a.change], { width: width2, label: "Histogram of the change of each weight", axis: "change", zeros: "0" }),
        beyond2(a.change)
      )
    );
  }
  if (both.length) {
    const title2 = both.length === 2 ? ["Weights ", h("span", { class: "was" }, "before"), " and ", h("span", { class: "is" }, "after")] : "Weights";
    list.push(
      part2(
        title2,
        histogram(both, { width: width2, label: "Histogram of the weights", axis: "weight" }),
        beyond2(both[both.length - 1])
      )
    );
  }
  return list.length ? list : h("p", { class: "note" }, `Numbers of type ${a.tensor.dtype} cannot be shown.`);
}
function profiles(a, width2) {
  return [
    a.by_row.length > 1 && part2(
      a.columns > 1 ? "By row" : "By position",
      profile(a.by_row, a.rows, { width: width2, what: a.columns > 1 ? "row" : "position" })
    ),
    a.by_column.length > 1 && part2("By column", profile(a.by_column, a.columns, { width: width2, what: "column" }))
  ];
}
function reading({ done: done2, total }) {
  return [
    h("progress", { max: 1, value: total ? done2 / total : 0, "aria-label": "How much is read" }),
    total ? ` reading: ${percent(done2 / total)}` : " waiting for its turn"
  ];
}

// explore/web/src/app.js
var views = [sharing, layers, family, savings, history2, tensor, file];
var main = h("main", { id: "view", tabindex: "-1" });
var which = h("span", { class: "which" });
var shown4;
var done;
function show2({ view: name, params }) {
  const view = views.find((v) => v.name === name) ?? views[0];
  if (view === shown4 && view.keep?.(params)) return void entitle(view, params);
  done?.();
  shown4 = view;
  entitle(view, params);
  for (const a of document.querySelectorAll("nav a")) {
    if (a.dataset.view === view.name) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
  fill(main);
  done = view.show(main, params);
}
async function entitle(view, params) {
  const title2 = (...of) => document.title = [view.title, ...of, "dits"].filter(Boolean).join(" · ");
  title2();
  const models = await ask("models").catch(() => []);
  const one = models.length === 1 ? models[0].name : view !== sharing && params.get("model");
  if (shown4 !== view) return;
  which.textContent = which.title = one || "";
  title2(view.about?.(params), one);
}
function themeButton() {
  const root = document.documentElement.dataset;
  try {
    if (localStorage.getItem("dits-theme")) root.theme = localStorage.getItem("dits-theme");
  } catch {
  }
  const turn = () => {
    root.theme = dark() ? "light" : "dark";
    try {
      localStorage.setItem("dits-theme", root.theme);
    } catch {
    }
    dispatchEvent(new Event("theme"));
  };
  return h("button", { class: "theme", title: "Light or dark", "aria-label": "Light or dark", onclick: turn }, "◐");
}
document.body.append(
  h(
    "header",
    {},
    h("a", { class: "brand", href: link("sharing") }, "dits"),
    h("nav", { "aria-label": "Views" }, views.filter((v) => !v.hidden).map((v) => h("a", { href: link(v.name), dataset: { view: v.name } }, v.title))),
    inReport() ? h("span", { class: "note" }, document.getElementById("answers").dataset.made) : which,
    themeButton()
  ),
  main
);
onChange(show2);
addEventListener("theme", () => show2(state()));
show2(state());
