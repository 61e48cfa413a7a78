// The racers' names beside them, as long as there are few enough to be told apart.

const MOST = 8; // more names than this hide what they name
const BESIDE = 11; // pixels from a racer to its name
const LINE = 1.25; // times the size of the writing, from one name to the next

// Write each name beside its racer, `places` are their pixels or null; names that would lie on one another are moved apart.
export function named(c, { view, ink }, tracks, places, theme) {
  if (tracks.length > MOST) return;
  const size = ink.writing;
  const line = LINE * size;
  const [left, top, width, height] = view.frame();
  c.save();
  c.setLineDash([]);
  Object.assign(c, { font: `600 ${size}px system-ui, sans-serif`, textBaseline: "middle", lineJoin: "round", lineWidth: 3.5 });
  Object.assign(c, { strokeStyle: theme.casing, fillStyle: theme.mark });
  let free = top + line / 2; // above here names stand already
  const there = tracks.map(({ label }, i) => ({ label, at: places[i] })).filter(({ at }) => at);
  for (const { label, at } of there.sort((one, other) => one.at[1] - other.at[1])) {
    const long = c.measureText(label).width;
    const x = at[0] + BESIDE + long > left + width ? at[0] - BESIDE - long : at[0] + BESIDE;
    const y = Math.min(Math.max(at[1], free), top + height - line / 2);
    free = y + line;
    c.strokeText(label, x, y);
    c.fillText(label, x, y);
  }
  c.restore();
}
