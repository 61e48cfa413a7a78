// A function's colours and its lines of equal height, pixel by pixel, from the numbers of its grid.

const FULL = 255;
const MOST = 1000; // bands, however close the levels: heights may differ by so little that no number lies between two of them

const colour = (text) => [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));

// The colours of `count` steps on a ramp of evenly spaced ones, red, green and blue after one another.
function ramp(scale, count) {
  const stops = scale.map(([, text]) => colour(text));
  const steps = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const at = (i / (count - 1)) * (stops.length - 1);
    const below = Math.min(stops.length - 2, Math.floor(at));
    for (let k = 0; k < 3; k++) steps[3 * i + k] = stops[below][k] + (stops[below + 1][k] - stops[below][k]) * (at - below);
  }
  return steps;
}

// How pixels lie between the lines of a grid: for each the line before it, and the share of the way to the next.
function between(lines, low, high, pixels) {
  const step = (lines[lines.length - 1] - lines[0]) / (lines.length - 1);
  const places = Float64Array.from({ length: pixels }, (_, i) => (low + ((high - low) * (i + 0.5)) / pixels - lines[0]) / step);
  const before = Int32Array.from(places, (place) => Math.min(lines.length - 2, Math.max(0, Math.floor(place))));
  return { before, share: places.map((place, i) => place - before[i]) };
}

// The grid's numbers at every pixel and one more to the right and below; a gap makes gaps beside it.
function heights({ x, y, z }, { x: [x0, x1], y: [y0, y1] }, width, height) {
  const across = between(x, x0, x1 + (x1 - x0) / width, width + 1);
  const down = between(y, y1, y0 + (y0 - y1) / height, height + 1);
  const line = new Float64Array(x.length);
  const found = new Float64Array((width + 1) * (height + 1));
  for (let j = 0; j <= height; j++) {
    const [row, share] = [down.before[j] * x.length, down.share[j]];
    for (let k = 0; k < x.length; k++) line[k] = z[row + k] + (z[row + x.length + k] - z[row + k]) * share;
    for (let i = 0; i <= width; i++) {
      const k = across.before[i];
      found[j * (width + 1) + i] = line[k] + (line[k + 1] - line[k]) * across.share[i];
    }
  }
  return found;
}

// The picture of `trace`, Plotly's filled contours, in a frame of these ranges, `width` x `height` pixels, lines `thick` pixels wide.
export function ground(trace, ranges, width, height, thick) {
  const { start, end, size } = trace.contours;
  const bands = Math.max(2, Math.min(MOST, Math.round((end - start) / size) + 2 || 2));
  const colours = ramp(trace.colorscale, bands);
  const [red, green, blue, alpha] = trace.line.color.match(/[\d.]+/g).map(Number);
  const ink = [red, green, blue];
  const found = heights(trace, ranges, width, height);
  const picture = new ImageData(width, height);
  const { data } = picture;
  for (let j = 0, pixel = 0; j < height; j++) {
    for (let i = 0; i < width; i++, pixel += 4) {
      const at = j * (width + 1) + i;
      const here = (found[at] - start) / size;
      if (Number.isNaN(here)) continue;
      // A line is as wide everywhere: a pixel's distance from it is the height's from the level, over the slope.
      const slope = Math.hypot(found[at + 1] - found[at], found[at + width + 1] - found[at]) / size;
      const level = Math.min(bands - 2, Math.max(0, Math.round(here)));
      const line = slope > 0 ? alpha * Math.max(0, Math.min(1, thick / 2 + 0.5 - Math.abs(here - level) / slope)) : 0;
      const band = 3 * Math.min(bands - 1, Math.max(0, Math.floor(here) + 1));
      for (let k = 0; k < 3; k++) data[pixel + k] = colours[band + k] + (ink[k] - colours[band + k]) * line;
      data[pixel + 3] = FULL;
    }
  }
  return picture;
}
