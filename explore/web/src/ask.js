// ask(question, about) → answer. The server answers at /explore/QUESTION; a report has its answers in the page, by the
// same key. `about` is an object: values are strings, numbers or lists of them; undefined and "" are left out.

const answers = new Map();

/** The key of a question, as Go's url.Values.Encode writes it: names in order. */
export function key(question, about = {}) {
  const q = new URLSearchParams();
  for (const name of Object.keys(about).sort()) {
    for (const v of [about[name]].flat()) {
      if (v !== undefined && v !== null && v !== "") q.append(name, v);
    }
  }
  const text = q.toString();
  return text ? `${question}?${text}` : question;
}

/** True in a report: there is no server to ask. */
export const inReport = () => document.getElementById("answers") !== null;

let all; // the answers of a report
function keptAnswers() {
  all ??= JSON.parse(document.getElementById("answers").textContent);
  return all;
}

/** The answer of a report by its key. */
export const kept = (k) => keptAnswers()[k];

/** Says whether a question can be answered here: always by a server, else if the report has the answer. */
export function canAsk(question, about) {
  return !inReport() || Object.hasOwn(keptAnswers(), key(question, about));
}

/**
 * Answers are remembered, but those of which keep says no; errors are not, they have the status of the answer. signal ends
 * a question that nobody waits for; anew asks again what is remembered.
 */
export async function ask(question, about, { signal, keep = () => true, anew = false } = {}) {
  const k = key(question, about);
  if (answers.has(k) && !anew) return answers.get(k);
  let answer;
  if (inReport()) {
    if (!Object.hasOwn(keptAnswers(), k)) throw new Error("this report does not have it: ask dits serve");
    answer = keptAnswers()[k];
  } else {
    const r = await fetch(`/explore/${k}`, { signal });
    const body = await r.json();
    if (!r.ok) throw Object.assign(new Error(body.error ?? r.statusText), { status: r.status });
    answer = body;
  }
  if (keep(answer)) answers.set(k, answer);
  return answer;
}
