// The axes of a flat chart: which place is which pixel, and the numbers to read it by. Ranges are Plotly's: exponents where logarithmic.

const PAD = 6; // pixels beside numbers
const TITLE = 1.4; // of an axis, in the height of the writing
const APART = { x: 5.8, y: 2.8 }; // between two numbers at least, in the height of the writing
const NICE = [1, 2, 5, 10];
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

export const font = (size) => `${size}px system-ui, sans-serif`;

const raised = (exponent) => String(exponent).replace("-", "⁻").replace(/\d/g, (digit) => RAISED[digit]);
const power = (exponent) => ({ 0: "1", 1: "10" })[exponent] ?? `10${raised(exponent)}`;

const decade = (value) => Math.floor(Math.log10(Math.abs(value)) + 1e-9);

// A number as short as its distance to the next allows: any that there is, the smallest and the largest too.
function short(value, step) {
  if (!value && step < 1e-4) return "0";
  const long = Math.abs(value) >= 1e6 || step < 1e-4;
  const text = long ? value.toExponential(Math.min(15, Math.max(2, decade(value) - decade(step)))) : value.toFixed(Math.max(0, -decade(step)));
  const [digits, exponent] = text.replace(/\.?0+e/, "e").split("e");
  const written = digits.replace("-", "−");
  if (exponent === undefined) return written;
  const ten = `10${raised(exponent.replace("+", ""))}`;
  return /^−?1$/.test(written) ? written.replace("1", ten) : `${written}×${ten}`;
}

// Where in a range a value is, as a share of it, and back. The length of the longest ranges is no number, but half of it is.
const shareOf = (value, [low, high]) => (high - low < Infinity ? (value - low) / (high - low) : (value / 2 - low / 2) / (high / 2 - low / 2));
const valueAt = (share, [low, high]) => (high - low < Infinity ? low + share * (high - low) : low * (1 - share) + high * share);

// A range that is none, as of curves without a number, is that of Plotly's empty axis.
const ranged = (range) => (range?.length === 2 && range.every(Number.isFinite) && range[0] !== range[1] ? [...range] : [0, 1]);

function linear([low, high], most) {
  const rough = high / Math.max(1, most) - low / Math.max(1, most);
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * NICE.find((nice) => nice * size >= rough * (1 - 1e-9));
  // Between two of the smallest numbers there is no other.
  if (!(step > 0 && step < Infinity)) return [low, high].map((at) => ({ at, text: short(at, Math.abs(at)) }));
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.max(0, Math.floor(high / step + 1e-9) - first + 1);
  return Array.from({ length: Math.min(count, 50) }, (_, i) => ({ at: (first + i) * step || 0, text: short((first + i) * step || 0, step) }));
}

function logarithmic([low, high], most) {
  const every = Math.max(1, Math.ceil((high - low) / Math.max(1, most)));
  const ticks = [];
  for (let at = Math.ceil(low / every) * every; at <= high; at += every) ticks.push({ at, text: power(at) });
  if (ticks.length > 1) return ticks;
  // Less than a decade: the numbers between.
  for (let at = Math.floor(low); at <= high; at++) {
    for (const nice of [2, 5]) ticks.push({ at: at + Math.log10(nice), text: at < -4 || at > 5 ? `${nice}×${power(at)}` : short(nice * 10 ** at, 10 ** at) });
  }
  return ticks.filter(({ at }) => at >= low && at <= high);
}

// A title in two lines of about the same length.
function halves(text) {
  const blanks = [...text.matchAll(/ /g)].map(({ index }) => index);
  if (!blanks.length) return [text];
  const away = (at) => Math.abs(at - text.length / 2);
  const at = blanks.reduce((best, next) => (away(next) < away(best) ? next : best));
  return [text.slice(0, at), text.slice(at + 1)];
}

export class Axes {
  // `c` measures the numbers, which are `writing` pixels high; `ranges` are those of a visitor who has zoomed, else the layout's own.
  constructor(c, { xaxis, yaxis }, { size: [width, height], writing, ranges }) {
    Object.assign(this, { font: font(writing), writing, title: Math.round(TITLE * writing) });
    this.log = { x: xaxis.type === "log", y: yaxis.type === "log" };
    this.range = { x: ranged(ranges?.x ?? xaxis.range), y: ranged(ranges?.y ?? yaxis.range) };
    this.size = [width, height];
    c.font = this.font;
    const tall = height - 2 * PAD - writing - this.title;
    const beside = (yaxis.title?.text ?? "").replace("<br>", " ");
    this.titles = { x: xaxis.title?.text ?? "", y: c.measureText(beside).width <= tall ? [beside] : halves(beside) };
    this.beside = this.title * this.titles.y.length;
    this.ticks = { y: this.ticked("y", tall) };
    const widest = Math.max(0, ...this.ticks.y.map(({ text }) => c.measureText(text).width));
    const left = this.beside + widest + 2 * PAD;
    const above = Math.max(PAD, writing / 2); // half a number stands over the frame
    this.frame = [left, above, Math.max(1, width - left - 2 * PAD), Math.max(1, tall + PAD - above)];
    if (yaxis.scaleanchor) this.equalize();
    this.ticks = { x: this.ticked("x", this.frame[2]), y: this.ticked("y", this.frame[3]) };
  }

  ticked(name, length) {
    return (this.log[name] ? logarithmic : linear)(this.range[name], Math.floor(length / (this.writing * APART[name])));
  }

  // The same scale on both axes: the frame shrinks to the window's own sides, in the middle.
  equalize() {
    const [left, top, width, height] = this.frame;
    const [w, h] = ["x", "y"].map((name) => this.range[name][1] - this.range[name][0]);
    const scale = Math.min(width / w, height / h);
    this.frame = [left + (width - w * scale) / 2, top + (height - h * scale) / 2, w * scale, h * scale];
  }

  pixels(x, y) {
    const [left, top, width, height] = this.frame;
    const share = (name, value) => shareOf(this.log[name] ? Math.log10(value) : value, this.range[name]);
    return [left + width * share("x", x), top + height * (1 - share("y", y))];
  }

  // The place under a pixel; null outside the frame.
  placeAt(px, py) {
    const [left, top, width, height] = this.frame;
    const shares = { x: (px - left) / width, y: 1 - (py - top) / height };
    if (Object.values(shares).some((share) => share < 0 || share > 1)) return null;
    return ["x", "y"].map((name) => {
      const value = valueAt(shares[name], this.range[name]);
      return this.log[name] ? 10 ** value : value;
    });
  }

  // Lines below everything, where the chart has no ground of its own.
  grid(c, colour) {
    const [left, top, width, height] = this.frame;
    c.strokeStyle = colour;
    c.lineWidth = 1;
    c.beginPath();
    this.along("x", (x) => c.rect(x, top, 0, height));
    this.along("y", (y) => c.rect(left, y, width, 0));
    c.stroke();
  }

  numbers(c, colour, quiet) {
    const [left, top, width, height] = this.frame;
    Object.assign(c, { font: this.font, fillStyle: colour, textAlign: "center", textBaseline: "top" });
    this.along("x", (x, text) => c.fillText(text, x, top + height + PAD));
    Object.assign(c, { textAlign: "right", textBaseline: "middle" });
    this.along("y", (y, text) => c.fillText(text, left - PAD, y));
    Object.assign(c, { fillStyle: quiet, textAlign: "center", textBaseline: "bottom" });
    c.fillText(this.titles.x, left + width / 2, Math.min(this.size[1], top + height + PAD + this.writing + this.title));
    c.save();
    const middle = top + height / 2;
    c.translate(Math.max(0, left - PAD - this.beside - this.widest(c)), middle);
    c.rotate(-Math.PI / 2);
    c.textBaseline = "top";
    this.titles.y.forEach((line, i) => c.fillText(line, 0, i * this.title, 2 * Math.min(middle, this.size[1] - middle)));
    c.restore();
  }

  widest(c) {
    return Math.max(0, ...this.ticks.y.map(({ text }) => c.measureText(text).width));
  }

  along(name, does) {
    const [left, top, width, height] = this.frame;
    for (const { at, text } of this.ticks[name]) {
      const share = shareOf(at, this.range[name]);
      const pixel = name === "x" ? left + width * share : top + height * (1 - share);
      does(Math.round(pixel) + 0.5, text);
    }
  }
}
