// Every racer's loss, or another number of it, along the steps.

import { head } from "./marks.js";
import { RaceChart } from "./race_chart.js";
import { CurveView } from "./views.js";

export class RaceCurves extends RaceChart {
  constructor(box, changed) {
    super(box, changed, CurveView);
  }

  // The axes: drawn again only when they say something else.
  axes(figure) {
    const said = JSON.stringify(figure);
    if (this.said === said) return;
    this.said = said;
    this.show(figure);
  }

  clear() {
    this.said = null;
    super.clear();
  }

  draw(tracks, frame, { theme }) {
    if (!this.said || !this.chart.shown) return;
    // Of what is beside a racer's own points only losses are known.
    const threads = tracks[0].curve ? [] : tracks.flatMap((track) => track.beside);
    const heads = (c, rows) => tracks.forEach((track, i) => head(c, this.view, track, rows[i], frame, theme));
    this.ink.draw([...tracks, ...threads], frame, theme, heads);
  }
}
