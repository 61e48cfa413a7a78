// Play, pause, restart, scrub, step and speed: by mouse, touch and keyboard.

import { filled, put } from "./texts.js";
import { icon } from "./tools.js";

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];
const ICONS = {
  play: "M5 3v14l12-7z",
  pause: "M4 3h4v14H4zM12 3h4v14h-4z",
  restart: "M4 3h2v14H4zM17 3v14L7 10z",
  back: "M14 3v14L4 10z",
  forward: "M6 3v14l10-7z",
};

const LAYOUTS = ["together", "side", "surfaces"];

const button = (name) => `<button type="button" class="rv-${name}" data-label="${name}" data-title="${name}">${icon(ICONS[name])}</button>`;

export const CONTROLS = `
  ${button("restart")}${button("back")}
  ${button("play")}${button("forward")}
  <input type="range" class="rv-scrub" min="0" step="1" data-label="scrub">
  <output class="rv-step"></output>
  <label class="rv-speeds"><select class="rv-speed" data-label="speed">${SPEEDS.map((speed) => `<option value="${speed}"${speed === 1 ? " selected" : ""}>${speed}×</option>`).join("")}</select></label>
  <span class="rv-layout" role="group" data-label="layout">${LAYOUTS.map((name) => `<button type="button" name="${name}" data-text="l_${name}"></button>`).join("")}</span>`;

export class Controls {
  // `arrange` hears how the pictures are to be arranged.
  constructor(root, clock, arrange) {
    this.clock = clock;
    this.layouts = [...root.querySelectorAll(".rv-layout button")];
    for (const button of this.layouts) button.onclick = () => arrange(button.name);
    const find = (name) => root.querySelector(`.rv-${name}`);
    Object.assign(this, { playing: find("play"), scrub: find("scrub"), step: find("step"), speed: find("speed") });
    find("restart").onclick = () => this.leap(0);
    find("back").onclick = () => clock.step(-1);
    find("forward").onclick = () => clock.step(1);
    this.playing.onclick = () => clock.toggle();
    this.scrub.oninput = () => {
      clock.playing ? clock.pause() : null;
      clock.seek(Number(this.scrub.value));
    };
    this.scrub.onchange = () => clock.stopped();
    this.speed.onchange = () => (clock.speed = Number(this.speed.value));
    root.addEventListener("keydown", (event) => this.pressed(event));
  }

  speak(texts) {
    this.texts = texts;
    this.shown = null;
  }

  arranged(layout) {
    for (const button of this.layouts) button.setAttribute("aria-pressed", button.name === layout);
  }

  leap(frame) {
    if (this.clock.playing) this.clock.pause();
    this.clock.seek(frame);
    this.clock.stopped();
  }

  pressed(event) {
    const { clock } = this;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const kind = event.target.tagName;
    if (kind === "SELECT" || (kind === "INPUT" && event.target.type !== "range")) return;
    if (event.key === " " && kind === "BUTTON" && event.target !== this.playing) return; // a button's own key
    const actions = {
      " ": () => clock.toggle(),
      ArrowRight: () => clock.step(1),
      ArrowLeft: () => clock.step(-1),
      Home: () => this.leap(0),
      End: () => this.leap(clock.steps),
    };
    if (!(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  }

  show() {
    const { clock } = this;
    const step = Math.floor(clock.frame);
    this.scrub.max = clock.steps;
    this.scrub.value = step;
    const place = filled(this.texts.step, { step, steps: clock.steps });
    this.scrub.setAttribute("aria-valuetext", place);
    put(this.step, place);
    const name = clock.playing ? "pause" : "play";
    if (this.shown === name) return;
    this.shown = name;
    this.playing.innerHTML = icon(ICONS[name]);
    this.playing.setAttribute("aria-label", this.texts[name]);
    this.playing.title = this.texts[name];
  }
}
