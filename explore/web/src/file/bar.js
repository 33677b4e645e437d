// A bar of parts with their names below it: each where its part begins, as far as there is room.
import { h } from "../dom.js";
import { showTip, hideTip } from "../tip.js";

/** parts: [{size, colour, label, note}] of a whole; those too small for a label say it when pointed at. */
export function bar(parts, what) {
  const whole = parts.reduce((n, p) => n + p.size, 0) || 1;
  const said = parts.map((p) => `${p.label} ${p.note}`).join("; ");
  return h(
    "div",
    { class: "parts", role: "img", "aria-label": `${what}: ${said}` },
    parts.map((p) => {
      const share = p.size / whole;
      const el = h(
        "div",
        { class: "part" },
        h("i", { style: { background: p.colour } }),
        h("span", { class: "label" }, p.label),
        h("span", { class: "note" }, p.note),
      );
      el.style.flexGrow = Math.max(share, 0.002);
      el.addEventListener("pointermove", (e) => showTip(e.clientX, e.clientY, [p.label, p.note]));
      el.addEventListener("pointerleave", hideTip);
      return el;
    }),
  );
}
