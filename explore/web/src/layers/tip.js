// A note beside what the pointer is over, which a screen reader says too.
import { fill, h } from "../dom.js";

export function tip() {
  const el = h("div", { class: "told", hidden: true, "aria-hidden": "true" });
  const said = h("div", { class: "unseen", "aria-live": "polite" });
  return {
    parts: [el, said],
    hide() {
      el.hidden = true;
    },
    /** lines: the first is the title. box: what it is about, in pixels of the window. */
    show(lines, box) {
      fill(
        el,
        lines.filter(Boolean).map((line, i) => h("div", {}, line)),
      );
      said.textContent = lines.filter(Boolean).join(", ");
      el.hidden = false;
      const { offsetWidth: w, offsetHeight: high } = el;
      const right = box.x + box.w + 12;
      el.style.left = `${right + w < innerWidth - 8 ? right : Math.max(8, box.x - w - 12)}px`;
      el.style.top = `${Math.max(8, Math.min(innerHeight - high - 8, box.y + box.h / 2 - high / 2))}px`;
    },
  };
}
