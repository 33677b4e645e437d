// The tensors behind a picture as a table that can be sorted, some hundred rows at a time.
import { fill, h } from "../dom.js";
import { plural } from "../format.js";
import { figure, middle, relative, shape, share } from "./figures.js";

const page = 200;

/** On one side only: there is no change. */
const alone = (t) => t.status === "added" || t.status === "removed";

const columns = [
  { id: "name", label: "tensor", of: (t) => t.name, show: (t, o) => nameOf(t, o.link(t)), up: true },
  {
    id: "dtype",
    label: "type",
    of: (t) => t.dtype,
    show: (t) => (t.dtype_a ? `${t.dtype_a} → ${t.dtype}` : t.dtype),
    up: true,
  },
  {
    id: "shape",
    label: "shape",
    of: (t) => t.elements,
    show: (t) => (t.shape_a ? `${shape(t.shape_a)} → ${shape(t.shape)}` : shape(t.shape)),
    number: true,
  },
  { id: "status", label: "what", of: (t) => t.status, show: (t) => t.status, up: true },
  {
    id: "changed",
    label: "changed weights",
    of: (t) => (alone(t) ? -1 : t.changed / (t.elements || 1)),
    show: (t, o) => (alone(t) ? "" : o.working ? "…" : share(t.changed, t.elements)),
    number: true,
  },
  {
    id: "rel",
    label: "relative change",
    of: (t) => (alone(t) ? -1 : (t.rel_l2 ?? Infinity)),
    show: (t, o) => (alone(t) ? "" : o.working ? "…" : t.changed ? relative(t.rel_l2) : "="),
    number: true,
  },
  {
    id: "max",
    label: "largest change",
    of: (t) => (alone(t) ? -1 : (t.max_abs ?? Infinity)),
    show: (t) => (t.changed && !alone(t) ? figure(t.max_abs) : ""),
    number: true,
  },
];

const nameOf = (t, to) =>
  to ? h("a", { href: to, title: t.name }, middle(t.name, 48)) : h("span", { title: t.name }, middle(t.name, 48));

/** table(tensors, {sort, down, resort(id, down), link(t), working}) → element */
export function table(tensors, o) {
  const by = columns.find((c) => c.id === o.sort) ?? columns.find((c) => c.id === "rel");
  const sign = o.down ? -1 : 1;
  const rows = [...tensors].sort((a, b) => sign * order(by.of(a), by.of(b)));
  const body = h("tbody", {});
  const more = h("button", { onclick: () => grow() });
  const grow = () => {
    body.append(...rows.slice(body.rows.length, body.rows.length + page).map((t) => row(t, o)));
    more.textContent = `${plural(rows.length - body.rows.length, "more tensor")}: show ${page} of them`;
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
          columns.map((c) => heading(c, by, o)),
        ),
      ),
      body,
    ),
    more,
  );
}

function heading(c, by, o) {
  const sorted = c === by;
  return h(
    "th",
    {
      class: c.number ? "number" : "",
      scope: "col",
      "aria-sort": sorted ? (o.down ? "descending" : "ascending") : undefined,
    },
    h(
      "button",
      { class: "plain", dataset: { key: c.id }, onclick: () => o.resort(c.id, sorted ? !o.down : !c.up) },
      c.label,
      sorted ? (o.down ? " ↓" : " ↑") : "",
    ),
  );
}

const row = (t, o) =>
  h(
    "tr",
    {},
    columns.map((c) => h("td", { class: c.number ? "number" : "" }, c.show(t, o))),
  );

const order = (a, b) => (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
