// The pages of the answer to "sharing", one after the other.
import { ask } from "../ask.js";

const pageSize = 100;
const mostAgain = 5; // how often all pages are asked for again

/** Gives each page to take. When what is shown changes meanwhile, pages do not go together: then from the first one on. */
export async function eachPage(of, take, signal) {
  for (let again = 0; ; again++) {
    try {
      return await eachOf(of, take, signal, again > 0);
    } catch (e) {
      if (e.status !== 409 || again === mostAgain) throw e;
    }
  }
}

async function eachOf(of, take, signal, anew) {
  let cursor = "";
  do {
    const page = await ask("sharing", { of, limit: pageSize, cursor }, { signal, anew });
    if (signal.aborted) return;
    await take(page);
    cursor = page.next;
  } while (cursor);
}
