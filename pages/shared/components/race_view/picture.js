// The view at this moment as one picture, put together in the browser: every part where it stands on the screen.

const SCALE = 2;
const MARGIN = 16;
const WORDS = ".rv-lead > *, .rv-formula, .rv-panel figcaption > *, .rv-board h2 > *, .rv-list :is(b, i, span, em, strong)";

// A text as it stands on the page, cut off where the page cuts it off.
function write(c, element, [left, top]) {
  const { font, color, textAlign } = getComputedStyle(element);
  const { width, height } = element.getBoundingClientRect();
  if (!width || !element.textContent) return;
  c.save();
  c.beginPath();
  c.rect(left - 1, top - 4, width + 2, height + 8);
  c.clip();
  Object.assign(c, { font, fillStyle: color, textAlign: textAlign === "right" ? "right" : "left", textBaseline: "middle" });
  c.fillText(element.textContent, textAlign === "right" ? left + width : left, top + height / 2);
  c.restore();
}

export async function picture({ stage, heard, root }) {
  const parts = await Promise.all(stage.parts.map(async (part) => ({ box: part.box, layers: await part.layers() })));
  const frame = root.querySelector(".rv-lead").getBoundingClientRect();
  const place = (element) => {
    const { left, top } = element.getBoundingClientRect();
    return [left - frame.left + MARGIN, top - frame.top + MARGIN];
  };
  const board = root.querySelector(".rv-board");
  const bottom = Math.max(...[...parts.map(({ box }) => box), board].map((box) => place(box)[1] + box.getBoundingClientRect().height));
  const [width, height] = [frame.width + 2 * MARGIN, bottom + MARGIN];
  const canvas = Object.assign(document.createElement("canvas"), { width: width * SCALE, height: height * SCALE });
  const c = canvas.getContext("2d");
  c.scale(SCALE, SCALE);
  c.fillStyle = heard.theme.halo;
  c.fillRect(0, 0, width, height);
  for (const { box, layers } of parts) {
    for (const layer of layers) c.drawImage(layer, ...place(box), box.clientWidth, box.clientHeight);
  }
  for (const element of root.querySelectorAll(WORDS)) write(c, element, place(element));
  const link = document.createElement("a");
  link.download = "race.png";
  link.href = canvas.toDataURL("image/png");
  link.click();
}
