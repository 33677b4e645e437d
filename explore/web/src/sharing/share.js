// How much bytes are shared, as one number from 0 (nobody else has any of them) to 1 (as many files rest on them as on
// any here). Pure functions of plain lists, one entry a blob.
//
// A file rests on a blob with the part of its bytes that comes from there: wholly where it has the same bytes, and with
// 1 − cost where it is made of the blob and cost of its bytes had to be stored beside; through several steps, with what
// is left of it. So a blob has
//
//     users = files that have it + the sum of (1 − cost) · users over the blobs that are made of it
//
// and a base on which everything is built has the most users of all. A blob that is made of another shares its own part
// with its users, and the rest with those of its source:
//
//     shade = cost · depth(users) + (1 − cost) · shade(source)       depth(n) = log n / log (the most users here)
//
// The logarithm makes one, two, five and a hundred users look apart. A quant that costs nothing is as dark as what it
// was made of and not darker, a difference that saved little is pale, and what shares nothing is blank.

export const KEPT = 0, DIFFERENCE = 1, RECOMPUTED = 2, SAME = 3; // hows of an answer, and the hue for bytes seen before

/** The part of a blob's bytes that had to be stored for it: 1 if it is kept for itself, else stored/len. */
export const cost = (how, stored, len) => (how === KEPT || len === 0 ? 1 : Math.min(1, stored / len));

/** users of each blob; have[b] files have b itself. */
export function usersOf({ how, stored, len, source }, have) {
  const n = have.length, users = Float64Array.from(have), waits = new Int32Array(n), known = (s) => s >= 0 && s < n;
  for (let b = 0; b < n; b++) if (known(source[b])) waits[source[b]]++;
  for (let b = 0; b < n; b++) {
    // Blobs after all that is made of them; those in a circle, which no sound store has, are left as they are.
    for (let at = b; waits[at] === 0; at = source[at]) {
      waits[at] = -1;
      const s = source[at];
      if (!known(s)) break;
      users[s] += users[at] * (1 - cost(how[at], stored[at], len[at]));
      waits[s]--;
    }
  }
  return users;
}

/** 0 for one user, 1 for most of them. */
export const depth = (users, most) => Math.min(1, Math.log(Math.max(1, users)) / Math.log(most));

/**
 * The end of the scale: the most users of any blob, but for the hundredth of all bytes (those of tensors, in weights)
 * that has more, so that a few bytes which all files have do not make the rest pale. At least 4: two is not much.
 */
export function mostOf(users, weights) {
  const order = Array.from(users.keys()).filter((b) => weights[b] > 0).sort((a, b) => users[b] - users[a]);
  let left = order.reduce((sum, b) => sum + weights[b], 0) / 100;
  return Math.max(4, users[order.find((b) => (left -= weights[b]) < 0)] ?? 0);
}

/** shade of each blob. pairs are [a, b, bytes]: bytes that two blobs have in common though they are not the same. */
export function shadesOf(blobs, users, most, pairs = []) {
  const n = users.length, shades = new Float32Array(n).fill(-1);
  const own = Float32Array.from(users, (u) => depth(u, most));
  for (const [a, b, bytes] of pairs) {
    const both = depth(users[a] + users[b], most);
    for (const x of [a, b]) own[x] = Math.max(own[x], own[x] + (both - own[x]) * part(bytes, blobs.len[x]));
  }
  const path = [];
  for (let b = 0; b < n; b++) {
    let at = b;
    while (at >= 0 && at < n && shades[at] < 0) {
      shades[at] = own[at]; // also what ends a circle, which no sound store has
      path.push(at);
      at = blobs.source[at];
    }
    while (path.length) {
      const x = path.pop(), s = blobs.source[x];
      if (blobs.how[x] === KEPT || !(s >= 0 && s < n)) continue;
      const c = cost(blobs.how[x], blobs.stored[x], blobs.len[x]);
      shades[x] = c * own[x] + (1 - c) * Math.max(shades[s], own[x]);
    }
  }
  return shades;
}

/** The part of each blob's bytes that more than one file rests on. */
export function sharedParts(blobs, have, pairs = []) {
  const n = have.length, parts = new Float32Array(n);
  for (let b = 0; b < n; b++) {
    const taken = 1 - cost(blobs.how[b], blobs.stored[b], blobs.len[b]);
    parts[b] = have[b] > 1 ? 1 : Math.max(parts[b], taken);
    const s = blobs.source[b];
    if (s >= 0 && s < n) parts[s] = Math.max(parts[s], taken);
  }
  for (const [a, b, bytes] of pairs) {
    for (const x of [a, b]) parts[x] = Math.max(parts[x], part(bytes, blobs.len[x]));
  }
  return parts;
}

const part = (bytes, len) => (len > 0 ? Math.min(1, bytes / len) : 0);
