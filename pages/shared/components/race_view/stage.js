// The pictures of a race: map and curves at once, the surface as soon as it can be drawn, or a panel each, side by side.

import { RaceCurves } from "./curves.js";
import { RaceMap } from "./map.js";
import { Panels } from "./panels.js";
import { RaceSurface, hasWebGL } from "./surface.js";

export class Stage {
  // `boxes` holds the elements of each; `changed` hears of pictures that are to be drawn again, `watch` of charts to point at.
  constructor(boxes, changed, watch) {
    this.map = new RaceMap(boxes.map, changed);
    this.curve = new RaceCurves(boxes.curve, changed);
    if (hasWebGL()) this.surface = new RaceSurface(boxes.surface, changed);
    this.panels = new Panels(boxes.panels, { changed, watch, surface: this.surface });
  }

  // What is to be seen now, from left to right and from above.
  get parts() {
    const pictures = this.apart ? this.panels.parts : [this.surface?.ink && this.surface, this.map];
    return [...pictures, this.curve].filter(Boolean);
  }

<<<<<<< HEAD
  // The racers apart, a panel for each of `list`, or together on map and surface where there is none.
  split(list, raised) {
    this.apart = list.length > 0;
    this.raised = raised;
    if (this.apart) this.liquefy();
    this.panels.show(list, raised);
=======
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
>>>>>>> h4
  }

  // What is there without waiting.
  flat(land, axes) {
    this.map.ground(land);
    this.curve.axes(axes);
  }

  async solid(land, address) {
    if (!this.apart || this.raised) await this.surface?.ground(land, address);
  }

  resized() {
    for (const part of [this.map, this.curve, this.surface, this.panels]) part?.resized();
  }

  reset() {
    for (const part of this.parts) part.ink.reset();
  }

<<<<<<< HEAD
  draw(tracks, frame, looks) {
    this.curve.draw(tracks, frame, looks);
    if (this.apart) return this.panels.draw(frame, looks);
    this.map.draw(tracks, frame, looks);
    this.surface?.draw(tracks, frame, looks);
=======
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
>>>>>>> h4
  }

  async solidify(...race) {
    if (!this.apart) await this.surface?.solidify(...race);
  }

  liquefy() {
    this.surface?.liquefy();
  }

  remove() {
    for (const part of [this.map, this.curve, this.panels, this.surface]) part?.remove();
  }
}
