// What of a segment, or of a path, is inside a box: all that reaches Plotly or a canvas, however far a racer flies.

const NOWHERE = [NaN, NaN, NaN];

export const inside = (place, box) => place.every((value, i) => value >= box[i][0] && value <= box[i][1]);

// How far a place is from the middle of a box, in its sides.
const away = (place, box) => Math.max(...place.map((value, i) => Math.abs(value - (box[i][0] + box[i][1]) / 2) / (box[i][1] - box[i][0])));

// The part of a segment inside a box as [from, to], or null (Liang & Barsky 1984). An end that is inside is given back as it is.
export function clipped(a, b, box) {
  // Looked at from the end that is nearer to the box: from 1e22 away, a cut would miss it by 1e6.
  if (away(b, box) < away(a, box)) return clipped(b, a, box)?.reverse() ?? null;
  let [first, last] = [-Infinity, Infinity]; // shares of the way at which it enters and leaves the box
  for (let i = 0; i < box.length; i++) {
    const [low, high] = box[i];
    const way = b[i] - a[i];
    if (!Number.isFinite(way)) return null;
    if (way === 0) {
      if (a[i] < low || a[i] > high) return null;
      continue;
    }
    const [s, t] = [(low - a[i]) / way, (high - a[i]) / way];
    first = Math.max(first, Math.min(s, t));
    last = Math.min(last, Math.max(s, t));
  }
  const within = inside(a, box);
  if (!within && !(first >= 0 && first <= 1 && first < last)) return null;
  const at = (share) => a.map((value, i) => Math.min(Math.max(value + share * (b[i] - value), box[i][0]), box[i][1]));
  return [within ? a : at(first), inside(b, box) ? b : at(last)];
}

// A path inside a box as {place, row, cut}: pieces that end on the box, with a place that is nowhere between two of them.
// What is `cut` lies on the way from its row to the next.
export function pieces(rows, at, box) {
  const drawn = [];
  const gap = (row) => drawn.length && Number.isFinite(drawn.at(-1).place[0]) && drawn.push({ place: NOWHERE, row, cut: true });
  let place = at(0);
  for (let row = 0; row < rows; row++) {
    const next = row + 1 < rows ? at(row + 1) : NOWHERE;
    const piece = clipped(place, next, box);
    if (inside(place, box)) drawn.push({ place, row, cut: false });
    else {
      gap(row);
      if (piece) drawn.push({ place: piece[0], row, cut: true });
    }
    if (!inside(next, box)) {
      if (piece) drawn.push({ place: piece[1], row, cut: true });
      gap(row);
    }
    place = next;
  }
  return drawn;
}
