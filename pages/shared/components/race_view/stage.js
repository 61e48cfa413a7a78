// The pictures of a race: map and curves at once, the surface as soon as it can be drawn, or a panel each, side by side.

import { RaceCurves } from "./curves.js";
import { RaceMap } from "./map.js";
import { Panels } from "./panels.js";
import { RaceSurface, hasWebGL } from "./surface.js";

export class Stage {
  // `boxes` holds the elements of each; `changed` hears of pictures that are to be drawn again, `watch` of charts to point at, and
  // `failed` of errors: a picture that cannot be drawn is taken away, and the others are drawn all the same.
  constructor(boxes, { changed, watch, failed }) {
    this.failed = failed;
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

  tried(part, does) {
    try {
      does(part);
    } catch (error) {
      this.lost(part, error);
    }
  }

  lost(part, error) {
    part.clear();
    this.failed(error);
  }

  clear() {
    for (const part of this.pictures) part.clear();
  }

  // The racers apart, a panel for each of `list`, or together on map and surface where there is none.
  split(list, raised) {
    this.apart = list.length > 0;
    this.raised = raised;
    if (this.apart) this.liquefy();
    this.tried(this.panels, (panels) => panels.show(list, raised));
  }

  get pictures() {
    return [this.map, this.curve, this.panels, this.surface].filter(Boolean);
  }

  // What is there without waiting.
  flat(land, axes) {
    this.tried(this.map, (map) => map.ground(land));
    this.tried(this.curve, (curve) => curve.axes(axes));
  }

  async solid(land, address) {
    if (!this.surface || (this.apart && !this.raised)) return;
    await this.surface.ground(land, address).catch((error) => this.lost(this.surface, error));
  }

  resized() {
    for (const part of this.pictures) this.tried(part, () => part.resized());
  }

  // Draw everything anew, since its writing has another size.
  rewritten() {
    for (const part of this.pictures) this.tried(part, () => part.rewritten());
  }

  reset() {
    for (const part of this.parts) part.ink.reset();
  }

  draw(tracks, frame, looks) {
    const seen = this.apart ? [this.panels] : [this.map, this.surface].filter(Boolean);
    for (const part of [this.curve, ...seen]) {
      this.tried(part, () => (part === this.panels ? part.draw(frame, looks) : part.draw(tracks, frame, looks)));
    }
  }

  async solidify(...race) {
    if (!this.apart) await this.surface?.solidify(...race);
  }

  liquefy() {
    this.surface?.liquefy();
  }

  remove() {
    for (const part of this.pictures) part.remove();
  }
}
