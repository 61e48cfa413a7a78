// Where a racer is and where it left, as marks that stand over its line.

import { leftMark, mark } from "./shapes.js";

export function head(c, view, track, row, frame, theme) {
  const at = view.point(track, row, track.share(frame, row));
  c.globalAlpha = track.opacity;
  if (at) mark(c, track.symbol, ...at, 6, track.colour, view.cased ? theme.casing : theme.halo);
  c.globalAlpha = 1;
  return at;
}

// The racer, or where it left the picture; returns where that is.
export function markedHead(c, view, track, row, frame, theme) {
  const at = head(c, view, track, row, frame, theme);
  if (at) return at;
  const exit = view.exit(track, row, track.share(frame, row));
  if (exit) leftMark(c, ...exit, track.colour, theme.casing);
  return exit;
}
