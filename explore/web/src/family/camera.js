// Zoom and place of the picture of a family.
import { box } from "./layout.js";
import { h } from "../dom.js";
import { change, state } from "../state.js";
import { hideTip } from "../tip.js";

/** Zoom and place of the picture: by wheel, pointer, keys and buttons. The address keeps what was chosen. */
export function camera(svg, stage, at, params) {
  let k = 1,
    x = 0,
    y = 0,
    moved = false,
    frame = 0,
    later = 0;
  const draw = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() =>
      stage.setAttribute("transform", `translate(${x.toFixed(1)},${y.toFixed(1)}) scale(${k.toFixed(4)})`),
    );
  };
  const keep = () => {
    clearTimeout(later);
    later = setTimeout(
      () => change({ at: [k.toFixed(3), Math.round(x), Math.round(y)].join("_") }, { replace: true }),
      300,
    );
  };
  const room = () => svg.getBoundingClientRect();
  const whole = () => {
    const r = room();
    k = Math.min(1.6, r.width / at.width, r.height / at.height);
    if (k < 0.85) k = 1; // it does not fit: as large as can be read well
    x = Math.max(0, (r.width - k * at.width) / 2);
    y = Math.max(0, (r.height - k * at.height) / 2);
    if (at.width * k > r.width) x = 0;
    draw();
  };
  const all = () => {
    const r = room();
    k = Math.min(1.6, r.width / at.width, r.height / at.height);
    x = (r.width - k * at.width) / 2;
    y = (r.height - k * at.height) / 2;
    draw();
    keep();
  };
  const zoom = (by, cx = room().width / 2, cy = room().height / 2) => {
    const next = Math.max(0.1, Math.min(4, k * by));
    x = cx - ((cx - x) * next) / k;
    y = cy - ((cy - y) * next) / k;
    k = next;
    draw();
    keep();
  };
  svg.addEventListener(
    "wheel",
    (e) => {
      e.preventDefault();
      const r = room();
      if (e.ctrlKey || e.metaKey) return zoom(Math.exp(-e.deltaY / 300), e.clientX - r.left, e.clientY - r.top);
      x -= e.shiftKey && !e.deltaX ? e.deltaY : e.deltaX;
      y -= e.shiftKey && !e.deltaX ? 0 : e.deltaY;
      draw();
      return keep();
    },
    { passive: false },
  );
  let drag;
  svg.addEventListener("pointerdown", (e) => {
    drag = { x: e.clientX - x, y: e.clientY - y, fromX: e.clientX, fromY: e.clientY, id: e.pointerId };
    moved = false;
  });
  svg.addEventListener("pointermove", (e) => {
    if (!drag || !(e.buttons & 1)) {
      drag = undefined;
      return;
    }
    if (!moved && Math.hypot(e.clientX - drag.fromX, e.clientY - drag.fromY) < 4) return;
    if (!moved) svg.setPointerCapture(drag.id);
    moved = true;
    x = e.clientX - drag.x;
    y = e.clientY - drag.y;
    hideTip();
    draw();
  });
  svg.addEventListener("pointerup", () => {
    if (drag && moved) keep();
    drag = undefined;
  });
  svg.addEventListener("keydown", (e) => {
    if (e.key === "+" || e.key === "=") zoom(1.25);
    else if (e.key === "-") zoom(0.8);
    else if (e.key === "0") all();
    else if (e.key === "Escape") change({ open: [], at: null });
  });
  const buttons = h(
    "div",
    { class: "zoom" },
    h("button", { "aria-label": "Closer", onclick: () => zoom(1.25) }, "+"),
    h("button", { "aria-label": "Further", onclick: () => zoom(0.8) }, "−"),
    h("button", { onclick: all }, "All"),
  );
  const begin = () => {
    const kept = params.get("at")?.split("_").map(Number);
    if (kept?.length === 3 && kept.every(Number.isFinite) && kept[0] > 0) {
      [k, x, y] = kept;
      draw();
    } else {
      whole();
    }
    const sized = new ResizeObserver(() => {
      if (!state().params.get("at")) whole();
    });
    sized.observe(svg);
    return () => {
      sized.disconnect();
      clearTimeout(later);
      cancelAnimationFrame(frame);
    };
  };
  const reveal = (p) => {
    const r = room();
    const left = p.x * k + x,
      top = p.y * k + y;
    if (left < 8) x += 8 - left;
    if (left + box.width * k > r.width - 8) x -= left + box.width * k - r.width + 8;
    if (top < 8) y += 8 - top;
    if (top + box.height * k > r.height - 8) y -= top + box.height * k - r.height + 8;
    draw();
  };
  return { begin, buttons, reveal, moved: () => moved };
}
