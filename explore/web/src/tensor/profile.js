// Where in a tensor the change is: a bar for each run of rows, or of columns.
import { h } from "../dom.js";
import { count } from "../format.js";
import { relative } from "../layers/figures.js";
import { axisBelow, axisLeft, between, plot } from "./plot.js";

/** profile(runs, n, {width, what}): runs tile n rows or columns, which is `what`. */
export function profile(runs, n, { width, what }) {
  const sizes = runs.map((r) => (Number.isFinite(r.rel ?? NaN) ? r.rel : 0));
  const most = Math.max(...sizes) || 1;
  const p = plot({
    width,
    height: 150,
    x: [0, n],
    y: [0, most * 1.12],
    label: `Relative change by ${what}: at most ${relative(most)}`,
  });
  const at = (i) => (i * n) / runs.length;
  const best = sizes.indexOf(Math.max(...sizes));
  p.add(
    axisLeft(p, between(0, most * 1.05, 3), relative),
    sizes.map((size, i) =>
      h("rect", {
        class: i === best ? "bar best" : "bar",
        x: p.x(at(i)) + 0.25,
        y: p.y(size),
        width: Math.max(0.5, p.x(at(i + 1)) - p.x(at(i)) - 0.5),
        height: p.inner.bottom - p.y(size),
      }),
    ),
    axisBelow(
      p,
      between(0, n, 6).filter((v) => v <= n),
      what,
      count,
    ),
  );
  return p.el;
}
