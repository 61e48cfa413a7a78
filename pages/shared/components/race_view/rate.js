// One racer's learning rate, live: while it is dragged the app's own server runs the race anew; the page hears of it on release.

import { filled, put, spell } from "./texts.js";

const POSITIONS = 2000; // of the slider: near a limit one is a thousandth of the rate
const NEAR = 0.3; // within this distance of the limit, in logarithms, positions are evenly spread; farther out ever wider
const DIGITS = 4; // of a rate that the slider chooses
const SETTLE = 350; // milliseconds of rest before the page hears of a rate chosen by keys

const HTML = `
  <div class="rv-chips" role="radiogroup" data-label="rate_whose"></div>
  <div class="rv-dial"><input type="range" min="0" max="${POSITIONS}" step="1"><div class="rv-tick" aria-hidden="true"><span></span></div></div>
  <input type="text" class="rv-exact" inputmode="decimal" autocomplete="off" spellcheck="false">
  <span class="rv-late" role="status"></span>`;

// Where a rate lies on the slider: a logarithmic scale, drawn out around the limit where there is one.
class Scale {
  constructor({ low, high, limit }) {
    Object.assign(this, { low, high, limit });
    [this.from, this.to] = [this.bent(low), this.bent(high)];
  }

  bent(rate) {
    return this.limit ? Math.asinh(Math.log(rate / this.limit) / NEAR) : Math.log(rate);
  }

  position(rate) {
    const inside = Math.min(Math.max(rate, this.low), this.high);
    return (POSITIONS * (this.bent(inside) - this.from)) / (this.to - this.from);
  }

  rate(position) {
    if (this.limit && Math.round(this.position(this.limit)) === position) return this.limit;
    const bent = this.from + (position / POSITIONS) * (this.to - this.from);
    const rate = this.limit ? this.limit * Math.exp(NEAR * Math.sinh(bent)) : Math.exp(bent);
    return Number(rate.toPrecision(DIGITS));
  }
}

// Asks one thing at a time: of all that is wished meanwhile the newest is asked next, and what was asked before `drop` is not shown.
class Latest {
  constructor(ask, shown) {
    Object.assign(this, { ask, shown, age: 0 });
  }

  wish(what) {
    this.wanted = { what, age: this.age };
    if (!this.busy) this.work();
  }

  drop() {
    this.age++;
    this.wanted = null;
  }

  async work() {
    this.busy = true;
    while (this.wanted) {
      const { what, age } = this.wanted;
      this.wanted = null;
      const answer = await this.ask(what).catch(() => null); // without a server the page says so itself
      if (age === this.age) await this.shown(answer);
    }
    this.busy = false;
  }
}

async function answered(query) {
  const answer = await fetch(new URL(`../../live?${new URLSearchParams(query)}`, import.meta.url));
  return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
}

export class Rate {
  // `shown(bytes)` gets the race of a rate that is being dragged, `chosen(values)` the rate that was let go, by its key in the link.
  constructor(root, { shown, chosen }) {
    Object.assign(this, { root, chosen, rates: [], told: [] });
    root.innerHTML = HTML;
    const find = (part) => root.querySelector(part);
    Object.assign(this, { chips: find(".rv-chips"), dial: find(".rv-dial input"), tick: find(".rv-tick"), exact: find(".rv-exact"), late: find(".rv-late") });
    this.latest = new Latest(answered, (bytes) => (bytes ? shown(bytes) : this.say(this.texts.rate_later)));
    this.chips.onchange = ({ target }) => this.choose(target.value);
    this.dial.oninput = () => this.move(this.scale.rate(Number(this.dial.value)));
    this.dial.onpointerdown = () => (this.patience = 0);
    this.dial.onkeydown = () => (this.patience = SETTLE);
    this.dial.onchange = () => this.settle(this.patience);
    this.exact.oninput = () => this.typed();
    this.exact.onchange = () => this.entered();
    root.addEventListener("keydown", (event) => event.stopPropagation()); // or the clock would step
  }

  // What the page says. It answers in order and in its own time, often when another rate is being dragged already.
  take({ rates = [], query, texts }, tracks) {
    Object.assign(this, { rates, query, texts });
    this.root.hidden = !rates.length;
    if (!rates.length) return;
    spell(this.root, texts);
    const fact = rates.find(({ key }) => key === this.fact?.key) ?? rates[0];
    const own = fact.key === this.fact?.key && this.ahead(fact.value);
    this.fact = fact;
    this.scale = new Scale(fact);
    this.chip(tracks);
    if (own) return this.ask();
    this.told = [fact.value];
    this.latest.drop();
    this.show(fact.value);
  }

  // Whether the visitor has gone on from a rate that the page has just heard of, or holds the slider.
  ahead(value) {
    const at = this.told.lastIndexOf(value);
    if (at > 0) this.told.splice(0, at);
    return this.moving || (at >= 0 && this.told.length > 1);
  }

  chip(tracks) {
    this.names = tracks.map(({ label }) => label);
    const said = JSON.stringify(this.rates.map(({ key, racer }) => [key, tracks[racer].label, tracks[racer].colour, tracks[racer].sign]));
    if (this.said !== said) {
      this.said = said;
      this.chips.replaceChildren(...this.rates.map(({ key, racer }) => {
        const chip = document.createElement("label");
        chip.innerHTML = `<input type="radio" name="rate"><i aria-hidden="true"></i><span></span>`;
        const [radio, sign, name] = chip.children;
        radio.value = key;
        Object.assign(sign, { textContent: tracks[racer].sign });
        sign.style.color = tracks[racer].colour;
        name.textContent = tracks[racer].label;
        return chip;
      }));
    }
    for (const radio of this.chips.querySelectorAll("input")) radio.checked = radio.value === this.fact.key;
    this.label();
  }

  choose(key) {
    this.letGo();
    this.fact = this.rates.find((fact) => fact.key === key);
    this.scale = new Scale(this.fact);
    this.told = [this.fact.value];
    this.label();
    this.show(this.fact.value);
  }

  // Take the rate of a racer, where it has one here.
  look(racer) {
    const fact = this.rates.find((one) => one.racer === racer);
    if (!fact) return;
    this.choose(fact.key);
    for (const radio of this.chips.querySelectorAll("input")) radio.checked = radio.value === fact.key;
  }

  // Move the slider by keys, so many hundredths of its length.
  nudge(by) {
    if (this.root.hidden) return;
    const position = Math.min(POSITIONS, Math.max(0, Number(this.dial.value) + by * (POSITIONS / 100)));
    this.move(this.scale.rate(position));
    this.settle(SETTLE);
  }

  label() {
    const { racer, limit, tick, meaning } = this.fact;
    const name = this.names[racer];
    this.dial.setAttribute("aria-label", filled(this.texts.rate_of, { name }));
    this.exact.setAttribute("aria-label", filled(this.texts.rate_typed, { name }));
    this.dial.title = meaning;
    this.tick.hidden = limit === null;
    if (limit === null) return;
    put(this.tick.firstChild, tick);
    // The middle of a native slider's thumb, 16 pixels wide, keeps half of that from both ends.
    const share = this.scale.position(limit) / POSITIONS;
    this.tick.style.left = `calc(${100 * share}% + ${8 - 16 * share}px)`;
  }

  show(value, text = String(value)) {
    this.value = value;
    this.dial.value = Math.round(this.scale.position(value));
    this.dial.setAttribute("aria-valuetext", filled(this.texts.rate_is, { rate: value }));
    this.exact.value = text;
    this.exact.removeAttribute("aria-invalid");
    this.say("");
  }

  say(text) {
    put(this.late, text);
  }

  move(value, text) {
    this.moving = true;
    clearTimeout(this.settling);
    this.show(value, text);
    this.ask();
  }

  ask() {
    if (!this.fact.live) return this.say(this.texts.rate_later);
    this.latest.wish({ ...this.query, [this.fact.key]: this.value, rate: this.fact.key });
  }

  settle(patience = 0) {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.letGo(), patience);
  }

  letGo() {
    clearTimeout(this.settling);
    if (!this.moving) return;
    this.moving = false;
    this.told.push(this.value);
    this.chosen({ [this.fact.key]: this.value });
  }

  // The number that is typed, or null where it is none that the rate can be.
  number() {
    const text = this.exact.value.trim();
    const value = Number(text);
    return text && Number.isFinite(value) && value >= this.fact.least && value <= (this.fact.most ?? Infinity) ? value : null;
  }

  typed() {
    const value = this.number();
    if (value !== null) return this.move(value, this.exact.value);
    this.exact.setAttribute("aria-invalid", "true");
    this.say(filled(this.texts.rate_expected, { expected: this.fact.expected }));
  }

  entered() {
    if (this.number() === null) this.show(this.value);
    this.settle();
  }
}
