// The race on the contour map: the ways, the start, where everybody is, and arrows that tell where they go.

import { clipped } from "./clip.js";
import { markedHead } from "./marks.js";
import { named } from "./names.js";
import { arrow } from "./shapes.js";
import { RaceChart } from "./race_chart.js";
import { MapView } from "./views.js";

const LONGEST = 62; // pixels of the longest arrow
const GROWN = 34; // pixels that a step's arrow is stretched to where it would be too short to see

export class RaceMap extends RaceChart {
  constructor(box, changed) {
    super(box, changed, MapView);
  }

  // The function: drawn again only when it is another.
  ground(land) {
    if (this.land === land.drawing) return;
    this.land = land.drawing;
    this.show(land.map, land.place);
  }

  clear() {
    this.land = null;
    super.clear();
  }

  // `start` is a ring, or null where none is shown; `quiet` leaves the names out.
  draw(tracks, frame, { start, arrows, theme, quiet }) {
    if (!this.land || !this.chart.shown) return;
    const threads = tracks.flatMap((track) => track.reported ?? []);
    this.ink.draw([...tracks, ...threads], frame, theme, (c, rows) => {
      if (start) this.startMark(c, start, theme);
      const places = tracks.map((track, i) => this.head(c, track, rows[i], frame, arrows, theme));
      if (!quiet) named(c, this, tracks, places, theme);
    });
  }

  startMark(c, start, theme) {
    const at = this.view.pixels(...start);
    c.setLineDash([]);
    for (const [width, style] of [[5, theme.casing], [2.2, theme.mark]]) {
      c.beginPath();
      c.arc(...at, 7.5, 0, 2 * Math.PI);
      Object.assign(c, { lineWidth: width, strokeStyle: style });
      c.stroke();
    }
  }

  head(c, track, row, frame, arrows, theme) {
    const at = this.view.point(track, row, track.share(frame, row));
    if (at) this.arrows(c, track, row, at, arrows, theme);
    return markedHead(c, this.view, track, row, frame, theme);
  }

  arrows(c, track, row, at, wanted, theme) {
    const [, , w, h] = this.view.frame();
    const vector = (x, y) => [(x / 127) * LONGEST, ((-y / 127) * LONGEST * h) / w];
    if (wanted.slope && track.slope_x) {
      arrow(c, ...at, ...vector(track.slope_x[row], track.slope_y[row]), theme.mark, theme.casing, { dash: [3, 3] });
    }
    if (wanted.velocity && track.velocity_x) {
      arrow(c, ...at, ...vector(track.velocity_x[row], track.velocity_y[row]), track.colour, theme.casing, { dash: [7, 3] });
    }
    if (wanted.step && row < track.end) {
      const piece = clipped(at, this.view.at(track, row + 1), this.view.box);
      if (!piece) return;
      const [dx, dy] = piece[1].map((value, i) => value - at[i]);
      const grow = Math.max(1, GROWN / Math.hypot(dx, dy));
      if (Number.isFinite(grow)) arrow(c, ...at, dx * grow, dy * grow, track.colour, theme.casing, { width: 3 });
    }
  }
}
