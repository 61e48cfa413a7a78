// How a racer's row becomes pixels on each of the three plots, through Plotly's own axes and camera.

const between = (a, b, share) => (share === undefined ? b : a + (b - a) * share);

class View {
  constructor(plot) {
    this.plot = plot;
  }

  size() {
    const { width, height } = this.plot._fullLayout;
    return [width, height];
  }
}

class Flat extends View {
  frame() {
    const { xaxis, yaxis } = this.plot._fullLayout;
    return [xaxis._offset, yaxis._offset, xaxis._length, yaxis._length];
  }

  pixels(x, y) {
    const { xaxis, yaxis } = this.plot._fullLayout;
    const [px, py] = [xaxis._offset + xaxis.c2p(x, false), yaxis._offset + yaxis.c2p(y, false)];
    return Number.isFinite(px) && Number.isFinite(py) ? [px, py] : null;
  }

  point(track, row) {
    return this.pixels(...this.at(track, row));
  }

  line(track, from, to, share) {
    const [a, b] = [this.point(track, from), this.point(track, to)];
    return a && b ? [...a, between(a[0], b[0], share), between(a[1], b[1], share)] : null;
  }
}

export class MapView extends Flat {
  marks = 12;

  at(track, row) {
    return [track.x[row], track.y[row]];
  }

  // The place in the function's plane under a point of the screen, or null outside the map.
  placeAt(px, py) {
    const { xaxis, yaxis } = this.plot._fullLayout;
    const [u, v] = [px - xaxis._offset, py - yaxis._offset];
    const inside = u >= 0 && u <= xaxis._length && v >= 0 && v <= yaxis._length;
    return inside ? [xaxis.p2c(u), yaxis.p2c(v)] : null;
  }
}

export class CurveView extends Flat {
  marks = 14;

  at(track, row) {
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

  frame() {
    const { _size, scene } = this.plot._fullLayout;
    const { x, y } = scene.domain;
    return [_size.l + _size.w * x[0], _size.t + _size.h * (1 - y[1]), _size.w * (x[1] - x[0]), _size.h * (y[1] - y[0])];
  }

  // To be called once per drawing: the camera as one matrix.
  prepare() {
    const { _scene: scene, xaxis, yaxis, zaxis } = this.plot._fullLayout.scene;
    const { projection, view, model } = scene.glplot.cameraParams;
    this.matrix = product(projection, product(view, model));
    this.scale = scene.dataScale;
    this.box = [xaxis.range, yaxis.range, zaxis.range];
    this.area = this.frame();
  }

  pixels(x, y, z) {
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

  inside(place) {
    return place.every((value, i) => value >= this.box[i][0] && value <= this.box[i][1]);
  }

  point(track, row) {
    const place = this.at(track, row);
    return this.inside(place) ? this.pixels(...place) : null;
  }

  line(track, from, to, share) {
    const a = this.at(track, from);
    const piece = this.clipped(a, this.at(track, to).map((value, i) => between(a[i], value, share)));
    if (!piece) return null;
    const [p, q] = [this.pixels(...piece[0]), this.pixels(...piece[1])];
    return p && q ? [...p, ...q] : null;
  }

  // The part of a segment inside the axes' box, or null (Liang & Barsky 1984).
  clipped(a, b) {
    let [first, last] = [0, 1];
    for (let i = 0; i < 3; i++) {
      const [low, high] = this.box[i];
      const way = b[i] - a[i];
      if (!Number.isFinite(way)) return null;
      if (way === 0) {
        if (a[i] < low || a[i] > high) return null;
        continue;
      }
      const [s, t] = [(low - a[i]) / way, (high - a[i]) / way];
      first = Math.max(first, Math.min(s, t));
      last = Math.min(last, Math.max(s, t));
    }
    if (first > last) return null;
    const at = (share) => a.map((value, i) => (share === 0 ? value : share === 1 ? b[i] : value + share * (b[i] - value)));
    return [at(first), at(last)];
  }
}
