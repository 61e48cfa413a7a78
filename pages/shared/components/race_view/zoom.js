// A closer look at a flat chart: a box drawn with the mouse, the wheel with Ctrl, and a double click for the whole again.

import { Wheel } from "./wheel.js";

const LEAST = 12; // pixels that a box must have each way to be meant
const DEEPEST = 1e-6; // the smallest share of the whole that can be looked at

export class Zoom {
  // `free(event)` says whether a press is no other's business.
  constructor(chart, free) {
    Object.assign(this, { chart, free });
    this.band = chart.box.appendChild(Object.assign(document.createElement("div"), { className: "rv-band", hidden: true }));
    chart.box.addEventListener("pointerdown", (event) => this.down(event));
    chart.box.addEventListener("dblclick", () => chart.zoomed && chart.zoom(null));
    new Wheel(chart.box, (factor, event) => this.nearer(factor, event));
  }

  at(event) {
    const { left, top } = this.chart.box.getBoundingClientRect();
    const [x, y, width, height] = this.chart.axes.frame;
    const within = (value, low, length) => Math.min(low + length, Math.max(low, value));
    return [within(event.clientX - left, x, width), within(event.clientY - top, y, height)];
  }

  down(event) {
    if (event.pointerType !== "mouse" || event.button || !this.chart.axes || !this.free(event)) return;
    const from = this.at(event);
    const move = (later) => {
      const to = this.at(later);
      const [left, top] = [0, 1].map((i) => Math.min(from[i], to[i]));
      const [width, height] = [0, 1].map((i) => Math.abs(from[i] - to[i]));
      this.band.hidden = !(width > LEAST && height > LEAST);
      Object.assign(this.band.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    };
    const up = (later) => {
      stop();
      if (!this.band.hidden) this.look(from, this.at(later));
      this.band.hidden = true;
    };
    const stop = () => {
      window.removeEventListener("pointermove", move, true);
      window.removeEventListener("pointerup", up, true);
      window.removeEventListener("pointercancel", cancel, true);
    };
    const cancel = () => {
      stop();
      this.band.hidden = true;
    };
    window.addEventListener("pointermove", move, true);
    window.addEventListener("pointerup", up, true);
    window.addEventListener("pointercancel", cancel, true);
  }

  // At the part between two pixels.
  look(one, other) {
    const [left, top, width, height] = this.chart.axes.frame;
    const part = (name, a, b) => {
      const [low, high] = this.chart.range[name];
      return [Math.min(a, b), Math.max(a, b)].map((share) => low + (high - low) * share);
    };
    this.chart.zoom({
      x: part("x", (one[0] - left) / width, (other[0] - left) / width),
      y: part("y", 1 - (one[1] - top) / height, 1 - (other[1] - top) / height),
    });
  }

  // `factor` times nearer to what is under the pointer.
  nearer(factor, event) {
    if (!this.chart.axes) return;
    const [px, py] = this.at(event);
    const [left, top, width, height] = this.chart.axes.frame;
    const shares = { x: (px - left) / width, y: 1 - (py - top) / height };
    const ranges = {};
    for (const name of ["x", "y"]) {
      const [low, high] = this.chart.range[name];
      const [first, last] = this.chart.layout[`${name}axis`].range;
      const length = Math.min(last - first, Math.max(DEEPEST * (last - first), (high - low) / factor));
      const from = Math.min(last - length, Math.max(first, low + shares[name] * (high - low - length)));
      ranges[name] = [from, from + length];
    }
    const whole = (name) => String(ranges[name]) === String(this.chart.layout[`${name}axis`].range);
    this.chart.zoom(whole("x") && whole("y") ? null : ranges);
  }
}
