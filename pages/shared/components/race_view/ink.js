// Racers drawn over a plot: what is behind them is kept from frame to frame, only what is new is added.

import { dashOf, mark } from "./shapes.js";

const DOTTED = 60; // up to this many steps every step is a dot
const [WIDTH, THIN] = [2.4, 1.2];
const CASED = 3; // pixels by which a casing is wider than its line

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
    this.casings = view.cased && canvasOver(plot); // below all lines, so that no piece of a casing covers one
    this.trails = canvasOver(plot);
    this.heads = canvasOver(plot);
  }

  // Forget what is drawn: the next frame draws everything anew.
  reset() {
    this.drawn = null;
  }

  // Take away what is drawn.
  clear() {
    this.reset();
    for (const layer of this.layers) layer.getContext("2d").clearRect(0, 0, layer.width, layer.height);
  }

  // What is painted, from below; hidden trails are in the scene itself.
  get layers() {
    return [this.casings, this.trails, this.heads].filter((layer) => layer && layer.style.visibility !== "hidden");
  }

  remove() {
    for (const layer of [this.casings, this.trails, this.heads]) if (layer) layer.remove();
  }

  show(visible) {
    for (const layer of [this.casings, this.trails]) if (layer) layer.style.visibility = visible ? "" : "hidden";
  }

  rim(theme) {
    return this.view.cased ? theme.casing : theme.halo;
  }

  draw(tracks, frame, theme, heads) {
    const [width, height] = this.view.size();
    if (!(width > 0)) return;
    const rows = tracks.map((track) => track.shown(frame));
    const back = !this.drawn || this.drawn.length !== rows.length || rows.some((row, i) => row < this.drawn[i]);
    if (back) {
      this.writing = parseFloat(getComputedStyle(this.heads).fontSize); // asked rarely: the answer can take a layout
      this.trail = cleared(this.trails, width, height);
      this.casing = this.casings && cleared(this.casings, width, height);
      if (this.casing) this.clip(this.casing);
      this.drawn = rows.map(() => 0);
      this.inked = rows.map(() => 0);
      this.clip(this.trail);
      tracks.forEach((track) => this.dots(this.trail, track, -1, 0, theme));
    }
    tracks.forEach((track, i) => {
      if (rows[i] === this.drawn[i]) return;
      this.inked[i] = this.stroke(track, this.drawn[i], rows[i], this.inked[i], theme);
      this.dots(this.trail, track, this.drawn[i], rows[i], theme);
      this.drawn[i] = rows[i];
    });
    const c = cleared(this.heads, width, height);
    c.save();
    this.clip(c);
    tracks.forEach((track, i) => this.onTheWay(c, track, rows[i], track.share(frame, rows[i]), this.inked[i], theme));
    c.restore();
    heads(c, rows);
  }

  clip(c) {
    c.beginPath();
    c.rect(...this.view.frame());
    c.clip();
  }

  // The line from one row to a later one; `inked` is how long it is already, so that its dashes go on where they stopped.
  stroke(track, from, to, inked, theme) {
    let [last, length] = [null, inked];
    const line = new Path2D();
    for (let row = from + 1; row <= to; row++) {
      const piece = this.view.line(track, row - 1, row);
      if (!piece) {
        last = null;
        continue;
      }
      const [x0, y0, x1, y1] = piece;
      if (!last || last[0] !== x0 || last[1] !== y0) line.moveTo(x0, y0);
      line.lineTo(x1, y1);
      length += Math.hypot(x1 - x0, y1 - y0);
      last = [x1, y1];
    }
    if (this.casing) this.paint(this.casing, line, track, { colour: theme.casing, wider: CASED });
    this.paint(this.trail, line, track, { dash: dashOf(track.dash), inked });
    return length;
  }

  paint(c, line, track, { colour = track.colour, wider = 0, dash = [], inked = 0 }) {
    Object.assign(c, { globalAlpha: track.opacity, strokeStyle: colour, lineWidth: (track.thin ? THIN : WIDTH) + wider, lineJoin: "round", lineCap: wider ? "round" : "butt" });
    c.setLineDash(dash);
    c.lineDashOffset = inked;
    c.stroke(line);
    c.globalAlpha = 1;
  }

  dots(c, track, after, to, theme) {
    if (track.thin) return;
    const every = !track.step && track.rows <= DOTTED + 1 ? 1 : Math.max(1, Math.floor(track.rows / this.view.marks));
    c.globalAlpha = track.opacity;
    for (let row = Math.ceil((after + 1) / every) * every; row <= to; row += every) {
      const point = this.view.point(track, row);
      if (point) mark(c, track.symbol, ...point, 3.2, track.colour, this.rim(theme));
    }
    c.globalAlpha = 1;
  }

  onTheWay(c, track, row, share, inked, theme) {
    if (!share) return;
    const piece = this.view.line(track, row, row + 1, share);
    if (!piece) return;
    const line = new Path2D();
    line.moveTo(piece[0], piece[1]);
    line.lineTo(piece[2], piece[3]);
    if (this.casings) this.paint(c, line, track, { colour: theme.casing, wider: CASED });
    this.paint(c, line, track, { dash: dashOf(track.dash), inked });
  }
}
