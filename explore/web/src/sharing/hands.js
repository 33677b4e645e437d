// What hands do with the wall: point, click, drag, turn the wheel, pinch, press keys.

const settle = 240; // milliseconds in which a second click makes it a double click

export function hands(wall) {
  const { el } = wall, on = (name, fn, more) => el.addEventListener(name, fn, { signal: wall.signal, ...more });
  const where = (e) => {
    const box = el.getBoundingClientRect();
    return [e.clientX - box.left, e.clientY - box.top];
  };
  pointing(wall, on, where);
  on("wheel", (e) => {
    const [x] = where(e), unit = e.deltaMode === 1 ? 16 : 1;
    e.preventDefault();
    if (x < wall.left || e.target.closest(".bar")) wall.pan(0, e.deltaY * unit);
    else if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) wall.pan((e.deltaX || e.deltaY) * unit, 0);
    else wall.zoom(Math.exp(-e.deltaY * unit * (e.ctrlKey ? 0.01 : 0.0022)), x - wall.left);
    wall.point(wall.hit(...where(e)), ...where(e));
  }, { passive: false });
  on("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const act = keys[e.key];
    if (!act) return;
    e.preventDefault();
    act(wall, e);
  });
}

function pointing(wall, on, where) {
  const held = new Map(); // pointers that are down → [x, y]
  let moved = 0, onAxis = false, waiting;
  on("pointerdown", (e) => {
    if (e.button !== 0 || e.target.closest(".bar")) return;
    held.set(e.pointerId, where(e));
    moved = 0;
    onAxis = where(e)[1] < wall.top && where(e)[0] >= wall.left;
    if (onAxis) centre(wall, where(e)[0]);
    wall.el.setPointerCapture(e.pointerId);
  });
  on("pointermove", (e) => {
    const [x, y] = where(e), was = held.get(e.pointerId);
    if (!was) return e.target.closest(".bar") ? wall.point(null) : wall.point(wall.hit(x, y), x, y);
    if (held.size === 2) pinch(wall, held, e.pointerId, [x, y]);
    else if (onAxis) centre(wall, x);
    else if (moved > 4) wall.pan(was[0] - x, was[1] - y);
    moved += Math.abs(was[0] - x) + Math.abs(was[1] - y);
    if (moved > 4) wall.el.classList.add("dragged");
    held.set(e.pointerId, [x, y]);
  });
  const up = (e) => {
    if (!held.delete(e.pointerId)) return;
    wall.el.classList.remove("dragged");
    if (e.type !== "pointerup" || moved > 4 || onAxis) return;
    const cell = wall.hit(...where(e));
    clearTimeout(waiting);
    waiting = setTimeout(() => cell && wall.says.pick(cell), settle);
  };
  on("pointerup", up);
  on("pointercancel", up);
  on("pointerleave", (e) => !held.size && e.pointerType !== "touch" && wall.point(null));
  on("dblclick", (e) => {
    clearTimeout(waiting);
    const cell = wall.hit(...where(e));
    if (cell?.seg !== undefined) wall.zoomTo(cell.row, cell.seg);
  });
}

function centre(wall, x) {
  const { lens } = wall, at = ((x - wall.left) / wall.cellsWidth) * lens.end, half = (lens.to - lens.from) / 2;
  lens.set(at - half, at + half);
  wall.redraw();
  wall.says.moved();
}

function pinch(wall, held, id, now) {
  const other = [...held].find(([k]) => k !== id)[1], was = held.get(id);
  const apart = (p) => Math.max(20, Math.hypot(p[0] - other[0], p[1] - other[1]));
  wall.zoom(apart(now) / apart(was), (now[0] + other[0]) / 2 - wall.left);
}

/** Moves the cursor by rows and segments; a row's segment is the one above or below, by bytes. */
function step(wall, rows, segs) {
  const list = wall.items.filter((it) => it.row).map((it) => it.row);
  if (list.length === 0) return;
  const from = [wall.focus, wall.chosen].find((c) => c?.seg !== undefined && list.includes(c.row));
  if (!from) return wall.visit(list[0], 0);
  const row = list[Math.max(0, Math.min(list.length - 1, list.indexOf(from.row) + rows))];
  let { seg } = from;
  if (row !== from.row) {
    if (row.layout !== from.row.layout) {
      const name = from.row.layout.names[seg], same = name ? row.layout.names.indexOf(name) : -1;
      const ratio = seg / from.row.blobs.length;
      seg = same >= 0 ? same : Math.floor(ratio * row.blobs.length);
    }
  }
  wall.visit(row, Math.max(0, Math.min(row.blobs.length - 1, seg + segs)));
}

const keys = {
  ArrowLeft: (w, e) => (e.shiftKey ? w.pan(-w.cellsWidth / 5, 0) : step(w, 0, -1)),
  ArrowRight: (w, e) => (e.shiftKey ? w.pan(w.cellsWidth / 5, 0) : step(w, 0, 1)),
  ArrowUp: (w) => step(w, -1, 0),
  ArrowDown: (w) => step(w, 1, 0),
  PageUp: (w) => step(w, -10, 0),
  PageDown: (w) => step(w, 10, 0),
  Home: (w) => step(w, 0, -Infinity),
  End: (w) => step(w, 0, Infinity),
  Enter: (w) => w.focus?.seg !== undefined && w.says.pick(w.focus),
  Escape: (w) => w.says.escape(),
  "+": (w) => w.zoom(1.5, middleOf(w)),
  "=": (w) => w.zoom(1.5, middleOf(w)),
  "-": (w) => w.zoom(1 / 1.5, middleOf(w)),
  0: (w) => w.whole(),
  "/": (w) => w.says.search(),
  n: (w) => w.says.next(1),
  N: (w) => w.says.next(-1),
};

/** The pixel that keys zoom around: the cursor's cell, if it is in sight. */
function middleOf(wall) {
  if (wall.focus?.seg === undefined) return wall.cellsWidth / 2;
  const p = wall.place(wall.focus.row, wall.focus.seg), x = p.x + p.w / 2 - wall.left;
  return x >= 0 && x <= wall.cellsWidth ? x : wall.cellsWidth / 2;
}
