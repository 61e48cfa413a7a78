// The race view: surface, map, curves and leader board under one clock. Used by the page and by files that play by themselves.

import { Board, number } from "./board.js";
import { Clock } from "./clock.js";
import { CONTROLS, Controls } from "./controls.js";
import { picture } from "./picture.js";
import { Pointer } from "./pointer.js";
import { dashOf } from "./shapes.js";
import { Stage, hasWebGL, plotly } from "./stage.js";
import { filled, put, spell } from "./texts.js";
import { Turning, passSwipes } from "./touches.js";
import { tracksOf } from "./track.js";
import { unpacked } from "./unpack.js";

const ARROWS = ["slope", "velocity", "step"];
const KEPT = 12; // functions kept after they were shown: a race and those beside it have up to seven, which stay in any case
const SETTLE = 350; // milliseconds of rest before the slow and the far hear of a pause

const HTML = `
  <div class="rv-stage">
    <figure class="rv-box rv-s"><div class="rv-surface" role="img" data-label="surface"></div>
      <figcaption class="rv-hint"><span data-text="asleep"></span><span data-text="awake"></span></figcaption></figure>
    <figure class="rv-box rv-m"><div class="rv-map" role="img" data-label="map"></div></figure>
    <div class="rv-bar" role="group" data-label="playback">${CONTROLS}</div>
    <fieldset class="rv-arrows"><legend data-text="arrows"></legend>${ARROWS
      .map((name) => `<label><input type="checkbox" name="${name}"> <span data-text="a_${name}"></span></label>`)
      .join("")}
      <button type="button" class="rv-png" data-text="save"></button></fieldset>
    <figure class="rv-box rv-c"><div class="rv-curve" role="img" data-label="curve"></div></figure>
    <section class="rv-board"><h4><span data-text="board"></span> <small data-text="board_loss"></small></h4><ol class="rv-list"></ol></section>
  </div>
  <p class="rv-note"></p><p class="rv-said" aria-live="polite"></p>
  <div class="rv-tip" hidden></div>`;

// After the next picture that the browser shows; soon in any case, since a hidden page shows none.
function painted() {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, SETTLE);
  });
}

const lands = new Map();
const waiting = new Set();

// The function's pictures come in a message of their own, so that nothing else resends them.
export function landscape({ data }) {
  lands.delete(data.id);
  lands.set(data.id, data);
  const used = new Set([...waiting].flatMap((view) => [view.data?.land, ...(view.data?.others ?? []).map((other) => other.land)]));
  for (const id of [...lands.keys()].slice(0, -KEPT)) if (!used.has(id)) lands.delete(id);
  waiting.forEach((view) => view.refresh());
}

class View {
  constructor(root) {
    this.root = root;
    root.innerHTML = HTML;
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.clock = new Clock({ shown: () => this.draw(), stopped: () => this.rest(), gliding: () => !this.still.matches });
    this.controls = new Controls(root, this.clock);
    this.board = new Board(this.find("list"));
    this.pointer = new Pointer(this);
    passSwipes(this.find("map"));
    passSwipes(this.find("curve"));
    new Turning(this.find("surface"));
    this.tracks = [];
    this.told = [];
    this.find("arrows").onchange = ({ target }) => this.choose({ [`a_${target.name}`]: target.checked });
    this.find("png").onclick = () => picture(this);
    this.sizes = new ResizeObserver(() => this.stage?.resized());
    for (const name of ["map", "curve", "surface"]) this.sizes.observe(this.find(name));
    this.queue = Promise.resolve();
    waiting.add(this);
  }

  find(name) {
    return this.root.querySelector(`.rv-${name}`);
  }

  // What the page says now. Several may come while the first still loads: they are worked off in order, the last one counts.
  update(data, tell) {
    Object.assign(this, { data, tell });
    this.refresh();
  }

  refresh() {
    this.queue = this.queue.then(() => this.load()).catch((error) => this.fail(error));
  }

  fail(error) {
    const { texts } = this.data;
    this.find("note").textContent = filled(texts.failed, { error: texts[error.message] ?? error.message });
    console.error(error);
  }

  async load() {
    const { data } = this;
    const land = data && lands.get(data.land);
    if (!land || this.gone) return;
    const Plotly = await plotly(data.plotly);
    if (this.gone || data !== this.data) return;
    const first = !this.stage;
    this.stage ??= new Stage(Plotly, { map: this.find("map"), curve: this.find("curve"), surface: this.find("surface") }, () => this.draw());
    this.root.classList.toggle("rv-dark", data.theme.dark);
    this.root.classList.toggle("rv-flat", !this.stage.solid);
    if (data !== this.heard) {
      const columns = await unpacked(data.numbers.subarray(0, data.size), data.race.columns); // those of other races follow
      if (this.gone) return; // the visitor went on, or back, meanwhile
      this.take(data, columns, first);
    }
    if (!first) await painted();
    await this.stage.ground(land);
    await this.stage.axes(data.axes);
    if (this.gone) return;
    this.stage.reset();
    this.draw();
    this.rest(false);
    if (first && data.play && !this.still.matches) this.clock.play();
    this.root.dataset.ready = data.race.id;
  }

  take(data, columns, first) {
    const { race } = data;
    this.heard = data;
    this.speak(data.texts);
    this.start = race.start;
    this.arrows = data.arrows;
    this.root.classList.toggle("rv-fixed", Boolean(data.fixed));
    for (const box of this.root.querySelectorAll(".rv-arrows input")) box.checked = this.arrows[box.name];
    this.tracks = tracksOf(race, columns);
    this.board.racers(this.tracks, { dashes: dashOf, texts: data.texts });
    this.clock.length(race.steps);
    // The page names a frame when a link or a ready experiment is opened; else the view knows better where it stands.
    const known = this.echoed(data.frame) || data.frame === this.named;
    if (first || !known) this.clock.frame = Math.min(data.frame ?? race.steps, race.steps);
    this.named = data.frame;
    this.fixed = data.fixed;
    const thin = race.thinned && filled(data.texts.thinned, { points: race.thinned });
    const flat = !hasWebGL() && data.texts.flat;
    put(this.find("note"), [data.note, thin, flat].filter(Boolean).join(" "));
    // Before the axes are drawn anew, on the old ones: what moves is seen at once.
    if (!first) {
      this.stage.liquefy();
      this.stage.reset();
      this.draw();
    }
  }

  // Whether a frame is one that the page was told. It answers in order and in its own time, often when it was told another already.
  echoed(frame) {
    const at = this.told.indexOf(frame);
    if (at > 0) this.told.splice(0, at);
    return at >= 0;
  }

  // What is not drawn anew with every frame is said once in each language.
  speak(texts) {
    const told = JSON.stringify(texts);
    if (this.spoken === told) return;
    this.spoken = told;
    this.texts = texts;
    spell(this.root, texts);
    this.controls.speak(texts);
  }

  draw() {
    if (!this.stage?.map.ink || !this.tracks.length) return;
    if (this.clock.playing) this.stage.liquefy();
    const { frame, steps } = this.clock;
    this.stage.draw(this.tracks, frame, { start: this.shownStart ?? this.start, arrows: this.arrows, theme: this.heard.theme });
    this.order = this.board.show(Math.floor(frame), steps);
    this.controls.show();
    this.root.dispatchEvent(new CustomEvent("race-frame", { detail: { frame, race: this.heard.race.id } }));
  }

  // Somebody paused: the scene gets its lines and the page hears of it, once nothing has moved for a while.
  rest(tell = true) {
    clearTimeout(this.settling);
    this.unheard ||= tell;
    this.settling = setTimeout(() => {
      if (this.clock.playing || this.gone) return;
      this.stage.solidify(this.tracks, this.clock.frame, this.texts, this.heard.theme).catch((error) => this.fail(error));
      const leader = this.tracks[this.order[0]];
      const { frame: step, steps } = this.clock;
      this.find("said").textContent = filled(this.texts.leads, { step, steps, name: leader.label, loss: number(leader.score(step)) });
      if (!this.unheard) return;
      this.unheard = false;
      const t = this.clock.ended ? null : this.clock.frame;
      this.told.push(t);
      this.tell({ t });
    }, SETTLE);
  }

  preview(start) {
    this.shownStart = start;
    this.draw();
  }

  choose(values) {
    this.shownStart = null;
    if ("x" in values) {
      this.start = [values.x, values.y];
      this.draw();
    }
    for (const name of ARROWS) {
      if (`a_${name}` in values) this.arrows = { ...this.arrows, [name]: values[`a_${name}`] };
    }
    this.draw();
    this.tell(values);
  }

  remove() {
    this.gone = true;
    clearTimeout(this.settling);
    if (this.clock.playing) this.clock.pause();
    clearTimeout(this.settling);
    this.sizes.disconnect();
    waiting.delete(this);
    this.stage?.remove();
  }
}

const views = new WeakMap();

export function show(root, data, tell) {
  if (!views.has(root)) views.set(root, new View(root));
  views.get(root).update(data, tell);
  return () => {
    views.get(root)?.remove();
    views.delete(root);
  };
}

let style;

// The style sheet beside this file, once for all views of a page.
function styled() {
  style ??= document.head.appendChild(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("view.css", import.meta.url) }));
}

// The entry for the page, which sends one string of bytes: the length of the facts, the facts as text, the numbers.
export default function ({ data, parentElement, setTriggerValue }) {
  styled();
  const root = parentElement.querySelector(".race-view");
  const facts = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
  const view = JSON.parse(new TextDecoder().decode(data.subarray(4, 4 + facts)));
  const page = document.documentElement; // written only where it changes: the browser works out every style on the page again
  if (page.lang !== view.language) page.lang = view.language;
  const tell = view.fixed ? () => {} : (values) => setTriggerValue("chosen", values); // of a race that no link has, nobody hears
  return show(root, { ...view, numbers: data.subarray(4 + facts) }, tell);
}
