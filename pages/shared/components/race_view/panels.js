// Racers side by side: each with a map of its own, all on one clock.

import { number, stateOf } from "./board.js";
import { RaceMap } from "./map.js";
import { put } from "./texts.js";

const PANEL = `<figcaption><i></i><b></b><small></small><em></em><strong></strong></figcaption><div class="rv-box"><div class="rv-plane" role="img"></div></div>`;

class Panel {
  constructor(changed, watch) {
    this.root = document.createElement("figure");
    this.root.className = "rv-panel";
    this.root.innerHTML = PANEL;
    [this.sign, this.name, this.where, this.state, this.loss] = this.root.firstChild.children;
    this.box = this.root.querySelector(".rv-plane");
    this.map = new RaceMap(this.box, changed);
    watch(this.box, this.map, () => this.tracks);
  }

  // `tracks` race on `land`; `title` and `about` say who or where that is, and where it is one racer its state and loss are told.
  show(facts) {
    Object.assign(this, facts);
    const [only] = facts.tracks.length === 1 ? facts.tracks : [null];
    this.only = only;
    put(this.sign, only?.sign ?? "");
    this.sign.style.color = only?.colour ?? "";
    put(this.name, facts.title);
    put(this.where, facts.about);
    put(this.state, "");
    put(this.loss, "");
    this.box.setAttribute("aria-label", [facts.title, facts.about].join(" "));
    this.map.ground(facts.land);
    this.map.ink.reset();
  }

  draw(frame, looks) {
    this.map.draw(this.tracks, frame, { ...looks, start: this.start ?? looks.start, quiet: Boolean(this.only) });
    if (!this.only) return;
    put(this.loss, number(this.only.score(frame)));
    put(this.state, stateOf(this.only, Math.floor(frame), this.only.race.steps, this.texts));
  }
}

export class Panels {
  constructor(box, changed, watch) {
    Object.assign(this, { box, changed, watch, panels: [] });
    this.sizes = new ResizeObserver(() => this.resized());
  }

  get parts() {
    return this.panels.map(({ map }) => map);
  }

  show(list) {
    while (this.panels.length > list.length) {
      const panel = this.panels.pop();
      this.sizes.unobserve(panel.box);
      panel.map.remove();
      panel.root.remove();
    }
    while (this.panels.length < list.length) {
      const panel = new Panel(this.changed, this.watch);
      this.panels.push(panel);
      this.box.append(panel.root);
      this.sizes.observe(panel.box);
    }
    this.box.dataset.count = list.length;
    this.panels.forEach((panel, i) => panel.show(list[i]));
  }

  draw(frame, looks) {
    for (const panel of this.panels) panel.draw(frame, looks);
  }

  resized() {
    for (const { map } of this.panels) map.resized();
  }

  remove() {
    this.show([]);
    this.sizes.disconnect();
  }
}
