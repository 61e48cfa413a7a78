// Racers drawn over a plot: what is behind them is kept from frame to frame, only what is new is added.

import { dashOf, mark } from "./shapes.js";

const DOTTED = 60; // up to this many steps every step is a dot
const [WIDTH, THIN] = [2.2, 1.2];

function canvasOver(plot) {
  const canvas = document.createElement("canvas");
  canvas.className = "rv-ink";
  canvas.setAttribute("aria-hidden", "true");
  plot.append(canvas);
  return canvas;
}

function cleared(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    Object.assign(canvas, { width: w, height: h });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  }
  const c = canvas.getContext("2d");
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  return c;
}

export class Ink {
  // `view` says how rows become pixels: size() -> [width, height], frame() -> [x, y, w, h] that nothing is drawn outside of,
  // line(track, row, before) -> the pixels [x0, y0, x1, y1] of the way there, or null, and point(track, row) -> [x, y] or null.
  constructor(plot, view) {
    this.view = view;
    this.trails = canvasOver(plot);
    this.heads = canvasOver(plot);
    this.hidden = false;
  }

  // Forget what is drawn: the next frame draws everything anew.
  reset() {
    this.drawn = null;
  }

  show(visible) {
    this.trails.style.visibility = visible ? "" : "hidden";
  }

  draw(tracks, frame, theme, heads) {
    const [width, height] = this.view.size();
    if (!(width > 0)) return;
    const rows = tracks.map((track) => track.shown(frame));
    const back = !this.drawn || this.drawn.length !== rows.length || rows.some((row, i) => row < this.drawn[i]);
    if (back) {
      this.trail = cleared(this.trails, width, height);
      this.drawn = rows.map(() => 0);
      this.inked = rows.map(() => 0);
      this.clip(this.trail);
      tracks.forEach((track) => this.dots(this.trail, track, -1, 0, theme));
    }
    tracks.forEach((track, i) => {
      if (rows[i] === this.drawn[i]) return;
      this.inked[i] = this.stroke(this.trail, track, this.drawn[i], rows[i], this.inked[i]);
      this.dots(this.trail, track, this.drawn[i], rows[i], theme);
      this.drawn[i] = rows[i];
    });
    const c = cleared(this.heads, width, height);
    c.save();
    this.clip(c);
    tracks.forEach((track, i) => this.onTheWay(c, track, rows[i], track.share(frame, rows[i]), this.inked[i]));
    c.restore();
    heads(c, rows);
  }

  clip(c) {
    c.beginPath();
    c.rect(...this.view.frame());
    c.clip();
  }

  // The line from one row to a later one; `inked` is how long it is already, so that its dashes go on where they stopped.
  stroke(c, track, from, to, inked) {
    let last;
    c.strokeStyle = track.colour;
    c.lineWidth = track.thin ? THIN : WIDTH;
    c.lineJoin = "round";
    c.setLineDash(dashOf(track.dash));
    c.lineDashOffset = inked;
    c.beginPath();
    for (let row = from + 1; row <= to; row++) {
      const piece = this.view.line(track, row - 1, row);
      if (!piece) {
        last = null;
        continue;
      }
      const [x0, y0, x1, y1] = piece;
      if (!last || last[0] !== x0 || last[1] !== y0) c.moveTo(x0, y0);
      c.lineTo(x1, y1);
      inked += Math.hypot(x1 - x0, y1 - y0);
      last = [x1, y1];
    }
    c.stroke();
    return inked;
  }

  dots(c, track, after, to, theme) {
    if (track.thin) return;
    const every = track.rows <= DOTTED + 1 ? 1 : Math.max(1, Math.floor(track.rows / this.view.marks));
    for (let row = Math.ceil((after + 1) / every) * every; row <= to; row += every) {
      const point = this.view.point(track, row);
      if (point) mark(c, track.symbol, ...point, 3.2, track.colour, theme.halo);
    }
  }

  onTheWay(c, track, row, share, inked) {
    if (!share) return;
    const piece = this.view.line(track, row, row + 1, share);
    if (!piece) return;
    c.strokeStyle = track.colour;
    c.lineWidth = track.thin ? THIN : WIDTH;
    c.setLineDash(dashOf(track.dash));
    c.lineDashOffset = inked;
    c.beginPath();
    c.moveTo(piece[0], piece[1]);
    c.lineTo(piece[2], piece[3]);
    c.stroke();
  }
}
