// Guided ways: a line that says what to do next, until it is done. The page opens the races that belong to them.

import { filled, put } from "./texts.js";
import { tool } from "./tools.js";

const WAIT = 3000; // milliseconds for a race to come
const CROSS = "M4 5.4 5.4 4 10 8.6 14.6 4 16 5.4 11.4 10 16 14.6 14.6 16 10 11.4 5.4 16 4 14.6 8.6 10z";

export class Tour {
  constructor(view) {
    this.view = view;
    this.line = view.find("tour");
    this.starts = view.find("tours");
    this.leaving = tool("tour_end", CROSS, () => this.leave());
    this.step = document.createElement("b");
    this.words = document.createElement("span");
    this.action = Object.assign(document.createElement("button"), { type: "button", className: "rv-go", onclick: () => this.next() });
    this.line.append(this.step, this.words, this.action, this.leaving);
  }

  // What ways there are, in the visitor's language.
  take(tours = []) {
    const told = JSON.stringify(tours);
    if (told === this.told) return;
    this.told = told;
    this.tours = tours;
    this.starts.replaceChildren(...tours.map((tour) => Object.assign(document.createElement("button"), { type: "button", textContent: tour.title, onclick: () => this.begin(tour.id) })));
    if (this.name) this.show();
  }

  get stops() {
    return this.tours.find(({ id }) => id === this.name).stops;
  }

  get stop() {
    return this.name ? this.stops[this.at] : null;
  }

  begin(name) {
    Object.assign(this, { name, at: -1 });
    this.next();
    this.line.focus({ preventScroll: true });
  }

  next() {
    clearTimeout(this.waiting);
    this.at++;
    const { stop, view } = this;
    if (!stop) return this.leave();
    if (stop.opens) {
      this.opening = true;
      view.clock.playing && view.clock.pause();
      view.tell({ tour: [this.name, this.at] });
      this.waiting = setTimeout(() => this.raced(), WAIT); // the race at hand may be that very race: then nothing comes
    } else this.arrived();
    this.show();
  }

  // The race of a stop is there, or there is none to wait for.
  arrived() {
    clearTimeout(this.waiting);
    this.opening = false;
    const { seconds } = this.stop;
    if (!seconds) return;
    if (this.view.still.matches) this.view.controls.leap(this.view.clock.steps); // no motion: the end of each race
    else {
      this.view.clock.seek(0);
      this.view.clock.play();
    }
    this.waiting = setTimeout(() => this.next(), 1000 * seconds);
  }

  // What has happened in the view; it ends the stop that waits for it.
  happened(what) {
    if (this.name && !this.opening && this.stop.until === what) this.next();
  }

  raced() {
    if (this.opening) this.arrived();
  }

  leave() {
    clearTimeout(this.waiting);
    this.name = null;
    this.opening = false;
    this.show();
    this.starts.firstChild?.focus({ preventScroll: true });
  }

  show() {
    const { stop, view } = this;
    this.line.hidden = !stop;
    this.starts.hidden = Boolean(stop);
    if (!stop) return;
    const last = this.at === this.stops.length - 1;
    put(this.step, filled(view.texts.tour_step, { at: this.at + 1, of: this.stops.length }));
    put(this.words, stop.text);
    this.action.hidden = !(stop.button || (last && !stop.seconds));
    put(this.action, stop.button ?? view.texts.tour_done);
  }

  remove() {
    clearTimeout(this.waiting);
  }
}
