// From a change to a strength 0…1, by the changes that there are: in proportion, or by their logarithm where the largest is
// far beyond the common ones.
import ticks, { tickIncrement } from "../../vendor/d3-array-3.2.4/src/ticks.js";

const farBeyond = 10; // times the median
const decades = 4; // that a logarithmic scale shows at most

/** The next number of 1, 2, 5, 10, … that is not less. */
export function niceAbove(x) {
  const power = 10 ** Math.floor(Math.log10(x));
  return power * [1, 2, 5, 10].find((n) => n * power >= x * (1 - 1e-9));
}

const niceBelow = (x) => 1 / niceAbove(1 / x);

/** {log, low, high, of(x) → 0…1, ticks}; most bounds what can be (1 of a share). */
export function scaleOf(changes, most = Infinity) {
  const sizes = changes.filter((x) => x > 0 && Number.isFinite(x)).sort((a, b) => a - b);
  if (!sizes.length) return { log: false, low: 0, high: 1, of: () => 0, ticks: [] };
  const largest = sizes[sizes.length - 1];
  const log = largest > farBeyond * sizes[sizes.length >> 1];
  const high = Math.min(most, log ? niceAbove(largest) : niceHigh(largest));
  const low = log ? niceBelow(Math.max(sizes[0], high / 10 ** decades)) : 0;
  const of = log ? (x) => clamp(Math.log(x / low) / Math.log(high / low)) : (x) => clamp(x / high);
  return { log, low, high, of, ticks: log ? logTicks(low, high) : ticks(0, high, 5) };
}

const clamp = (t) => Math.max(0, Math.min(1, t));

function niceHigh(x) {
  const step = tickIncrement(0, x, 5);
  const width = step < 0 ? -1 / step : step;
  return Math.ceil(x / width - 1e-9) * width;
}

function logTicks(low, high) {
  const all = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high * 1.001; power *= 10) {
    for (const n of [1, 2, 5]) {
      const x = Number((n * power).toPrecision(3));
      if (x >= low * 0.999 && x <= high * 1.001) all.push(x);
    }
  }
  return all.length <= 7 ? all : all.filter((x) => /^1/.test(x.toExponential()));
}
