// The race on the surface: Plotly draws the function once, the racers are ink over it, and lines of the scene itself when they rest.

import { pieces } from "./clip.js";
import { Ink } from "./ink.js";
import { markedHead } from "./marks.js";
import { named } from "./names.js";
import { Orbit } from "./orbit.js";
import { filled } from "./texts.js";
import { Turning } from "./touches.js";
import { SurfaceView } from "./views.js";

const NEARER = 1.3; // times that a surface without numbers along its axes can be larger
const AXES = ["xaxis", "yaxis", "zaxis"];
const CONFIG = { displaylogo: false, showSendToCloud: false, scrollZoom: false, responsive: false, displayModeBar: false };

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

export class RaceSurface {
  constructor(plot, changed) {
    Object.assign(this, { plot, changed, lines: 0, home: plot.parentElement, after: plot.nextSibling, followers: new Set() });
    // Plotly draws a scene at twice the screen's pixels each way, to smooth its lines: four times the time.
    new Turning(plot);
    this.orbit = new Orbit(plot, () => this.redraw());
    this.config = solidDrawing().slow ? { ...CONFIG, plotGlPixelRatio: 1.5 } : CONFIG;
  }

  // The function: drawn once, and again only when it is another.
  async ground(land, address) {
    if (this.land === land.drawing) return;
    this.land = land.drawing;
    const Plotly = (this.Plotly = await plotly(address));
    if (this.gone || this.land !== land.drawing) return;
    this.lines = 0;
    this.ink?.show(true);
    this.own = land.surface.data.length;
    const { scene, ...layout } = land.surface.layout;
    this.orbit.home = scene.camera;
    const axes = AXES.map((name) => [name, { ...scene[name], showticklabels: this.plot.parentElement === this.home }]);
    const own = { autosize: false, ...this.extent(), uirevision: land.place, scene: { ...scene, ...Object.fromEntries(axes), dragmode: false } };
    await Plotly.react(this.plot, land.surface.data, { ...layout, ...own }, this.config);
    if (this.gone) return Plotly.purge(this.plot); // the visitor went on while it was being drawn
    if (this.ink) return this.ink.reset();
    this.view = new SurfaceView(this.plot);
    this.ink = new Ink(this.plot, this.view);
    this.plot.on("plotly_relayout", () => {
      this.view.hold();
      this.redraw();
    });
    this.plot.on("plotly_relayouting", () => this.redraw());
    this.told();
  }

  // Let the followers know whenever the scene has been painted.
  told() {
    const { glplot } = this.plot._fullLayout.scene._scene;
    const before = glplot.onrender;
    glplot.onrender = (...painted) => {
      before?.(...painted);
      for (const follow of this.followers) follow();
    };
    glplot.redraw();
  }

  // What the scene is painted on.
  get canvas() {
    return this.ink && this.plot._fullLayout.scene._scene.glplot.canvas;
  }

  // Stand in another box, or at home again with null.
  move(box) {
    const place = box ?? this.home;
    if (this.plot.parentElement === place) return;
    place.insertBefore(this.plot, box ? null : this.after);
    // In a small panel the numbers along the axes would lie on one another.
    const axes = Object.fromEntries(AXES.map((name) => [`scene.${name}.showticklabels`, !box]));
    if (!this.ink) return;
    this.Plotly.relayout(this.plot, { ...axes, ...this.extent() });
    this.orbit.zoom(box ? NEARER : 1 / NEARER);
  }

  get box() {
    return this.plot;
  }

  redraw() {
    this.ink?.reset();
    this.changed();
  }

  extent() {
    return { width: this.plot.clientWidth, height: this.plot.clientHeight };
  }

  resized() {
    const { width, height } = this.extent();
    const before = this.plot._fullLayout;
    if (this.ink && width > 0 && (width !== before.width || height !== before.height)) this.Plotly.relayout(this.plot, { width, height });
  }

  rewritten() {
    this.resized();
    this.ink?.reset();
  }

  draw(tracks, frame, { theme }) {
    if (!this.ink) return;
    this.view.prepare();
    this.ink.draw(tracks, frame, theme, (c, rows) => {
      const places = tracks.map((track, i) => markedHead(c, this.view, track, rows[i], frame, theme));
      named(c, this, tracks, places, theme);
    });
  }

  // The racers as lines of the scene itself, so that hills hide them and pointing at them tells.
  async solidify(tracks, frame, texts, theme) {
    if (!this.ink) return;
    this.view.hold();
    this.view.prepare();
    const lines = tracks.flatMap((track) => this.solidLines(track, frame, texts, theme));
    await this.Plotly.react(this.plot, [...this.plot.data.slice(0, this.own), ...lines], this.plot.layout, this.config);
    this.lines = lines.length;
    this.ink.show(false);
  }

  // A racer's way: its casing, itself, and its shadow on the floor.
  solidLines(track, frame, texts, theme) {
    const { view } = this;
    const points = pieces(track.shown(frame) + 1, (row) => view.at(track, row), view.box);
    const step = filled(texts.tip_step, { step: "%{customdata[0]:d}" });
    const loss = filled(texts.tip_loss, { loss: "%{customdata[1]:.6g}" });
    const told = (...lines) => `${[track.label, ...lines].join("<br>")}<extra></extra>`;
    const own = told(step, "x %{x:.6g}, y %{y:.6g}", loss);
    const onTheWay = told(filled(texts.tip_after, { step: "%{customdata[0]:d}" }));
    const [x, y, z] = [0, 1, 2].map((axis) => points.map(({ place }) => place[axis]));
    const line = (colour, width, dash = "solid") => ({ type: "scatter3d", mode: "lines", x, y, z, line: { color: colour, width, dash }, opacity: track.opacity, showlegend: false });
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
    this.ink.show(true);
    requestAnimationFrame(() => setTimeout(() => this.lines || this.gone || this.unlined()));
  }

  unlined() {
    const { _scene: scene } = this.plot._fullLayout.scene;
    for (const { uid } of this.plot._fullData.slice(this.own)) {
      scene.traces[uid]?.dispose();
      delete scene.traces[uid];
    }
    scene.glplot.redraw();
  }

  // Take the scene away; the next function makes a new one.
  clear() {
    this.land = null;
    this.lines = 0;
    if (!this.ink) return;
    this.Plotly.purge(this.plot);
    this.ink.remove();
    this.ink = this.view = null;
  }

  async layers() {
    const [width, height] = this.view.size();
    const image = new Image();
    image.src = await this.Plotly.toImage(this.plot, { format: "png", width, height, scale: 2 });
    await image.decode();
    return [image, ...this.ink.layers];
  }

  remove() {
    this.gone = true;
    if (this.ink) this.Plotly.purge(this.plot);
  }
}
