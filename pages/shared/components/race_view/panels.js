// Racers side by side: each with a map or a surface of its own, all on one clock.

import { leaderOf, number, places, stateOf } from "./board.js";
import { SurfaceCopy, SurfaceHome } from "./copies.js";
import { RaceMap } from "./map.js";
import { filled, put, spell } from "./texts.js";

const PANEL = `<figcaption><i></i><b></b><small></small><i></i><em></em><strong></strong></figcaption><div class="rv-box"><div class="rv-plane" role="img"></div></div>`;

class Panel {
  // Stands last in `list`; `picture(box, tracks)` makes what is seen in it, once it has its size.
  constructor(list, picture) {
    this.root = document.createElement("figure");
    this.root.className = "rv-panel";
    this.root.innerHTML = PANEL;
    [this.sign, this.name, this.where, this.leads, this.state, this.loss] = this.root.firstChild.children;
    this.box = this.root.querySelector(".rv-plane");
    list.append(this.root);
    this.picture = picture(this.box, () => this.tracks);
  }

  // `tracks` race on `land`; `title` and `about` say who or where that is. Of one racer state and loss are told, of several who leads.
  show(facts) {
    Object.assign(this, facts);
    const [only] = facts.tracks.length === 1 ? facts.tracks : [null];
    this.only = only;
    put(this.sign, only?.sign ?? "");
    this.sign.style.color = only?.colour ?? "";
    put(this.name, facts.title);
    put(this.where, facts.about);
    for (const part of [this.leads, this.state, this.loss]) put(part, "");
    spell(this.root, facts.texts);
    this.box.setAttribute("aria-label", [facts.title, facts.about].join(" "));
    this.picture.ground(facts.land);
    this.picture.ink?.reset();
  }

  // Who is first among all racers of this panel's race, the hidden ones too, once they have left the start.
  leader(step) {
    const { steps } = this.racers[0].race;
    return step ? leaderOf(this.racers, places(this.racers, step, steps), step) : null;
  }

  draw(frame, looks) {
    this.picture.draw(this.tracks, frame, { ...looks, start: this.start ?? looks.start, quiet: Boolean(this.only) });
    const step = Math.floor(frame);
    const told = this.only ?? this.leader(step);
    put(this.loss, told ? number(told.score(frame)) : "");
    if (this.only) return put(this.state, stateOf(told, step, told.race.steps, this.texts));
    put(this.state, told ? filled(this.texts.leads_here, { name: told.label }) : "");
    put(this.leads, told?.sign ?? "");
    this.leads.style.color = told?.colour ?? "";
  }
}

export class Panels {
  // `changed` hears of pictures to be drawn again, `watch` of charts to point at, `surface` is the one scene, where there is one.
  constructor(box, { changed, watch, surface }) {
    Object.assign(this, { box, changed, watch, surface, panels: [] });
    this.sizes = new ResizeObserver(() => this.resized());
  }

  get parts() {
    return this.panels.map(({ picture }) => picture).filter(({ ink }) => ink);
  }

  // Show each of `list` in a panel of its own, on surfaces with `solid`.
  show(list, solid = false) {
    const raised = solid && Boolean(this.surface);
    if (raised !== this.raised) this.keep(0);
    this.raised = raised;
    this.keep(list.length);
    while (this.panels.length < list.length) {
      const panel = new Panel(this.box, (box, tracks) => this.picture(box, tracks));
      this.panels.push(panel);
      this.sizes.observe(panel.box);
    }
    this.box.dataset.count = list.length;
    this.panels.forEach((panel, i) => panel.show(list[i]));
  }

  picture(box, tracks) {
    if (this.raised) return this.panels.length ? new SurfaceCopy(box, this.surface) : new SurfaceHome(box, this.surface);
    const map = new RaceMap(box, this.changed);
    this.watch(box, map, tracks);
    return map;
  }

  // No more than so many of the panels.
  keep(count) {
    for (const panel of this.panels.splice(count)) {
      this.sizes.unobserve(panel.box);
      panel.picture.remove();
      panel.root.remove();
    }
  }

  clear() {
    this.keep(0);
  }

  draw(frame, looks) {
    for (const panel of this.panels) panel.draw(frame, looks);
  }

  resized() {
    for (const { picture } of this.panels) picture.resized();
  }

  rewritten() {
    for (const { picture } of this.panels) picture.rewritten?.();
  }

  remove() {
    this.keep(0);
    this.sizes.disconnect();
  }
}
