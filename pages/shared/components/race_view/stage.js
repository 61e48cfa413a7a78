// The three plots: Plotly draws the function and the axes once, the racers are ink over them.

import { clipped, pieces } from "./clip.js";
import { Ink } from "./ink.js";
import { arrow, leftMark, mark } from "./shapes.js";
import { named } from "./names.js";
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

// What draws in 3-D: {works, slow}; slow without a graphics card, where the browser itself works out every pixel of every frame.
function solidDrawing() {
  if (webgl) return webgl;
  const canvas = document.createElement("canvas");
  const gl = canvas.getContext("webgl2") || canvas.getContext("webgl");
  const said = gl?.getExtension("WEBGL_debug_renderer_info");
  const name = said ? gl.getParameter(said.UNMASKED_RENDERER_WEBGL) : "";
  return (webgl = { works: Boolean(gl), slow: /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name) });
}

export const hasWebGL = () => solidDrawing().works;

export class Stage {
  constructor(Plotly, boxes, changed) {
    Object.assign(this, { Plotly, boxes, changed });
    this.solid = hasWebGL();
    // Plotly draws a scene at twice the screen's pixels each way, to smooth its lines: four times the time.
    this.config = solidDrawing().slow ? { ...CONFIG, plotGlPixelRatio: 1.5 } : CONFIG;
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
      const { layout } = land.surface;
      const scene = { ...layout, ...this.extent(this.surface.plot), scene: { ...layout.scene, dragmode: false }, uirevision: land.place };
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
    await this.Plotly.react(part.plot, data, { autosize: false, ...layout }, this.config);
    if (this.gone) return this.Plotly.purge(part.plot); // the visitor went on while it was being drawn
    if (part.ink) return part.ink.reset();
    part.view = new View(part.plot);
    part.ink = new Ink(part.plot, part.view);
    const redraw = () => {
      part.ink.reset();
      this.changed();
    };
    part.plot.on("plotly_relayout", () => {
      part.view.hold?.();
      redraw();
    });
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

  // The surface is looked at from elsewhere.
  turned() {
    this.surface.ink?.reset();
    this.changed();
  }

  draw(tracks, frame, { start, arrows, theme }) {
    const threads = tracks.flatMap((track) => track.reported ?? []);
    const along = tracks[0].curve ? [] : threads; // only losses are reported
    const paint = (part, heads, more = []) => part?.ink?.draw([...tracks, ...more], frame, theme, heads);
    paint(this.map, (c, rows) => {
      this.startMark(c, start, theme);
      named(c, this.map.view, tracks, tracks.map((track, i) => this.mapHead(c, track, rows[i], frame, arrows, theme)), theme);
    }, threads);
    paint(this.curve, (c, rows) => tracks.forEach((track, i) => this.head(c, this.curve.view, track, rows[i], frame, theme)), along);
    if (this.surface?.ink) {
      this.surface.view.prepare();
      const { view } = this.surface;
      paint(this.surface, (c, rows) => named(c, view, tracks, tracks.map((track, i) => this.markedHead(c, view, track, rows[i], frame, theme)), theme));
    }
  }

  startMark(c, start, theme) {
    const at = this.map.view.pixels(...start);
    c.setLineDash([]);
    for (const [width, style] of [[5, theme.casing], [2.2, theme.mark]]) {
      c.beginPath();
      c.arc(...at, 7.5, 0, 2 * Math.PI);
      Object.assign(c, { lineWidth: width, strokeStyle: style });
      c.stroke();
    }
  }

  head(c, view, track, row, frame, theme) {
    const at = view.point(track, row, track.share(frame, row));
    if (at) mark(c, track.symbol, ...at, 6, track.colour, view.cased ? theme.casing : theme.halo);
    return at;
  }

  // The racer, or where it left the picture; returns where that is.
  markedHead(c, view, track, row, frame, theme) {
    const at = this.head(c, view, track, row, frame, theme);
    if (at) return at;
    const exit = view.exit(track, row, track.share(frame, row));
    if (exit) leftMark(c, ...exit, track.colour, theme.casing);
    return exit;
  }

  mapHead(c, track, row, frame, arrows, theme) {
    const at = this.map.view.point(track, row, track.share(frame, row));
    if (at) this.arrows(c, track, row, at, arrows, theme);
    return this.markedHead(c, this.map.view, track, row, frame, theme);
  }

  arrows(c, track, row, at, wanted, theme) {
    const [, , w, h] = this.map.view.frame();
    const vector = (x, y) => [(x / 127) * LONGEST, ((-y / 127) * LONGEST * h) / w];
    if (wanted.slope && track.slope_x) {
      arrow(c, ...at, ...vector(track.slope_x[row], track.slope_y[row]), theme.mark, theme.casing, { dash: [3, 3] });
    }
    if (wanted.velocity && track.velocity_x) {
      arrow(c, ...at, ...vector(track.velocity_x[row], track.velocity_y[row]), track.colour, theme.casing, { dash: [7, 3] });
    }
    if (wanted.step && row < track.end) {
      const piece = clipped(at, this.map.view.at(track, row + 1), this.map.view.box);
      if (!piece) return;
      const [dx, dy] = piece[1].map((value, i) => value - at[i]);
      const grow = Math.max(1, GROWN / Math.hypot(dx, dy));
      if (Number.isFinite(grow)) arrow(c, ...at, dx * grow, dy * grow, track.colour, theme.casing, { width: 3 });
    }
  }

  // The racers as lines of the scene itself, so that hills hide them and pointing at them tells; false where there is no scene.
  async solidify(tracks, frame, texts, theme) {
    if (!this.surface?.ink) return;
    this.surface.view.hold();
    this.surface.view.prepare();
    const lines = tracks.flatMap((track) => this.solidLines(track, frame, texts, theme));
    const data = [...this.surface.plot.data.slice(0, this.ground3), ...lines];
    await this.Plotly.react(this.surface.plot, data, this.surface.plot.layout, this.config);
    this.lines = lines.length;
    this.surface.ink.show(false);
  }

  // A racer's way: its casing, itself, and its shadow on the floor.
  solidLines(track, frame, texts, theme) {
    const { view } = this.surface;
    const points = pieces(track.shown(frame) + 1, (row) => view.at(track, row), view.box);
    const step = filled(texts.tip_step, { step: "%{customdata[0]:d}" });
    const loss = filled(texts.tip_loss, { loss: "%{customdata[1]:.6g}" });
    const told = (...lines) => `${[track.label, ...lines].join("<br>")}<extra></extra>`;
    const own = told(step, "x %{x:.6g}, y %{y:.6g}", loss);
    const onTheWay = told(filled(texts.tip_after, { step: "%{customdata[0]:d}" }));
    const [x, y, z] = [0, 1, 2].map((axis) => points.map(({ place }) => place[axis]));
    const line = (colour, width, dash = "solid") => ({ type: "scatter3d", mode: "lines", x, y, z, line: { color: colour, width, dash }, showlegend: false });
    const { ground, lift } = track.race.scale;
    const below = z.map((height) => height - lift / 3); // a line and its casing at one place would flicker through each other
    return [
      { ...line(theme.casing, 9), z: below, hoverinfo: "skip" },
      {
        ...line(track.colour, 6, track.dash),
        name: track.label,
        customdata: points.map(({ row }) => [track.stepOf(row), track.lossAt(row)]),
        hovertemplate: points.map(({ cut }) => (cut ? onTheWay : own)), // a place on the border is nobody's step
      },
      { ...line(track.colour, 2), z: z.map(() => ground), hoverinfo: "skip" },
    ];
  }

  // Back to ink: what the scene holds is of another moment. The scene follows after the ink is painted, since it is slow.
  liquefy() {
    if (!this.lines) return;
    this.lines = 0;
    this.surface.ink.show(true);
    requestAnimationFrame(() => setTimeout(() => this.lines || this.gone || this.unlined()));
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
