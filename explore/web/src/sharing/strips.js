// Strips are rows of cells as lines of pixels: each pixel has the colours of the cells below it, weighed by how much of
// it they cover. So a thousand cells in a hundred pixels are drawn as truly as ten, and a line never takes longer than
// its pixels and cells.
import { ramps } from "../colour.js";

const steps = 64;

export class Strips {
  #canvas = new OffscreenCanvas(1, 1);
  #pen = this.#canvas.getContext("2d");
  #rgb;

  /** Takes the colours of the theme. */
  dye() {
    this.#rgb = ramps(steps);
  }

  /** The colour of a cell as an index into the ramps. */
  tint(how, shade) {
    return 3 * (how * steps + Math.round(shade * (steps - 1)));
  }

  /** A colour's lightness, 0…1: what text on it has to stand out of. */
  lightness(tint) {
    const [r, g, b] = this.#rgb.subarray(tint, tint + 3);
    return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
  }

  /** Makes room for lines of so many pixels. */
  begin(width, lines) {
    if (this.#canvas.width < width || this.#canvas.height < lines) {
      this.#canvas.width = Math.max(width, this.#canvas.width);
      this.#canvas.height = Math.max(lines, this.#canvas.height);
    }
    this.width = width;
    this.image = new ImageData(width, Math.max(1, lines));
    this.sums = new Float32Array(4 * width);
    this.line = 0;
  }

  /** Adds to the line what covers pixels x0…x1 with a tint. */
  cover(x0, x1, tint) {
    const from = Math.max(0, x0), to = Math.min(this.width, x1);
    if (!(to > from)) return;
    const last = Math.min(this.width - 1, Math.floor(to));
    for (let x = Math.floor(from); x <= last; x++) {
      const part = Math.min(to, x + 1) - Math.max(from, x);
      const i = 4 * x;
      this.sums[i] += part * this.#rgb[tint];
      this.sums[i + 1] += part * this.#rgb[tint + 1];
      this.sums[i + 2] += part * this.#rgb[tint + 2];
      this.sums[i + 3] += part;
    }
  }

  /** Ends a line; pixels that are not all covered let the background through. */
  end() {
    const out = this.image.data, base = 4 * this.width * this.line;
    for (let i = 0; i < this.sums.length; i += 4) {
      const w = this.sums[i + 3];
      if (w <= 0) continue;
      out[base + i] = this.sums[i] / w;
      out[base + i + 1] = this.sums[i + 1] / w;
      out[base + i + 2] = this.sums[i + 2] / w;
      out[base + i + 3] = Math.min(255, 255 * w);
    }
    this.sums.fill(0);
    this.line++;
  }

  /** Draws the lines: line i from tops[i] to ends[i]. */
  draw(pen, x, tops, ends) {
    this.#pen.putImageData(this.image, 0, 0);
    pen.imageSmoothingEnabled = false;
    for (let i = 0; i < this.line; i++) {
      pen.drawImage(this.#canvas, 0, i, this.width, 1, x, tops[i], this.width, ends[i] - tops[i]);
    }
  }
}
