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

  // The racers apart, a panel for each of `list`, or together on map and surface where there is none.
  split(list, raised) {
    this.apart = list.length > 0;
    this.raised = raised;
    if (this.apart) this.liquefy();
    this.panels.show(list, raised);
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

  // Draw everything anew, since its writing has another size.
  rewritten() {
    for (const part of [this.map, this.curve, this.surface, this.panels]) part?.rewritten();
  }

  reset() {
    for (const part of this.parts) part.ink.reset();
  }

  draw(tracks, frame, looks) {
    this.curve.draw(tracks, frame, looks);
    if (this.apart) return this.panels.draw(frame, looks);
    this.map.draw(tracks, frame, looks);
    this.surface?.draw(tracks, frame, looks);
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
