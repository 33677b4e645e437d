// Answers that take long come when they are done; until then what there is of them.
import { ask, inReport } from "../ask.js";

const first = 0.3,
  later = 1; // seconds that an answer is waited for

/** Asks until the answer is whole; show is told of each. Ends when signal does. */
export async function poll(question, about, signal, show) {
  for (let wait = first; ; wait = later) {
    const answer = await ask(
      question,
      { ...about, wait: inReport() ? undefined : wait },
      { signal, keep: (a) => !a.progress },
    );
    if (signal.aborted) return;
    show(answer);
    if (!answer.progress) return;
  }
}
