// The three plots: Plotly draws the function and the axes once, the racers are ink over them.

import { Ink } from "./ink.js";
import { arrow, leftMark, mark } from "./shapes.js";
import { filled } from "./texts.js";
import { CurveView, MapView, SurfaceView } from "./views.js";

const CONFIG = { displaylogo: false, showSendToCloud: false, scrollZoom: false, responsive: false, displayModeBar: false };
const LONGEST = 62; // pixels of the longest arrow
const GROWN = 34; // pixels that a step's arrow is stretched to where it would be too short to see

let library;

// Plotly from the app's own server, or already there in a file that holds it.
export function plotly(address) {
  library ??= window.Plotly
    ? Promise.resolve(window.Plotly)
    : new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = new URL(address, import.meta.url);
        script.onload = () => resolve(window.Plotly);
        script.onerror = () => {
          library = undefined;
          reject(new Error("no_library")); // the name of what is said
        };
        document.head.append(script);
      });
  return library;
}

let webgl;

export function hasWebGL() {
  const canvas = document.createElement("canvas");
  return (webgl ??= Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl")));
}

export class Stage {
  constructor(Plotly, boxes, changed) {
    Object.assign(this, { Plotly, boxes, changed });
    this.solid = hasWebGL();
    this.map = { plot: boxes.map };
    this.curve = { plot: boxes.curve };
    if (this.solid) this.surface = { plot: boxes.surface };
  }

  get parts() {
    return [this.map, this.curve, this.surface].filter((part) => part?.ink);
  }

  // The function: drawn once, and again only when it is another.
  async ground(land) {
    if (this.land === land.id) return;
    this.land = land.id;
    const coarse = window.matchMedia("(pointer: coarse)").matches;
    const flat = { ...land.map.layout, ...this.extent(this.map.plot), dragmode: coarse ? false : "zoom", uirevision: land.place };
    await this.plot(this.map, MapView, land.map.data, flat);
    if (this.solid) {
      const scene = { ...land.surface.layout, ...this.extent(this.surface.plot), uirevision: land.place };
      this.lines = 0;
      this.ground3 = land.surface.data.length;
      await this.plot(this.surface, SurfaceView, land.surface.data, scene);
    }
  }

  // The curves' axes: drawn again only when they say something else.
  async axes(figure) {
    const said = JSON.stringify(figure);
    if (this.said === said) return;
    this.said = said;
    await this.plot(this.curve, CurveView, figure.data, { ...figure.layout, ...this.extent(this.curve.plot), hovermode: false });
  }

  async plot(part, View, data, layout) {
    if (this.gone) return;
    await this.Plotly.react(part.plot, data, { autosize: false, ...layout }, CONFIG);
    if (this.gone) return this.Plotly.purge(part.plot); // the visitor went on while it was being drawn
    if (part.ink) return part.ink.reset();
    part.view = new View(part.plot);
    part.ink = new Ink(part.plot, part.view);
    const redraw = () => {
      part.ink.reset();
      this.changed();
    };
    part.plot.on("plotly_relayout", redraw);
    part.plot.on("plotly_relayouting", redraw);
  }

  extent(plot) {
    return { width: plot.clientWidth, height: plot.clientHeight };
  }

  resized() {
    for (const part of this.parts) {
      const { width, height } = this.extent(part.plot);
      const { width: before, height: tall } = part.plot._fullLayout;
      if (width > 0 && (width !== before || height !== tall)) this.Plotly.relayout(part.plot, { width, height });
    }
  }

  reset() {
    for (const part of this.parts) part.ink.reset();
  }

  draw(tracks, frame, { start, arrows, theme }) {
    const threads = tracks.flatMap((track) => track.reported ?? []);
    const along = tracks[0].curve ? [] : threads; // only losses are reported
    const paint = (part, heads, more = []) => part?.ink?.draw([...tracks, ...more], frame, theme, heads);
    paint(this.map, (c, rows) => {
      this.startMark(c, start, theme);
      tracks.forEach((track, i) => this.mapHead(c, track, rows[i], frame, arrows, theme));
    }, threads);
    paint(this.curve, (c, rows) => tracks.forEach((track, i) => this.head(c, this.curve.view, track, rows[i], frame, theme)), along);
    if (this.surface?.ink) {
      this.surface.view.prepare();
      paint(this.surface, (c, rows) => tracks.forEach((track, i) => this.head(c, this.surface.view, track, rows[i], frame, theme)));
    }
  }

  startMark(c, start, theme) {
    const at = this.map.view.pixels(...start);
    if (!at) return;
    c.setLineDash([]);
    for (const [width, style] of [[5, theme.halo], [2.2, theme.text]]) {
      c.beginPath();
      c.arc(...at, 7.5, 0, 2 * Math.PI);
      Object.assign(c, { lineWidth: width, strokeStyle: style });
      c.stroke();
    }
  }

  place(view, track, row, frame) {
    const share = track.share(frame, row);
    const piece = share ? view.line(track, row, row + 1, share) : null;
    return piece ? [piece[2], piece[3]] : view.point(track, row);
  }

  head(c, view, track, row, frame, theme) {
    const at = this.place(view, track, row, frame);
    if (at) mark(c, track.symbol, ...at, 6, track.colour, theme.halo);
    return at;
  }

  mapHead(c, track, row, frame, arrows, theme) {
    const view = this.map.view;
    const at = this.place(view, track, row, frame);
    const [x, y, w, h] = view.frame();
    const seen = at && at[0] >= x && at[0] <= x + w && at[1] >= y && at[1] <= y + h;
    if (!seen) {
      const exit = this.exit(track, row);
      if (exit) leftMark(c, ...exit, track.colour, theme.halo);
      return;
    }
    this.arrows(c, track, row, at, arrows, theme);
    mark(c, track.symbol, ...at, 6, track.colour, theme.halo);
  }

  // Where a racer that cannot be seen crossed the border of the map for the last time.
  exit(track, row) {
    const [x, y, w, h] = this.map.view.frame();
    for (let i = row; i > 0; i--) {
      const [a, b] = [this.map.view.point(track, i - 1), this.map.view.point(track, i)];
      if (!a || !b || a[0] < x || a[0] > x + w || a[1] < y || a[1] > y + h) continue;
      const shares = [[a[0], b[0], x, x + w], [a[1], b[1], y, y + h]].map(([from, to, low, high]) =>
        to > high ? (high - from) / (to - from) : to < low ? (low - from) / (to - from) : 1);
      const share = Math.min(...shares);
      return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
    }
    return null;
  }

  arrows(c, track, row, at, wanted, theme) {
    const [, , w, h] = this.map.view.frame();
    const vector = (x, y) => [(x / 127) * LONGEST, ((-y / 127) * LONGEST * h) / w];
    if (wanted.slope && track.slope_x) {
      arrow(c, ...at, ...vector(track.slope_x[row], track.slope_y[row]), theme.text, theme.halo, { dash: [3, 3] });
    }
    if (wanted.velocity && track.velocity_x) {
      arrow(c, ...at, ...vector(track.velocity_x[row], track.velocity_y[row]), track.colour, theme.halo, { dash: [7, 3] });
    }
    if (wanted.step && row < track.end) {
      const next = this.map.view.point(track, row + 1);
      if (!next) return;
      const [dx, dy] = [next[0] - at[0], next[1] - at[1]];
      const grow = Math.max(1, GROWN / Math.hypot(dx, dy));
      if (Number.isFinite(grow)) arrow(c, ...at, dx * grow, dy * grow, track.colour, theme.halo, { width: 3 });
    }
  }

  // The racers as lines of the scene itself, so that hills hide them and pointing at them tells; false where there is no scene.
  async solidify(tracks, frame, texts) {
    if (!this.surface?.ink) return;
    const lines = tracks.map((track) => this.solidLine(track, frame, texts));
    const data = [...this.surface.plot.data.slice(0, this.ground3), ...lines];
    await this.Plotly.react(this.surface.plot, data, this.surface.plot.layout, CONFIG);
    this.lines = lines.length;
    this.surface.ink.show(false);
  }

  solidLine(track, frame, texts) {
    const rows = track.shown(frame) + 1;
    const z = Float64Array.from({ length: rows }, (_, row) => track.height(row));
    const step = filled(texts.tip_step, { step: "%{customdata[0]:d}" });
    const loss = filled(texts.tip_loss, { loss: "%{customdata[1]:.6g}" });
    const size = new Float32Array(rows);
    size[rows - 1] = 0;
    return {
      type: "scatter3d",
      mode: "lines",
      x: track.x.slice(0, rows),
      y: track.y.slice(0, rows),
      z,
      line: { color: track.colour, width: 7, dash: track.dash },
      name: track.label,
      showlegend: false,
      customdata: Array.from({ length: rows }, (_, row) => [track.stepOf(row), track.lossAt(row)]),
      hovertemplate: `${[track.label, step, "x %{x:.6g}, y %{y:.6g}", loss].join("<br>")}<extra></extra>`,
    };
  }

  // Back to ink: what the scene holds is of another moment. The scene follows after the ink is painted, since it is slow.
  liquefy() {
    if (!this.lines) return;
    this.lines = 0;
    this.surface.ink.show(true);
    requestAnimationFrame(() => setTimeout(() => this.lines || this.unlined()));
  }

  unlined() {
    const { _scene: scene } = this.surface.plot._fullLayout.scene;
    for (const { uid } of this.surface.plot._fullData.slice(this.ground3)) {
      scene.traces[uid]?.dispose();
      delete scene.traces[uid];
    }
    scene.glplot.redraw();
  }

  remove() {
    this.gone = true;
    for (const part of this.parts) this.Plotly.purge(part.plot);
  }
}
