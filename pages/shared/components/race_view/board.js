// Who leads: one row per racer, in the order of the moment.

import { filled, put } from "./texts.js";

const raised = (exponent) => exponent.replace(/./g, (sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"["0123456789-".indexOf(sign)]);

// A number as the page's tables and sentences write it.
export const number = (value) => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const long = size > 0 && (size < 1e-4 || size >= 1e5); // as the page's own numbers have it
  const [digits, exponent] = (long ? value.toExponential(4) : String(Number(value.toPrecision(5)))).replace(/\.?0+e/, "e").split("e");
  const written = digits.replace("-", "−");
  if (exponent === undefined) return written;
  const power = `10${raised(exponent.replace("+", ""))}`;
  return /^−?1$/.test(written) ? written.replace("1", power) : `${written}×${power}`;
};

const key = (track, frame, steps) => {
  if (frame >= steps) return [track.rank, 0];
  if (track.reached !== null && track.reached <= frame) return [0, track.price];
  const score = track.score(frame);
  return Number.isFinite(score) ? [1, score] : [2, -track.end];
};

const difference = (one, other) => one[0] - other[0] || one[1] - other[1];

// Which of `tracks` is where at a frame: who has reached the target by price, then the others by loss, who is lost last.
export function places(tracks, frame, steps) {
  const keys = tracks.map((track) => key(track, frame, steps));
  return tracks.map((_, i) => i).sort((i, j) => difference(keys[i], keys[j]) || i - j);
}

// The places that are said of `tracks` in their order at a frame: those that tie share one. At the end they are the standings'.
export function saidPlaces(tracks, order, frame, steps) {
  if (frame >= steps) return order.map((i) => tracks[i].placed);
  const keys = order.map((i) => key(tracks[i], frame, steps));
  return keys.map((own) => 1 + keys.findIndex((other) => difference(own, other) === 0));
}

// Who leads at a frame: the first of an order, unless nobody's loss is a number any more.
export function leaderOf(tracks, order, frame) {
  const first = tracks[order[0]];
  return Number.isFinite(first.score(frame)) ? first : null;
}

export class Board {
  constructor(list) {
    this.list = list;
  }

  racers(tracks, words) {
    this.tracks = tracks;
    this.texts = words.texts;
    const said = JSON.stringify(tracks.map(({ label, colour, dash, sign }) => [label, colour, dash, sign]));
    if (this.said !== said) this.build(tracks, words.dashes);
    this.said = said;
    this.rows.forEach(({ row }, i) => (row.title = filled(words.texts.row, { name: tracks[i].label, reason: tracks[i].reason })));
    this.rows.forEach(({ row }, i) => row.classList.toggle("rv-hidden", Boolean(tracks[i].hidden)));
  }

  build(tracks, dashes) {
    this.list.style.height = `calc(${tracks.length} * var(--rv-row, 34px))`; // the style sheet says how high a row is
    this.rows = tracks.map((track) => {
      const row = document.createElement("li");
      row.innerHTML = `<b></b><svg viewBox="0 0 34 14" aria-hidden="true"><line x1="0" y1="7" x2="34" y2="7"/></svg><i></i><span></span><em></em><strong></strong>`;
      const [rank, line, sign, name, state, loss] = row.children;
      line.firstChild.setAttribute("stroke", track.colour);
      line.firstChild.setAttribute("stroke-dasharray", dashes(track.dash).join(" "));
      Object.assign(sign, { textContent: track.sign });
      sign.style.color = track.colour;
      name.textContent = track.label;
      return { row, rank, state, loss };
    });
    this.list.replaceChildren(...this.rows.map(({ row }) => row));
  }

  clear() {
    this.said = null;
    this.list.replaceChildren();
  }

  // Read in the order of the places, once nothing moves.
  settle(order) {
    const rows = order.map((i) => this.rows[i].row);
    if (rows.some((row, at) => this.list.children[at] !== row)) this.list.append(...rows);
  }

  show(frame, steps) {
    const order = places(this.tracks, frame, steps);
    const said = saidPlaces(this.tracks, order, frame, steps);
    order.forEach((i, rank) => {
      const { row, rank: place, state, loss } = this.rows[i];
      const track = this.tracks[i];
      const score = track.score(frame);
      row.style.transform = `translateY(calc(${rank} * var(--rv-row, 34px)))`;
      put(place, Number.isFinite(score) ? `${said[rank]}` : number(NaN)); // there is no order among those that have no loss
      put(loss, number(score));
      put(state, stateOf(track, frame, steps, this.texts));
    });
    return order;
  }
}

// How it stands with a racer at a step, in few words.
export function stateOf(track, frame, steps, texts) {
  if (frame >= steps) return track.status === "moving" ? texts["still moving"] : track.ended;
  if (frame >= track.last && track.last < steps) return filled(track.status === "diverged" ? texts.diverged_at : texts.stopped_at, { step: track.last });
  if (track.reached !== null && track.reached <= frame) return filled(texts.target_at, { step: track.reached });
  return "";
}
