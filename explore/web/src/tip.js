// What the pointer or the focus is on, said beside it.
import { fill, h } from "./dom.js";

const box = h("div", { class: "told", role: "tooltip", hidden: true });

/** Shows lines beside a point of the window; the first is what it is about. */
export function showTip(x, y, lines) {
  if (!box.isConnected) document.body.append(box);
  fill(
    box,
    lines.filter(Boolean).map((line, i) => h(i === 0 ? "strong" : "div", {}, line)),
  );
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  const left = x + 14 + width > innerWidth ? x - 14 - width : x + 14;
  const top = y + 14 + height > innerHeight ? y - 14 - height : y + 14;
  Object.assign(box.style, { left: `${Math.max(4, left)}px`, top: `${Math.max(4, top)}px` });
}

export const hideTip = () => {
  box.hidden = true;
};
