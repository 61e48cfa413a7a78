// Maps of cells: draws each from its codes, says what lies under the pointer in all of them, and tells which cell was clicked.
const SIGN_EVERY = 26; // pixels between the signs on a map
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

async function cells(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const rgb = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
const isLight = (colour) => rgb(colour).reduce((sum, part, i) => sum + part * [0.299, 0.587, 0.114][i], 0) > 140;

// A number as the page's tables and sentences write it: 10⁻⁵ for 1e-5.
const short = (value) => {
  const size = Math.abs(value);
  const long = size > 0 && (size < 1e-4 || size >= 1e5);
  const [digits, exponent] = (long ? value.toExponential(3) : String(Number(value.toPrecision(4)))).replace(/\.?0+e/, "e").split("e");
  if (exponent === undefined) return digits;
  const power = `10${exponent.replace("+", "").replace(/./g, (sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"["0123456789-".indexOf(sign)])}`;
  return digits === "1" ? power : `${digits}×${power}`;
};

function picture({ index, across, up, codes }) {
  const canvas = new OffscreenCanvas(across, up);
  const image = new ImageData(across, up);
  const colours = codes.map(([colour]) => rgb(colour));
  index.forEach((code, i) => {
    const row = up - 1 - Math.floor(i / across);
    image.data.set([...colours[code], 255], 4 * (row * across + (i % across)));
  });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

function sign(ink, text, x, y, light, size) {
  ink.font = `bold ${size}px sans-serif`;
  ink.lineWidth = 2.5;
  ink.strokeStyle = light ? "rgba(255,255,255,0.7)" : "rgba(0,0,0,0.6)";
  ink.fillStyle = light ? "#000000" : "#ffffff";
  ink.strokeText(text, x, y);
  ink.fillText(text, x, y);
}

function paint(canvas, map, place) {
  const ratio = window.devicePixelRatio || 1;
  const side = canvas.clientWidth;
  if (!side) return;
  canvas.width = canvas.height = Math.round(side * ratio);
  const ink = canvas.getContext("2d");
  ink.scale(ratio, ratio);
  ink.imageSmoothingEnabled = false;
  ink.drawImage(map.picture, 0, 0, side, side);
  ink.textAlign = "center";
  ink.textBaseline = "middle";
  const count = Math.max(3, Math.floor(side / SIGN_EVERY));
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      const [across, up] = [(column + 0.5) / count, (row + 0.5) / count];
      const at = Math.floor(up * map.up) * map.across + Math.floor(across * map.across);
      const [colour, text] = map.codes[map.index[at]];
      ink.globalAlpha = 0.55;
      if (text) sign(ink, text, across * side, (1 - up) * side, isLight(colour), 9);
    }
  }
  ink.globalAlpha = 1;
  map.marks.forEach(([column, row, text]) => sign(ink, text === "★" ? text : `★${text}`, (column / map.across) * side, (1 - row / map.up) * side, true, 14));
  if (place) {
    const [wide, high] = [side / map.across, side / map.up];
    ink.strokeStyle = "#ffffff";
    ink.lineWidth = 3;
    const box = [place.column * wide - 2, side - (place.row + 1) * high - 2, wide + 4, high + 4];
    ink.strokeRect(...box);
    ink.strokeStyle = "#000000";
    ink.lineWidth = 1;
    ink.strokeRect(...box);
  }
}

function spoken(maps, { column, row }) {
  const { x, y, names } = maps[0];
  const what = maps.map((map) => {
    const words = map.codes[map.index[row * map.across + column]][2];
    return maps.length > 1 ? `${map.title.split(":")[0]}: ${words}` : words;
  });
  return `${names[0]} ${short(x[column])}, ${names[1]} ${short(y[row])} · ${what.join(" · ")}`;
}

function built(map) {
  const figure = document.createElement("figure");
  figure.innerHTML = '<figcaption></figcaption><canvas tabindex="0" role="img"></canvas><div class="ends"><span></span><span></span><span></span></div>';
  const [low, middle, high] = figure.querySelectorAll("span");
  const [last, top] = [map.x.length - 1, map.y.length - 1];
  low.textContent = short(map.x[0]);
  middle.textContent = `${map.names[0]} →, ${map.names[1]} ↑ ${short(map.y[0])} … ${short(map.y[top])}`;
  high.textContent = short(map.x[last]);
  return figure;
}

export default async function ({ data, parentElement, setTriggerValue }) {
  const state = (parentElement.cellMaps ??= { place: null });
  const turn = (state.turn = (state.turn ?? 0) + 1);
  const maps = await Promise.all(
    data.maps.map(async (map) => {
      const index = await cells(map.index);
      return { ...map, index, picture: picture({ ...map, index }) };
    }),
  );
  if (turn !== state.turn) return;
  const [box, legend, said] = ["maps", "legend", "said"].map((name) => parentElement.querySelector(`.${name}`));
  box.classList.toggle("wide", data.wide);
  if (box.children.length !== maps.length) box.replaceChildren(...maps.map(built));
  const canvases = [...box.querySelectorAll("canvas")];
  const repaint = () => canvases.forEach((canvas, i) => paint(canvas, maps[i], state.place));
  const move = (place) => {
    state.place = place;
    said.textContent = place ? `${spoken(maps, place)} · ${data.texts.click}` : data.texts.point;
    requestAnimationFrame(repaint);
  };
  const pick = (map) => state.place && setTriggerValue("picked", { map, ...state.place });
  const within = (value, count) => Math.min(count - 1, Math.max(0, value));
  canvases.forEach((canvas, i) => {
    const { across, up, title } = maps[i];
    const under = (event) => {
      const frame = canvas.getBoundingClientRect();
      const [x, y] = [(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height];
      return { column: within(Math.floor(x * across), across), row: within(Math.floor((1 - y) * up), up) };
    };
    canvas.closest("figure").querySelector("figcaption").textContent = title;
    canvas.setAttribute("aria-label", `${title}. Arrow keys move, Enter races from there.`);
    canvas.onpointermove = (event) => move(under(event));
    canvas.onpointerleave = () => move(null);
    canvas.onclick = (event) => {
      move(under(event));
      pick(i);
    };
    canvas.onkeydown = (event) => {
      if (event.key === "Enter") pick(i);
      const way = KEYS[event.key];
      if (!way) return;
      event.preventDefault();
      const from = state.place ?? { column: Math.floor(across / 2), row: Math.floor(up / 2) };
      const stride = event.shiftKey ? 10 : 1;
      move({ column: within(from.column + stride * way[0], across), row: within(from.row + stride * way[1], up) });
    };
  });
  legend.replaceChildren(
    ...data.legend.map(([colour, text, words]) => {
      const item = document.createElement("span");
      const chip = document.createElement("i");
      chip.style.background = colour;
      chip.style.color = isLight(colour) ? "#000000" : "#ffffff";
      chip.textContent = text;
      item.append(chip, words);
      return item;
    }),
  );
  state.watcher?.disconnect();
  state.watcher = new ResizeObserver(repaint);
  state.watcher.observe(box);
  move(state.place);
  return () => state.watcher.disconnect();
}
