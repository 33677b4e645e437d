import { fill, h } from "../dom.js";
import { ask } from "../ask.js";

export const sharing = {
  name: "sharing",
  title: "Sharing",
  show(root) {
    const stop = new AbortController();
    ask("models", {}, stop).then((models) => fill(root, h("pre", {}, JSON.stringify(models, null, 1))), (e) => fill(root, h("p", { class: "error" }, e.message)));
    return () => stop.abort();
  },
};
