// Answers that take long come when they are done; until then what there is of them.
import { ask, inReport } from "../ask.js";

const seconds = 1;

/** Asks until the answer is whole; show is told of each. Ends when signal does. */
export async function poll(question, about, signal, show) {
  const wait = inReport() ? undefined : seconds;
  for (;;) {
    const answer = await ask(question, { ...about, wait }, { signal, keep: (a) => !a.progress });
    if (signal.aborted) return;
    show(answer);
    if (!answer.progress) return;
  }
}
