// Fingers over a chart of Plotly: a swipe scrolls the page, as it does beside the chart.
//
// Plotly takes a finger for a mouse: its plane charts refuse the scroll when a finger comes down, its scenes when it moves. So it
// hears of no finger, only of the mouse that a browser makes of a tap. A scene is turned by two fingers, or by one after a tap has
// woken it; another tap, or a touch elsewhere, puts it to sleep again.

const STILL = 10; // pixels that a tap may wander
const SCENE = ".gl-container"; // beside it in a chart are Plotly's own buttons
const LOOKS = { // how a finger is met, and how the visitor sees it
  asleep: { touchAction: "pan-y", outline: "" },
  awake: { touchAction: "none", outline: "3px solid currentColor", outlineOffset: "-3px" },
};

const middle = (fingers) => ["clientX", "clientY"].map((name) => Array.from(fingers, (finger) => finger[name]).reduce((a, b) => a + b) / fingers.length);

export function passSwipes(chart) {
  for (const kind of ["touchstart", "touchmove", "touchend", "touchcancel"]) {
    chart.addEventListener(kind, (event) => event.stopPropagation(), { capture: true, passive: true });
  }
}

export class Turning {
  constructor(chart) {
    this.chart = chart;
    this.elsewhere = ({ target }) => chart.contains(target) || this.wake(false);
    this.wake(false);
    passSwipes(chart);
    const hear = { touchstart: this.down, touchmove: this.move, touchend: this.up, touchcancel: this.lost };
    for (const [kind, does] of Object.entries(hear)) {
      chart.addEventListener(kind, (event) => event.target.closest(SCENE) && does.call(this, event), { capture: true, passive: false });
    }
  }

  wake(awake) {
    this.awake = awake;
    this.chart.toggleAttribute("data-awake", awake);
    Object.assign(this.chart.style, LOOKS[awake ? "awake" : "asleep"]);
    const change = awake ? "addEventListener" : "removeEventListener";
    document[change]("touchstart", this.elsewhere, { capture: true, passive: true });
  }

  down(event) {
    this.tap = event.targetTouches.length === 1 && middle(event.targetTouches);
    this.hold(event);
  }

  move(event) {
    const [x, y] = middle(event.targetTouches);
    if (this.tap && Math.hypot(x - this.tap[0], y - this.tap[1]) > STILL) this.tap = null;
    if (!this.held) return;
    if (event.cancelable) event.preventDefault();
    this.mouse("mousemove", [x, y], 1);
  }

  up(event) {
    const tapped = this.tap && !event.targetTouches.length;
    this.hold(event);
    if (tapped) this.wake(!this.awake);
  }

  lost() {
    this.tap = null;
    this.release();
  }

  // Take hold of the scene where the fingers are now, once for each number of them: their middle leaps when one comes or goes.
  hold(event) {
    this.release();
    const fingers = event.targetTouches;
    if (!fingers.length || fingers.length === 1 && !this.awake) return;
    if (event.cancelable) event.preventDefault();
    this.held = event.target;
    this.mouse("mousemove", middle(fingers), 0);
    this.mouse("mousedown", middle(fingers), 1);
  }

  release() {
    if (this.held) this.mouse("mouseup", this.at, 0);
    this.held = null;
  }

  // A mouse, since of a finger's turn Plotly tells nobody, and the racers over the scene would not go along.
  mouse(kind, at, buttons) {
    this.at = at;
    this.held.dispatchEvent(new MouseEvent(kind, { bubbles: true, clientX: at[0], clientY: at[1], buttons }));
  }
}
