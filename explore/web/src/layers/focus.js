// Parts of a page are drawn anew at each change: who works by keyboard stays where they were.

/** Calls draw; if what has the focus goes by that, what has the same key then gets it. */
export function keepFocus(root, draw) {
  const had = document.activeElement;
  const key = root.contains(had) ? keyOf(had) : undefined;
  draw();
  if (key === undefined || (document.activeElement === had && had.isConnected)) return;
  [...root.querySelectorAll("button, select, canvas, a")]
    .find((el) => keyOf(el) === key)
    ?.focus({ preventScroll: true });
}

const keyOf = (el) => `${el.tagName} ${el.dataset.key ?? el.getAttribute("aria-label") ?? el.textContent}`;
