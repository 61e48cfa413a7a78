// The view at this moment as one picture, put together in the browser.

import { number } from "./board.js";
import { filled } from "./texts.js";

const SCALE = 2;
const [MARGIN, LINE] = [20, 22];

function loaded(address) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("a part of the picture could not be drawn"));
    image.src = address;
  });
}

async function drawn(Plotly, part) {
  const [width, height] = part.view.size();
  const ground = await loaded(await Plotly.toImage(part.plot, { format: "png", width, height, scale: SCALE }));
  return { width, height, layers: [ground, ...part.ink.layers] };
}

export async function picture({ stage, tracks, clock, order, heard, texts, root }) {
  const parts = await Promise.all([stage.surface, stage.map, stage.curve].filter((part) => part?.ink).map((part) => drawn(stage.Plotly, part)));
  const width = Math.max(...parts.map((part) => part.width)) * (parts.length > 2 ? 2 : 1) + 2 * MARGIN;
  const perRow = parts.length > 2 ? 2 : 1;
  const rows = [];
  for (let i = 0; i < parts.length; i += perRow) rows.push(parts.slice(i, i + perRow));
  const tall = rows.reduce((sum, row) => sum + Math.max(...row.map((part) => part.height)), 0);
  const canvas = document.createElement("canvas");
  const last = rows.at(-1);
  const height = tall + 3 * MARGIN + (perRow === 1 ? (tracks.length + 1) * LINE : 0) + 2 * LINE;
  Object.assign(canvas, { width: width * SCALE, height: height * SCALE });
  const c = canvas.getContext("2d");
  c.scale(SCALE, SCALE);
  c.fillStyle = heard.theme.halo;
  c.fillRect(0, 0, width, height);
  c.fillStyle = heard.theme.text;
  c.font = `600 18px ${getComputedStyle(root).fontFamily}`;
  c.fillText(filled(texts.picture, { title: heard.title, step: Math.floor(clock.frame), steps: clock.steps }), MARGIN, MARGIN + LINE / 2);
  let y = MARGIN + 1.5 * LINE;
  for (const row of rows) {
    let x = MARGIN;
    for (const part of row) {
      for (const layer of part.layers) c.drawImage(layer, x, y, part.width, part.height);
      x += (width - 2 * MARGIN) / perRow;
    }
    y += Math.max(...row.map((part) => part.height));
  }
  const [left, top] = perRow === 1 ? [MARGIN, y + LINE] : [MARGIN + (width - 2 * MARGIN) / 2 + 24, y - last[0].height + 2 * LINE];
  c.font = `15px ${getComputedStyle(root).fontFamily}`;
  order.forEach((i, rank) => {
    c.fillStyle = tracks[i].colour;
    c.fillText(tracks[i].sign, left, top + rank * LINE);
    c.fillStyle = heard.theme.text;
    const row = { rank: rank + 1, name: tracks[i].label, loss: number(tracks[i].score(clock.frame)) };
    c.fillText(filled(texts.picture_row, row), left + LINE, top + rank * LINE);
  });
  const link = document.createElement("a");
  link.download = "race.png";
  link.href = canvas.toDataURL("image/png");
  link.click();
}
