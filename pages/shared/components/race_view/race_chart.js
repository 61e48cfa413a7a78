// What the map and the curves have in common: a flat chart with the racers' ink over it.

import { Chart } from "./chart.js";
import { Ink } from "./ink.js";

export class RaceChart {
  // `changed` hears of a chart that is drawn anew by itself; `View` says how a racer's row becomes pixels.
  constructor(box, changed, View) {
    this.box = box;
    this.chart = new Chart(box, () => {
      this.ink.reset();
      changed();
    });
    this.view = new View(this.chart);
    this.ink = new Ink(box, this.view);
  }

  show(figure, place) {
    this.chart.show(figure, place);
    this.ink.reset();
  }

  resized() {
    this.chart.resized();
  }

  rewritten() {
    if (this.chart.layout) this.chart.draw();
    this.ink.reset();
  }

  // What is painted, from below.
  async layers() {
    return [this.chart.canvas, ...this.ink.layers];
  }

  // What failed is not left half drawn, nor what it showed before it.
  clear() {
    this.chart.clear();
    this.ink.clear();
  }

  remove() {
    this.ink.remove();
    this.chart.remove();
  }
}
