// One sentence on a racer's step, in plain words: which way it goes against the step before, and what that does to its loss.

import { number, stateOf } from "./board.js";
import { filled } from "./texts.js";

const AHEAD = 30; // degrees within which a step goes on as the one before

// What a racer did in its step `step`, for a `Track`; of a thinned race only where it stands, since steps between are not known.
export function sentenceOf(track, step, texts) {
  const name = track.label;
  const state = step >= track.race.steps ? track.reason : step > track.last ? stateOf(track, step, track.race.steps, texts) : "";
  if (state) return filled(texts.row, { name, reason: state });
  const loss = number(track.score(step));
  if (!step || track.step) return filled(texts.say_stands, { name, loss, x: number(track.x[track.shown(step)]), y: number(track.y[track.shown(step)]) });
  const before = number(track.score(step - 1));
  const change = track.score(step) < track.score(step - 1) ? texts.say_falls : track.score(step) > track.score(step - 1) ? texts.say_rises : texts.say_stays;
  return filled(texts.say, { way: filled(way(track, step, texts), { name, angle: Math.round(turn(track, step)) }), change: filled(change, { before, loss }) });
}

// The step that ends in a row.
const move = ({ x, y }, row) => [x[row] - x[row - 1], y[row] - y[row - 1]];

function way(track, step, texts) {
  const [u, v] = move(track, step);
  if (!u && !v) return texts.say_rests;
  if (step === 1) return texts.say_first;
  const [before, above] = move(track, step - 1);
  const [inX, inY] = [u * before < 0, v * above < 0];
  if (inX && inY) return texts.say_back;
  if (inX) return texts.say_back_x;
  if (inY) return texts.say_back_y;
  return turn(track, step) < AHEAD ? texts.say_on : texts.say_turns;
}

// The angle between a step and the one before, in degrees.
function turn(track, step) {
  if (step < 2) return 0;
  const [[u, v], [before, above]] = [move(track, step), move(track, step - 1)];
  return (Math.abs(Math.atan2(before * v - above * u, before * u + above * v)) * 180) / Math.PI;
}
