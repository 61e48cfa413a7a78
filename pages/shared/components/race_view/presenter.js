// For a room: the view on the whole screen, large, a sentence for every step, and a key for everything.

import { sentenceOf } from "./sentence.js";
import { filled, put } from "./texts.js";
import { tool } from "./tools.js";

const GROW = "M3 3h14v10h-6v2h3v2H6v-2h3v-2H3zM5 5v6h10V5z";
const SHOWN = ["all", "surface map", "map curve", "surface", "map"]; // pictures, in the order of the key
const TAKEN = "input:not([type=range]), textarea, select, [contenteditable=true], [role=combobox], [role=listbox], [role=slider], [data-testid=stDataFrame]";

export class Presenter {
  // `view` is the race view; where several are on a page the first is the one presented.
  constructor(view) {
    this.view = view;
    this.root = view.root;
    this.button = tool("present", GROW, () => this.toggle());
    this.root.querySelector(".rv-bar").append(this.button);
    this.listen = (event) => this.pressed(event);
    document.addEventListener("keydown", this.listen, { capture: true });
    this.root.addEventListener("fullscreenchange", (event) => {
      if (event.target === this.root && !this.root.matches(":fullscreen")) this.leave();
    });
  }

  get on() {
    return this.root.classList.contains("rv-present");
  }

  toggle() {
    this.on ? this.leave() : this.enter();
  }

  enter() {
    this.root.classList.add("rv-present");
    this.root.dataset.shows = SHOWN[0];
    this.root.tabIndex = -1; // the keys are those of the playback
    this.root.focus({ preventScroll: true });
    const refused = (error) => console.warn(error.message); // by the browser, which says so itself; the view fills its window then
    if (document.fullscreenEnabled) this.root.requestFullscreen().catch(refused);
    this.changed();
  }

  leave() {
    if (!this.on) return;
    this.root.classList.remove("rv-present");
    this.root.removeAttribute("tabindex");
    this.code(false);
    if (this.root.matches(":fullscreen")) document.exitFullscreen();
    this.button.focus({ preventScroll: true });
    this.changed();
  }

  changed() {
    this.button.setAttribute("aria-pressed", this.on);
    this.view.sized();
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TAKEN)) return;
    const key = event.key.toLowerCase();
    const action = this.on ? this.actions()[key] : key === "p" && document.querySelector(".race-view") === this.root && (() => this.enter());
    if (!action) return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit has letters of its own
    action();
  }

  actions() {
    const { rate, tracks } = this.view;
    const chosen = Object.fromEntries(tracks.slice(0, 9).map((_, i) => [`${i + 1}`, () => this.look(i)]));
    const faster = (by) => () => (rate.nudge(by), this.show());
    return {
      ...chosen,
      p: () => this.leave(),
      escape: () => this.leave(),
      n: () => this.look((this.seen + 1) % tracks.length),
      v: () => this.next(),
      q: () => this.code(this.root.querySelector(".rv-code").hidden),
      arrowup: faster(1),
      arrowdown: faster(-1),
    };
  }

  // The racer that is told of, and whose learning rate the keys change.
  get seen() {
    return Math.min(this.racer ?? 0, this.view.tracks.length - 1);
  }

  look(racer) {
    this.racer = racer;
    this.view.rate.look(racer);
    this.show();
  }

  next() {
    this.root.dataset.shows = SHOWN[(SHOWN.indexOf(this.root.dataset.shows) + 1) % SHOWN.length];
    this.view.sized();
  }

  // The link as a picture that phones read. A race that no link holds has none.
  code(visible) {
    const figure = this.root.querySelector(".rv-code");
    const [image, text] = figure.children;
    figure.hidden = !visible || !this.view.data.query;
    if (figure.hidden) return;
    const link = location.href; // the page keeps it up to date
    image.hidden = false;
    image.onerror = () => {
      image.hidden = true;
      put(text, filled(this.view.texts.code_none, { link }));
    };
    image.src = new URL(`../../qr?${new URLSearchParams({ link })}`, import.meta.url);
    put(text, link);
  }

  show() {
    if (!this.on) return;
    const { clock, tracks, texts } = this.view;
    const track = tracks[this.seen];
    const line = this.root.querySelector(".rv-told");
    const [sign, words] = line.children;
    put(sign, track.sign);
    sign.style.color = track.colour;
    put(words, sentenceOf(track, Math.floor(clock.frame), texts));
  }

  remove() {
    document.removeEventListener("keydown", this.listen, { capture: true });
  }
}
