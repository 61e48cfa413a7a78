// The surface for every racer: one scene is drawn, the others show its picture, each with its own racer over it.

import { Ink } from "./ink.js";
import { markedHead } from "./marks.js";

// What the surface's own panel and its copies do with a racer: its way, and no names, which stand above.
function drawn(ink, view, tracks, frame, theme) {
  ink.draw(tracks, frame, theme, (c, rows) => tracks.forEach((track, i) => markedHead(c, view, track, rows[i], frame, theme)));
}

export class SurfaceCopy {
  constructor(box, surface) {
    Object.assign(this, { box, surface });
    this.canvas = box.appendChild(Object.assign(document.createElement("canvas"), { className: "rv-chart" }));
    box.addEventListener("mousedown", (event) => event.button || surface.orbit.drag(event)); // turns the scene, and so all its pictures
    this.follow = () => this.copy();
    surface.followers.add(this.follow);
  }

  // As a picture of the stage: nothing of its own to draw beside the racers.
  ground() {}

  resized() {}

  copy() {
    const { clientWidth: width, clientHeight: height } = this.box;
    const scene = this.surface.canvas;
    if (!scene || !(width > 0)) return;
    Object.assign(this.canvas, { width: scene.width, height: scene.height });
    this.canvas.getContext("2d").drawImage(scene, 0, 0);
  }

  draw(tracks, frame, { theme }) {
    if (!this.surface.ink) return;
    this.ink ??= new Ink(this.box, this.surface.view);
    this.surface.view.prepare();
    drawn(this.ink, this.surface.view, tracks, frame, theme);
  }

  async layers() {
    return [this.canvas, ...(this.ink?.layers ?? [])];
  }

  remove() {
    this.surface.followers.delete(this.follow);
    this.ink?.remove();
    this.canvas.remove();
  }
}

// The panel in which the scene itself stands.
export class SurfaceHome {
  constructor(box, surface) {
    Object.assign(this, { box, surface });
    surface.move(box);
  }

  get ink() {
    return this.surface.ink;
  }

  ground() {}

  resized() {
    this.surface.resized();
  }

  draw(tracks, frame, { theme }) {
    if (!this.ink) return;
    this.surface.view.prepare();
    drawn(this.ink, this.surface.view, tracks, frame, theme);
  }

  layers() {
    return this.surface.layers();
  }

  remove() {
    this.surface.move(null);
  }
}
