// Where marks and labels of the picture of savings stand.

/** Round sizes from 0 up to most, some four of them: steps are 1, 2 or 5 times a power of ten of a unit. */
export function sizes(most, about = 4) {
  if (!(most > 0)) return [0];
  let unit = 1;
  while (unit * 1024 <= most / 1.5) unit *= 1024;
  const wanted = most / unit / about;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].find((s) => s * power >= wanted) * power * unit;
  const marks = [];
  for (let at = 0; at <= most; at += step) marks.push(at);
  return marks;
}

/** Labels at y, moved apart so that each has `room`, within [top, bottom]. Takes and gives a list ordered by y. */
export function apart(wanted, room, top, bottom) {
  const at = [...wanted];
  for (let i = 0; i < at.length; i++) at[i] = Math.max(at[i], i === 0 ? top : at[i - 1] + room);
  for (let i = at.length - 1; i >= 0; i--) at[i] = Math.min(at[i], i === at.length - 1 ? bottom : at[i + 1] - room);
  return at;
}

/** The path of an area with steps: lows and highs are y at each step, x where steps begin and the last one ends. */
export function steps(x, highs, lows) {
  let d = `M${x(0)},${highs[0]}`;
  highs.forEach((y, i) => {
    d += `V${y}H${x(i + 1)}`;
  });
  if (lows) {
    for (let i = lows.length - 1; i >= 0; i--) d += `V${lows[i]}H${x(i)}`;
    d += "Z";
  }
  return d;
}
