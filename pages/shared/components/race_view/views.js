// How a racer's row becomes pixels on each picture, through a chart's axes or the scene's camera.

import { clipped, inside } from "./clip.js";

const EDGE = 0.5; // pixels by which what lies on the border of a flat plot may miss it, and
const ROUNDING = 1e-6; // shares of a scene's side: numbers come in single precision

const between = (a, b, share) => (share === undefined ? b : a.map((value, i) => value + (b[i] - value) * share));

// `at(track, row)` is a racer's place, `box` what places are seen of, both in the plot's own measure; `onScreen(place)` are pixels.
class View {
  // Where a racer is seen, a share of the way after its row; null outside the plot.
  point(track, row, share) {
    const here = this.at(track, row);
    const place = share ? between(here, this.at(track, row + 1), share) : here;
    return inside(place, this.box) ? this.onScreen(place) : null;
  }

  // What is seen of the way from one row to another, or of a share of it: its two ends, or null.
  line(track, from, to, share) {
    const a = this.at(track, from);
    const piece = clipped(a, between(a, this.at(track, to), share), this.box);
    if (!piece) return null;
    const [p, q] = piece.map((place) => this.onScreen(place));
    return p && q ? [...p, ...q] : null;
  }

  // Where a racer that is not seen was seen last.
  exit(track, row, share) {
    const now = share ? this.line(track, row, row + 1, share) : null;
    if (now) return now.slice(2);
    for (let i = row; i > 0; i--) {
      const piece = this.line(track, i - 1, i);
      if (piece) return piece.slice(2);
    }
    return null;
  }
}

class Flat extends View {
  constructor(chart) {
    super();
    this.chart = chart;
  }

  size() {
    return this.chart.axes.size;
  }

  frame() {
    return this.chart.axes.frame;
  }

  pixels(x, y) {
    return this.chart.axes.pixels(x, y);
  }

  // Pixels are a flat chart's own measure, since its axes may be logarithmic.
  at(track, row) {
    return this.pixels(...this.values(track, row));
  }

  get box() {
    const [x, y, width, height] = this.frame();
    return [[x - EDGE, x + width + EDGE], [y - EDGE, y + height + EDGE]];
  }

  onScreen(place) {
    return place;
  }
}

export class MapView extends Flat {
  marks = 12;
  cased = true; // what lies on the function's colours has a dark casing, since it may have any of them

  values(track, row) {
    return [track.x[row], track.y[row]];
  }

  // The place in the function's plane under a point of the screen, or null outside the map.
  placeAt(px, py) {
    return this.chart.axes.placeAt(px, py);
  }
}

export class CurveView extends Flat {
  marks = 14;

  values(track, row) {
    return [track.along(row), track.curveAt(row)];
  }
}

function product(a, b) {
  const out = new Float64Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      for (let k = 0; k < 4; k++) out[column * 4 + row] += a[k * 4 + row] * b[column * 4 + k];
    }
  }
  return out;
}

export class SurfaceView extends View {
  marks = 12;
  cased = true;

  constructor(plot) {
    super();
    this.plot = plot;
  }

  size() {
    const { width, height } = this.plot._fullLayout;
    return [width, height];
  }

  frame() {
    const { _size, scene } = this.plot._fullLayout;
    const { x, y } = scene.domain;
    return [_size.l + _size.w * x[0], _size.t + _size.h * (1 - y[1]), _size.w * (x[1] - x[0]), _size.h * (y[1] - y[0])];
  }

  // The camera stays where the hand has left it. Plotly lets it swing on until the next picture, so far as that picture is late, and
  // draws the scene anew from where it last heard the hand let go, of which it hears nothing outside the scene.
  hold() {
    const { _scene: scene } = this.plot._fullLayout.scene;
    scene.saveLayout(this.plot.layout);
    scene.setViewport(this.plot._fullLayout.scene);
  }

  // To be called once per drawing: the camera as one matrix.
  prepare() {
    const { _scene: scene, xaxis, yaxis, zaxis } = this.plot._fullLayout.scene;
    const { projection, view, model } = scene.glplot.cameraParams;
    this.matrix = product(projection, product(view, model));
    this.scale = scene.dataScale;
    this.box = [xaxis, yaxis, zaxis].map(({ range: [low, high] }) => [low - ROUNDING * (high - low), high + ROUNDING * (high - low)]);
    this.area = this.frame();
  }

  onScreen([x, y, z]) {
    const { matrix: M, scale: [sx, sy, sz], area: [left, top, width, height] } = this;
    const [a, b, e] = [x * sx, y * sy, z * sz];
    const w = M[3] * a + M[7] * b + M[11] * e + M[15];
    const px = left + width * (0.5 + (0.5 * (M[0] * a + M[4] * b + M[8] * e + M[12])) / w);
    const py = top + height * (0.5 - (0.5 * (M[1] * a + M[5] * b + M[9] * e + M[13])) / w);
    return Number.isFinite(px) && Number.isFinite(py) ? [px, py] : null;
  }

  at(track, row) {
    return [track.x[row], track.y[row], track.height(row)];
  }
}
