// What stands in a view that has no picture: it waits, it failed, or there is nothing yet.
import { h } from "./dom.js";

export const waiting = (text) => h("p", { class: "notice", role: "status" }, text);

export const failed = (text) => h("p", { class: "notice error", role: "alert" }, text);

/** Says that a model, or all of them, have no commit, and how one comes about. */
export const noCommits = (name = "") =>
  h("div", { class: "notice empty" },
    h("p", {}, name ? `${name} has no commits yet.` : "Nothing is committed yet."),
    h("p", {}, "In the folder of the model, ", h("code", {}, "dits add ."), " and then ",
      h("code", {}, 'dits commit -m "first"'), " make the first. Then load this page again."));
