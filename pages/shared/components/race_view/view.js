// The race view: surface, map, curves and leader board under one clock. Used by the page and by files that play by themselves.

import { Board } from "./board.js";
import { Clock } from "./clock.js";
import { Controls } from "./controls.js";
import { fullScreens } from "./fullscreen.js";
import { Lead, seenBefore } from "./lead.js";
import { ARROWS, HTML, tick } from "./markup.js";
import { columnsOf, heard, lands, sceneOf, waiting } from "./messages.js";
import { complete, painted, running, tellSeen } from "./patience.js";
import { picture } from "./picture.js";
import { Pointer } from "./pointer.js";
import { Presenter } from "./presenter.js";
import { Rate } from "./rate.js";
import { dashOf } from "./shapes.js";
import { Stage } from "./stage.js";
import { hasWebGL } from "./surface.js";
import { filled, put, spell } from "./texts.js";
import { Tour } from "./tour.js";
import { fieldOf } from "./track.js";

const [TOGETHER, SURFACES] = ["together", "surfaces"]; // how the pictures are arranged; else maps side by side
const BOXES = ["map", "curve", "surface", "panels"];
const SETTLE = 350; // milliseconds of rest before the slow and the far hear of a pause

export class View {
  constructor(root) {
    this.root = root;
    root.innerHTML = HTML;
    this.still = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.clock = new Clock({ shown: () => this.draw(), stopped: () => this.stopped(), gliding: () => !this.still.matches });
    this.controls = new Controls(root, this.clock, (layout) => this.rearrange(layout));
    this.board = new Board(this.find("list"));
    this.lead = new Lead(this.find("lead"));
    this.pointer = new Pointer(this);
    this.rate = new Rate(this.find("live"), { shown: (bytes) => this.live(bytes), chosen: (values) => this.dragged(values) });
    fullScreens(root);
    this.presenter = new Presenter(this);
    this.tour = new Tour(this);
    this.tracks = [];
    this.seen = [];
    this.others = [];
    this.told = [];
    this.find("arrows").onchange = ({ target }) => this.choose({ [`a_${target.name}`]: target.checked });
    this.find("png").onclick = () => picture(this);
    this.sizes = new ResizeObserver(() => this.stage?.resized());
    for (const name of BOXES.slice(0, 3)) this.sizes.observe(this.find(name));
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
    this.queue = this.queue.then(() => this.load()).catch((error) => this.lost(error));
  }

  // A race that cannot be shown at all: nothing of the one before it stays in its place.
  lost(error) {
    Object.assign(this, { tracks: [], seen: [], heard: null });
    if (this.clock.playing) this.clock.pause();
    clearTimeout(this.settling);
    for (const part of [this.stage, this.board, this.lead]) part?.clear();
    this.fail(error);
  }

  fail(error) {
    const { texts = {} } = this.data;
    this.find("note").textContent = filled(texts.failed, { error: texts[error.message] ?? error.message });
    document.documentElement.dataset.race = "told"; // the numbers below are complete
    console.error(error);
  }

  async load() {
    const { data } = this;
    const land = data && lands.get(data.land);
    if (!land || this.gone || !(data.others ?? []).every((other) => lands.has(other.land))) return;
    data.texts = data.fixed ? { ...land.texts, map: land.texts.map_fixed } : land.texts;
    const first = !this.stage;
    this.stage ??= this.staged();
    this.root.classList.toggle("rv-dark", data.theme.dark);
    this.root.classList.toggle("rv-flat", !hasWebGL());
    if (data !== this.heard) {
      const [columns, ...more] = await columnsOf(data);
      if (this.gone) return; // the visitor went on, or back, meanwhile
      this.others = more.map((own, i) => ({ ...data.others[i], ...fieldOf(data.others[i].race, own), start: data.others[i].race.start }));
      this.take(data, columns, first);
    }
    this.stage.flat(land, data.axes);
    this.arrange();
    this.stage.reset();
    this.draw();
    this.tour.raced();
    this.root.dataset.painted = data.race.id;
    await painted();
    if (first && data.newcomer) tellSeen(data.newcomer);
    await complete();
    if (this.gone) return;
    await this.stage.solid(land, data.plotly);
    if (this.gone) return;
    this.stage.reset();
    this.draw();
    this.rest(false);
    const plays = this.plays;
    this.plays = false;
    if (plays) this.clock.play();
    this.root.dataset.ready = data.race.id;
  }

  staged() {
    const boxes = Object.fromEntries(BOXES.map((name) => [name, this.find(name)]));
    const stage = new Stage(boxes, { changed: () => this.draw(), watch: (...chart) => this.pointer.watch(...chart), failed: (error) => this.fail(error) });
    this.pointer.watch(boxes.map, stage.map, () => this.seen, true);
    this.pointer.watch(boxes.curve, stage.curve, () => this.seen);
    return stage;
  }

  take(data, columns, first) {
    const { race } = data;
    this.heard = data;
    heard(data.heard);
    this.verdict = data.verdict;
    this.speak(data.texts);
    this.start = race.start;
    this.arrows = data.arrows;
    this.root.classList.toggle("rv-fixed", Boolean(data.fixed));
    put(this.find("formula"), data.formula ?? "");
    tick(this.find("arrows"), this.arrows);
    this.racers(race, columns, this.others[0]?.change);
    this.rate.take(data, this.tracks);
    this.tour.take(data.query ? lands.get(data.land).tours : []);
    // The page names a frame when a link or a ready experiment is opened; else the view knows better where it stands.
    const known = this.echoed(data.frame) || data.frame === this.named;
    if (first || !known) this.clock.frame = Math.min(data.frame ?? this.clock.steps, this.clock.steps);
    const film = first && data.film && !seenBefore();
    if (first) this.plays = (data.play || film) && !this.still.matches;
    if (film && this.plays) this.clock.frame = 0;
    this.named = data.frame;
    this.fixed = data.fixed;
    const thin = race.thinned && filled(data.texts.thinned, { points: race.thinned });
    const flat = !hasWebGL() && data.texts.flat;
    const still = first && (data.play || film) && !this.plays;
    if (still) this.clock.frame = this.clock.steps;
    put(this.find("note"), [still && data.texts.still, data.note, thin, flat].filter(Boolean).join(" "));
    this.stage.liquefy();
  }

  // Together on one map, or side by side: a panel for every racer, or for every race where there are several.
  arrange() {
    const { layout, title, land } = this.data;
    const racer = (track) => ({ title: track.label, about: track.about, land, tracks: [track] });
    const races = this.others.length ? [{ title: this.change || title, about: this.change && title, land, tracks: this.seen, racers: this.tracks }, ...this.others] : [];
    const list = races.length || layout === TOGETHER ? races : this.seen.map(racer);
    this.root.classList.toggle("rv-apart", list.length > 0);
    this.root.classList.toggle("rv-races", races.length > 0);
    this.controls.arranged(layout);
    const panels = list.map(({ about = "", start = null, ...panel }) => ({ ...panel, about, start, land: lands.get(panel.land), texts: this.texts }));
    this.stage.split(panels, layout === SURFACES && !races.length);
  }

  rearrange(layout) {
    this.data.layout = layout;
    this.tell({ panels: layout });
    this.refresh();
  }

  // `change` says what was changed since the race that is pinned beside it, where that is known.
  racers(race, columns, change = "") {
    const { racers: tracks, tracks: seen } = fieldOf(race, columns);
    Object.assign(this, { race, tracks, seen, change });
    this.board.racers(this.tracks, { dashes: dashOf, texts: this.texts });
    this.clock.length(Math.max(race.steps, ...this.others.map((other) => other.race.steps)));
  }

  // What a learning rate that is being dragged leads to: `bytes` hold the race, the curves' axes and the verdict.
  async live(bytes) {
    const scene = sceneOf(bytes);
    const heard = this.heard;
    const [columns] = await columnsOf(scene);
    if (this.gone || heard !== this.heard) return; // the page has said something newer meanwhile
    clearTimeout(this.settling); // lines of the scene take longer than the next move
    this.verdict = scene.verdict;
    this.racers(scene.race, columns);
    this.stage.liquefy();
    this.stage.flat(lands.get(this.data.land), scene.axes);
    this.arrange();
    this.stage.reset();
    this.draw();
  }

  dragged(values) {
    this.tell(values);
    this.rest(false);
    const { value, fact } = this.rate;
    if (fact.limit !== null && value > fact.limit) this.tour.happened("past limit");
  }

  stopped() {
    this.rest();
    if (this.clock.ended) this.tour.happened("ended");
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
    if (!this.stage || !this.tracks.length) return;
    if (this.clock.playing) this.stage.liquefy();
    const { frame, steps } = this.clock;
    this.stage.draw(this.seen, frame, { start: this.shownStart ?? this.start, arrows: this.arrows, theme: this.heard.theme });
    this.order = this.board.show(Math.floor(frame), this.race.steps);
    this.controls.show();
    this.lead.show(this);
    this.presenter.show();
    this.root.dispatchEvent(new CustomEvent("race-frame", { detail: { frame, race: this.race.id } }));
  }

  // The view has another size, or its writing has.
  sized() {
    this.stage?.rewritten();
    this.draw();
  }

  // Somebody paused: the scene gets its lines and the page hears of it, once nothing has moved for a while.
  rest(tell = true) {
    clearTimeout(this.settling);
    this.unheard ||= tell;
    this.settling = setTimeout(() => {
      if (this.clock.playing || this.gone || !this.tracks.length) return;
      this.board.settle(this.order);
      this.stage.solidify(this.seen, this.clock.frame, this.texts, this.heard.theme).catch((error) => this.fail(error));
      put(this.find("said"), this.lead.said);
      this.tellStep();
    }, SETTLE);
  }

  // Not while the page is sent: inputs that have not heard of a change yet would say what they held before it.
  tellStep() {
    if (!this.unheard || this.clock.playing || this.gone) return;
    if (running()) return void (this.settling = setTimeout(() => this.tellStep(), SETTLE));
    this.unheard = false;
    const t = this.clock.ended ? null : this.clock.frame;
    this.told.push(t);
    this.tell({ t });
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
    if ("x" in values) this.tour.happened("start");
  }

  remove() {
    this.gone = true;
    clearTimeout(this.settling);
    if (this.clock.playing) this.clock.pause();
    clearTimeout(this.settling);
    this.sizes.disconnect();
    waiting.delete(this);
    this.stage?.remove();
    this.presenter.remove();
    this.tour.remove();
  }
}
