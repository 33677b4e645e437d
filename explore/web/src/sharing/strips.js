// Strips are rows of cells as lines of pixels: each pixel has the colours of the cells below it, weighed by how much of
// it they cover. So a thousand cells in a hundred pixels are drawn as truly as ten, and a line never takes longer than
// its pixels and cells.
import { ramps } from "../colour.js";

const steps = 64;

export class Strips {
  #canvas = new OffscreenCanvas(1, 1);
  #pen = this.#canvas.getContext("2d");
  #rgb; // of each tint, three bytes
  #whole; // of each tint, a pixel

  /** Takes the colours of the theme. */
  dye() {
    this.#rgb = ramps(steps);
    const bytes = new Uint8ClampedArray((4 * this.#rgb.length) / 3).fill(255);
    for (let i = 0; i < this.#rgb.length / 3; i++) bytes.set(this.#rgb.subarray(3 * i, 3 * i + 3), 4 * i);
    this.#whole = new Uint32Array(bytes.buffer);
  }

  /** The colour of a cell as an index into the ramps. */
  tint(how, shade) {
    return how * steps + Math.round(shade * (steps - 1));
  }

  /** A colour's lightness, 0…1: what text on it has to stand out of. */
  lightness(tint) {
    const [r, g, b] = this.#rgb.subarray(3 * tint, 3 * tint + 3);
    return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
  }

  /** Makes room for lines of so many pixels. */
  begin(width, lines) {
    if (this.#canvas.width < width || this.#canvas.height < lines) {
      this.#canvas.width = Math.max(width, this.#canvas.width);
      this.#canvas.height = Math.max(lines, this.#canvas.height);
    }
    if (this.image?.width !== width || this.image.height < lines) {
      this.image = new ImageData(width, Math.max(1, lines));
      this.pixels = new Uint32Array(this.image.data.buffer);
      this.sums = new Float32Array(4 * width);
      this.mixed = new Int32Array(width); // pixels of the line with more than one colour, or not all covered
    }
    this.pixels.fill(0);
    this.width = width;
    this.line = this.mixes = 0;
  }

  /** Adds to the line what covers pixels x0…x1 with a tint. */
  cover(x0, x1, tint) {
    const from = Math.max(0, x0), to = Math.min(this.width, x1);
    if (!(to > from)) return;
    const first = Math.floor(from), last = Math.floor(to), base = this.width * this.line;
    if (first === last) return this.#mix(first, to - from, tint);
    if (from > first) this.#mix(first, first + 1 - from, tint);
    this.pixels.fill(this.#whole[tint], base + (from > first ? first + 1 : first), base + last);
    if (to > last) this.#mix(last, to - last, tint);
  }

  #mix(x, part, tint) {
    const { sums } = this, i = 4 * x, c = 3 * tint;
    if (sums[i + 3] === 0) this.mixed[this.mixes++] = x;
    sums[i] += part * this.#rgb[c];
    sums[i + 1] += part * this.#rgb[c + 1];
    sums[i + 2] += part * this.#rgb[c + 2];
    sums[i + 3] += part;
  }

  /** Ends a line; pixels that are not all covered let the background through. */
  end() {
    const { sums } = this, { data } = this.image, base = 4 * this.width * this.line;
    for (let n = 0; n < this.mixes; n++) {
      const i = 4 * this.mixed[n], w = sums[i + 3];
      data[base + i] = sums[i] / w;
      data[base + i + 1] = sums[i + 1] / w;
      data[base + i + 2] = sums[i + 2] / w;
      data[base + i + 3] = 255 * w;
      sums.fill(0, i, i + 4);
    }
    this.mixes = 0;
    this.line++;
  }

  /** Draws the lines: line i from tops[i] to ends[i]. */
  draw(pen, x, tops, ends) {
    this.#pen.putImageData(this.image, 0, 0, 0, 0, this.width, this.line);
    pen.imageSmoothingEnabled = false;
    for (let i = 0; i < this.line; i++) {
      pen.drawImage(this.#canvas, 0, i, this.width, 1, x, tops[i], this.width, ends[i] - tops[i]);
    }
  }
}
