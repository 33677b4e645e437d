// The table behind the picture: a row a file, with what the picture shows as numbers.
import { h } from "../dom.js";
import { hows } from "../colour.js";
import { bytes, percent } from "../format.js";
import { linkTo } from "../links.js";
import { rowsOf } from "./order.js";
import { middle } from "../text.js";

const order = [3, 1, 2, 0];

const fileOf = ({ model, path, refs: [rev] }) =>
  linkTo("file", { model, rev, path }, middle(path, 70), { title: path });

export function table(sheet, items, several) {
  const number = (text) => h("td", { class: "number" }, text);
  const line = (row) => {
    const sums = sheet.byHue(row);
    return h("tr", {},
      several && h("td", {}, middle(row.model, 40)),
      h("td", {}, fileOf(row)),
      h("td", { class: "note" }, middle(row.refs.join(", "), 40)),
      number(bytes(row.size)), number(percent(row.shared)),
      order.map((how) => number(sums[how] ? bytes(sums[how]) : "")));
  };
  return h("div", { class: "table" }, h("table", {},
    h("caption", { class: "unseen" }, "Files, and how their bytes are kept"),
    h("thead", {}, h("tr", {}, several && h("th", {}, "model"), h("th", {}, "file"), h("th", {}, "where"),
      h("th", { class: "number" }, "size"), h("th", { class: "number" }, "shared"),
      order.map((how) => h("th", { class: "number" }, hows[how].label)))),
    h("tbody", {}, rowsOf(items).map(line))));
}
