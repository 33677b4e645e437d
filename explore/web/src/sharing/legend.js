// The legend: the ramp of each hue over how many files rest on the bytes, in the colours and the scale of the picture.
import { fill, h } from "../dom.js";
import { cell, dark, hows } from "../colour.js";
import { count } from "../format.js";
import { depth } from "./share.js";

const order = [3, 1, 2, 0]; // hows, as they are met from the most shared on

const explained = "More files rest on the bytes of a cell the stronger its colour is: all that have the same, and " +
  "those made of them, with the part that was taken over. What had to be stored for a difference rests on itself.";

export function legend(most) {
  const stops = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].filter((n) => n < most * 0.75);
  stops.push(Math.round(most));
  const step = (how) => (n) => h("i", { style: { background: cell(how, depth(n, most)) } });
  const ramp = (how) => h("span", { class: "ramp" }, stops.map(step(how)));
  return h("div", { class: "hues", title: explained },
    order.map((how) => h("span", { class: "key" }, ramp(how), hows[how].label)),
    h("span", { class: "note" },
      `${dark() ? "brighter" : "darker"}: more files rest on these bytes (${stops.map(count).join(", ")})`));
}

/** Draws the legend anew where it stands. */
export const redrawLegend = (root, most) => fill(root, legend(most));
