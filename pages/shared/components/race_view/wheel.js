// The wheel over a picture: it scrolls the page, as beside the picture, and zooms the picture while Ctrl or Cmd is held.

const STEEP = 0.01; // how much nearer a pixel of the wheel brings; two fingers spread on a touchpad come as a wheel of few pixels, and
const MOST = 0.25; // the notch of a mouse as one of a hundred or more
const [SHOWN, QUIET] = [2000, 20000]; // milliseconds for which the hint is shown, and for which it is not shown again

export class Wheel {
  // `zoom(factor, event)` shows the picture that many times larger.
  constructor(chart, zoom) {
    this.hint = Object.assign(document.createElement("div"), { className: "rv-wheel", hidden: true });
    this.hint.dataset.text = "wheel";
    this.hint.setAttribute("aria-hidden", "true"); // who hears the page has no wheel in hand
    this.quiet = 0;
    chart.before(this.hint);
    chart.addEventListener("wheel", (event) => this.turned(event, zoom), { capture: true, passive: false });
  }

  turned(event, zoom) {
    event.stopPropagation(); // Plotly's scenes refuse the page its scroll, even those that do not zoom
    if (!event.ctrlKey && !event.metaKey) return this.remind();
    event.preventDefault(); // else the browser zooms the whole page
    this.hint.hidden = true;
    const { deltaY } = event; // in pixels, as long as nobody asks for its unit: a page that does gets lines from Firefox
    zoom(Math.exp(-Math.sign(deltaY) * Math.min(MOST, STEEP * Math.abs(deltaY))), event);
  }

  remind() {
    if (performance.now() < this.quiet) return;
    this.quiet = performance.now() + QUIET;
    this.hint.hidden = false;
    setTimeout(() => (this.hint.hidden = true), SHOWN);
  }
}
