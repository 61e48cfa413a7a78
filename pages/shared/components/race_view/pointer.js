// The pointer over the plots: what is under it, a click that sets the start, and the start dragged along.

import { number } from "./board.js";
import { filled } from "./texts.js";
import { Zoom } from "./zoom.js";

const NEAR = 16; // pixels within which a racer's point is meant
const GRIP = { mouse: 14, touch: 24 }; // pixels within which the start is taken hold of
const STILL = 5; // pixels that a click may wander

// What a marked place says of itself, from Plotly's template for it.
function told({ trace, i }) {
  const values = { x: trace.x[i], y: trace.y[i], customdata: trace.customdata?.[i] };
  const text = trace.hovertemplate.replace("<extra></extra>", "").replace(/%\{(\w+)[^}]*\}/g, (_, name) => number(values[name]));
  return text.split("<br>");
}

export class Pointer {
  constructor(view) {
    this.view = view;
    this.tip = view.find("tip");
    const map = view.find("map");
    map.addEventListener("pointerdown", (event) => this.down(event), { capture: true });
    // While the start is held, a phone must not begin to scroll.
    map.addEventListener("touchstart", (event) => this.held && event.preventDefault(), { capture: true, passive: false });
  }

  // Tell what is under the pointer over a chart: `tracks()` are the racers there; `starts` where a click sets the start.
  watch(box, part, tracks, starts = false) {
    box.addEventListener("pointermove", (event) => this.moved(event, box, part, { tracks: tracks(), starts }));
    box.addEventListener("pointerleave", () => this.hide());
    new Zoom(part.chart, () => !this.held);
  }

  at(event, box) {
    const { left, top } = box.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  down(event) {
    if (this.view.fixed || !this.view.stage?.map.land || !event.isPrimary || event.button) return;
    const box = this.view.find("map");
    const from = this.at(event, box);
    const mapping = this.view.stage.map.view;
    const start = mapping.pixels(...this.view.start);
    const held = start && Math.hypot(start[0] - from[0], start[1] - from[1]) < (GRIP[event.pointerType] ?? GRIP.mouse);
    this.held = held;
    const move = (later) => {
      const place = held && mapping.placeAt(...this.at(later, box));
      if (place) this.view.preview(this.round(place));
    };
    const up = (later) => {
      stop();
      const to = this.at(later, box);
      const still = Math.hypot(to[0] - from[0], to[1] - from[1]) < STILL;
      const place = (still || held) && mapping.placeAt(...to);
      if (place && !(held && still)) this.view.choose({ x: this.round(place)[0], y: this.round(place)[1] });
      else if (held) this.view.preview(null);
    };
    const stop = () => {
      this.held = false;
      window.removeEventListener("pointermove", move, true);
      window.removeEventListener("pointerup", up, true);
      window.removeEventListener("pointercancel", stop, true);
    };
    window.addEventListener("pointermove", move, true);
    window.addEventListener("pointerup", up, true);
    window.addEventListener("pointercancel", stop, true);
  }

  // A place to a thousandth of the window, so that the numbers can be read and said aloud.
  round(place) {
    return place.map((value, i) => {
      const [low, high] = this.view.stage.map.chart.range[i ? "y" : "x"];
      const digits = Math.min(15, Math.max(0, 3 - Math.floor(Math.log10(Math.abs(high - low)))));
      return Number(value.toFixed(digits));
    });
  }

  moved(event, box, part, { tracks, starts }) {
    if (!part.chart.axes || event.buttons) return this.hide();
    const [px, py] = this.at(event, box);
    const { texts } = this.view;
    const found = this.nearest(part.view, tracks, px, py);
    if (found) {
      const { track, row } = found;
      const place = `x ${number(track.x[row])}, y ${number(track.y[row])}`;
      const step = filled(texts.tip_step, { step: track.stepOf(row) });
      return this.say(event, [`${track.sign} ${track.label}`, step, place, filled(texts.tip_loss, { loss: number(track.lossAt(row)) })]);
    }
    for (const landmark of part.chart.landmarks()) {
      if (Math.hypot(landmark.pixels[0] - px, landmark.pixels[1] - py) < NEAR) return this.say(event, told(landmark));
    }
    const place = part.view.placeAt?.(px, py);
    const click = starts && !this.view.fixed ? [texts.click] : [];
    place ? this.say(event, [`x ${number(place[0])}, y ${number(place[1])}`, ...click]) : this.hide();
  }

  nearest(mapping, tracks, px, py) {
    let [best, found] = [NEAR, null];
    for (const track of tracks) {
      const last = track.shown(this.view.clock.frame);
      for (let row = 0; row <= last; row++) {
        const at = mapping.point(track, row);
        const away = at ? Math.hypot(at[0] - px, at[1] - py) : Infinity;
        if (away <= best) [best, found] = [away, { track, row }];
      }
    }
    return found;
  }

  say(event, lines) {
    const box = this.tip.parentElement.getBoundingClientRect(); // the view, or the picture on the full screen
    this.tip.replaceChildren(...lines.map((line) => Object.assign(document.createElement("div"), { textContent: line })));
    this.tip.hidden = false;
    const right = event.clientX - box.left + 14;
    const room = box.width - this.tip.offsetWidth - 4;
    this.tip.style.left = `${Math.max(0, right > room ? event.clientX - box.left - this.tip.offsetWidth - 14 : right)}px`;
    this.tip.style.top = `${event.clientY - box.top + 14}px`;
  }

  hide() {
    this.tip.hidden = true;
  }
}
