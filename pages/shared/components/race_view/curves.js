// Every racer's loss, or another number of it, along the steps.

import { Chart } from "./chart.js";
import { Ink } from "./ink.js";
import { head } from "./marks.js";
import { CurveView } from "./views.js";

export class RaceCurves {
  constructor(box, changed) {
    this.box = box;
    this.chart = new Chart(box, () => {
      this.ink.reset();
      changed();
    });
    this.view = new CurveView(this.chart);
    this.ink = new Ink(box, this.view);
  }

  // The axes: drawn again only when they say something else.
  axes(figure) {
    const said = JSON.stringify(figure);
    if (this.said === said) return;
    this.said = said;
    this.chart.show(figure);
    this.ink.reset();
  }

  draw(tracks, frame, { theme }) {
    if (!this.said || !this.chart.shown) return;
    // Of the points that racers report, where they are others than those they move, only losses are known.
    const threads = tracks[0].curve ? [] : tracks.flatMap((track) => track.reported ?? []);
    const heads = (c, rows) => tracks.forEach((track, i) => head(c, this.view, track, rows[i], frame, theme));
    this.ink.draw([...tracks, ...threads], frame, theme, heads);
  }

  resized() {
    this.chart.resized();
  }

  // What is painted, from below.
  async layers() {
    return [this.chart.canvas, ...this.ink.layers];
  }

  remove() {
    this.ink.remove();
    this.chart.remove();
  }
}
