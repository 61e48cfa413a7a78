// A flat chart of our own, from the same figure that Plotly would take: there at once, and drawn again in a moment.

import { Axes } from "./axes.js";
import { ground } from "./levels.js";
import { dashOf, mark } from "./shapes.js";

const ARRAYS = { f4: Float32Array, f8: Float64Array, i1: Int8Array, u1: Uint8Array, i2: Int16Array, i4: Int32Array };
const HEAD = 0.45; // an arrow's head: its half width, in its length

// Numbers as Python's Plotly writes them: a list, or bytes in base 64.
export function numbers(given) {
  if (!given?.bdata) return given ?? [];
  const bytes = Uint8Array.from(atob(given.bdata), (letter) => letter.charCodeAt(0));
  return new ARRAYS[given.dtype](bytes.buffer);
}

const decoded = (trace) => Object.assign({ ...trace }, ...["x", "y", "z"].filter((name) => name in trace).map((name) => ({ [name]: numbers(trace[name]) })));

export class Chart {
  // `changed` hears of a picture that is drawn anew: what lies over it is to be drawn anew too.
  constructor(box, changed) {
    Object.assign(this, { box, changed, traces: [] });
    this.canvas = box.appendChild(document.createElement("canvas"));
    this.canvas.className = "rv-chart";
  }

  // Out of sight it is not drawn. Asked with every frame: to ask the box for its size takes a layout each time.
  get shown() {
    return Boolean(this.axes) && this.width > 0;
  }

  get range() {
    return this.axes.range;
  }

  get zoomed() {
    return Boolean(this.ranges);
  }

  // What is shown; a visitor's zoom is kept while `place` stays the same.
  show(figure, place = null) {
    if (place !== this.place) this.ranges = null;
    Object.assign(this, { place, layout: figure.layout, traces: figure.data.map(decoded), picture: null });
    this.draw();
  }

  // Look at a part, { x: [low, high], y: [low, high] }, or at everything with null.
  zoom(ranges) {
    this.ranges = ranges;
    this.draw();
    this.changed();
  }

  // Nothing is shown any more.
  clear() {
    Object.assign(this, { layout: null, axes: null, traces: [], picture: null });
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    delete this.box.dataset.axes;
  }

  resized() {
    const { clientWidth: width, clientHeight: height } = this.box;
    this.width = width;
    if (!this.layout || (this.axes && width === this.axes.size[0] && height === this.axes.size[1])) return;
    this.draw();
    this.changed();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.box;
    this.width = width;
    if (!(width > 0)) return; // out of sight: drawn once it has a size
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    const c = this.canvas.getContext("2d");
    c.scale(ratio, ratio);
    this.axes = new Axes(c, this.layout, { size: [width, height], writing: parseFloat(getComputedStyle(this.box).fontSize), ranges: this.ranges });
    const { style } = this.box.parentElement; // where what stands on the picture begins
    ["--rv-edge", "--rv-top"].forEach((name, i) => style.setProperty(name, `${this.axes.frame[i]}px`));
    this.box.dataset.axes = JSON.stringify({ frame: this.axes.frame, range: this.axes.range }); // for programs that point at places
    const [plane, ...others] = this.traces[0]?.type === "contour" ? this.traces : [null, ...this.traces];
    plane ? this.land(c, plane, ratio) : this.axes.grid(c, this.layout.xaxis.gridcolor);
    this.axes.numbers(c, this.layout.font.color, this.layout.yaxis.color ?? this.layout.font.color);
    c.save();
    c.beginPath();
    c.rect(...this.axes.frame);
    c.clip();
    for (const trace of others) this.trace(c, trace);
    c.restore();
  }

  land(c, trace, ratio) {
    const [left, top, width, height] = this.axes.frame;
    const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    const of = JSON.stringify([w, h, this.axes.range]);
    if (this.picture?.of !== of) {
      const canvas = Object.assign(document.createElement("canvas"), { width: w, height: h });
      canvas.getContext("2d").putImageData(ground(trace, this.axes.range, w, h, ratio), 0, 0);
      this.picture = { of, canvas };
    }
    c.drawImage(this.picture.canvas, left, top, width, height);
  }

  trace(c, trace) {
    const places = Array.from(trace.x, (x, i) => this.axes.pixels(x, trace.y[i]));
    if (/lines/.test(trace.mode)) this.line(c, trace, places);
    if (trace.marker?.symbol === "arrow") return this.arrows(c, trace, places);
    if (!/markers/.test(trace.mode)) return;
    const { symbol, size, color, line } = trace.marker;
    for (const place of places) mark(c, symbol, ...place, size / 2, color, line.color);
  }

  line(c, trace, places) {
    Object.assign(c, { strokeStyle: trace.line.color, lineWidth: trace.line.width, lineJoin: "round" });
    c.setLineDash(dashOf(trace.line.dash));
    c.beginPath();
    let gap = true;
    places.forEach(([x, y], i) => {
      const there = Number.isFinite(x) && Number.isFinite(y);
      if (there) gap ? c.moveTo(x, y) : c.lineTo(x, y);
      gap = !there;
      if (there && trace.text?.[i]) this.word(c, trace, trace.text[i], x, y);
    });
    c.stroke();
    c.setLineDash([]);
  }

  word(c, trace, text, x, y) {
    Object.assign(c, { font: this.axes.font, fillStyle: trace.line.color, textAlign: "right", textBaseline: "bottom" });
    c.fillText(text, Math.min(x, this.axes.frame[0] + this.axes.frame[2]), y - 2);
  }

  // Heads where the trace has a size, in the direction from the place before.
  arrows(c, trace, places) {
    const sizes = numbers(trace.marker.size);
    Object.assign(c, { fillStyle: trace.marker.color, strokeStyle: trace.marker.line.color, lineWidth: trace.marker.line.width });
    places.forEach(([x, y], i) => {
      if (!sizes[i] || !i) return;
      const [u, v] = [x - places[i - 1][0], y - places[i - 1][1]].map((side, _, way) => (side / (Math.hypot(...way) || 1)) * sizes[i]);
      c.beginPath();
      c.moveTo(x, y);
      c.lineTo(x - u + HEAD * v, y - v - HEAD * u);
      c.lineTo(x - u - HEAD * v, y - v + HEAD * u);
      c.closePath();
      c.fill();
      if (trace.marker.line.width) c.stroke();
    });
  }

  // The marked places that say something of themselves: { place, pixels, trace, i }.
  *landmarks() {
    for (const trace of this.traces) {
      if (trace.mode !== "markers" || !trace.hovertemplate) continue;
      for (let i = 0; i < trace.x.length; i++) yield { pixels: this.axes.pixels(trace.x[i], trace.y[i]), trace, i };
    }
  }

  remove() {
    this.canvas.remove();
  }
}
