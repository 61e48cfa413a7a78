// How lines, marks and arrows look on a canvas: the same names as Plotly's.

const DASHES = {
  solid: [],
  dot: [2.5, 3.5],
  dash: [8, 6],
  longdash: [14, 7],
  dashdot: [8, 4, 2.5, 4],
  longdashdot: [14, 5, 2.5, 5],
};

export const dashOf = (name) => DASHES[name] ?? [];

const polygon = (corners, turn = -Math.PI / 2) => (c, x, y, r) => {
  for (let i = 0; i < corners; i++) {
    const angle = turn + (2 * Math.PI * i) / corners;
    c.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
};

const along = (points) => (c, x, y, r) => points.forEach(([u, v]) => c.lineTo(x + r * u, y + r * v));
const T = 0.38;

// A shape with lines through its middle, each to (u, v) and to the other side.
function lines(c, x, y, r, shape, ends) {
  shape(c, x, y, r);
  c.closePath();
  for (const [u, v] of ends) {
    c.moveTo(x - r * u, y - r * v);
    c.lineTo(x + r * u, y + r * v);
  }
}

const SHAPES = {
  circle: (c, x, y, r) => c.arc(x, y, r, 0, 2 * Math.PI),
  square: along([[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]]),
  diamond: along([[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]]),
  "triangle-up": along([[0, -1.15], [1.1, 0.85], [-1.1, 0.85]]),
  "triangle-down": along([[0, 1.15], [1.1, -0.85], [-1.1, -0.85]]),
  cross: along([[-T, -1.1], [T, -1.1], [T, -T], [1.1, -T], [1.1, T], [T, T], [T, 1.1], [-T, 1.1], [-T, T], [-1.1, T], [-1.1, -T], [-T, -T]]),
  "triangle-left": along([[-1.15, 0], [0.85, 1.1], [0.85, -1.1]]),
  "triangle-right": along([[1.15, 0], [-0.85, 1.1], [-0.85, -1.1]]),
  x: along([[0, -0.5], [0.6, -1.1], [1.1, -0.6], [0.5, 0], [1.1, 0.6], [0.6, 1.1], [0, 0.5], [-0.6, 1.1], [-1.1, 0.6], [-0.5, 0], [-1.1, -0.6], [-0.6, -1.1]]),
  "triangle-ne": along([[-1.2, -0.8], [0.8, -0.8], [0.8, 1.2]]),
  "triangle-sw": along([[1.2, 0.8], [-0.8, 0.8], [-0.8, -1.2]]),
  "triangle-nw": along([[1.2, -0.8], [-0.8, -0.8], [-0.8, 1.2]]),
  "triangle-se": along([[-1.2, 0.8], [0.8, 0.8], [0.8, -1.2]]),
  "star-diamond": along([[0, -1.4], [0.35, -0.35], [1.4, 0], [0.35, 0.35], [0, 1.4], [-0.35, 0.35], [-1.4, 0], [-0.35, -0.35]]),
  "circle-cross": (c, x, y, r) => lines(c, x, y, r, SHAPES.circle, [[1, 0], [0, 1]]),
  "circle-x": (c, x, y, r) => lines(c, x, y, r, SHAPES.circle, [[0.7, 0.7], [0.7, -0.7]]),
  "square-cross": (c, x, y, r) => lines(c, x, y, r, SHAPES.square, [[0.88, 0], [0, 0.88]]),
  pentagon: polygon(5),
  hexagon: polygon(6),
  star: (c, x, y, r) => {
    for (let i = 0; i < 10; i++) {
      const [size, angle] = [i % 2 ? 0.55 * r : 1.3 * r, -Math.PI / 2 + (Math.PI * i) / 5];
      c.lineTo(x + size * Math.cos(angle), y + size * Math.sin(angle));
    }
  },
};

export function mark(c, symbol, x, y, r, colour, halo) {
  const open = symbol.endsWith("-open");
  c.setLineDash([]);
  c.beginPath();
  SHAPES[symbol.replace("-open", "")](c, x, y, r);
  c.closePath();
  c.fillStyle = open ? halo : colour;
  c.strokeStyle = open ? colour : halo;
  c.lineWidth = open ? 2 : 1.2;
  c.fill();
  c.stroke();
}

// Where somebody left the picture.
export function leftMark(c, x, y, colour, halo) {
  c.setLineDash([]);
  for (const [width, style] of [[6, halo], [3, colour]]) {
    c.beginPath();
    c.moveTo(x - 6, y - 6);
    c.lineTo(x + 6, y + 6);
    c.moveTo(x + 6, y - 6);
    c.lineTo(x - 6, y + 6);
    c.lineWidth = width;
    c.strokeStyle = style;
    c.stroke();
  }
}

export function arrow(c, x, y, dx, dy, colour, halo, { dash = [], width = 2 } = {}) {
  const length = Math.hypot(dx, dy);
  if (!(length > 3)) return;
  const [u, v] = [dx / length, dy / length];
  const head = Math.min(9, 0.6 * length);
  const [tipX, tipY] = [x + dx, y + dy];
  for (const [extra, style] of [[2.5, halo], [0, colour]]) {
    c.strokeStyle = c.fillStyle = style;
    c.lineWidth = width + extra;
    c.setLineDash(extra ? [] : dash);
    c.beginPath();
    c.moveTo(x, y);
    c.lineTo(tipX - u * head * 0.8, tipY - v * head * 0.8);
    c.stroke();
    c.setLineDash([]);
    c.beginPath();
    c.moveTo(tipX + u * (extra / 2), tipY + v * (extra / 2));
    c.lineTo(tipX - u * head - v * (head / 2 + extra / 2), tipY - v * head + u * (head / 2 + extra / 2));
    c.lineTo(tipX - u * head + v * (head / 2 + extra / 2), tipY - v * head - u * (head / 2 + extra / 2));
    c.closePath();
    c.fill();
  }
}
