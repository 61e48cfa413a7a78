// The surface looked at from elsewhere: turned, tilted and brought nearer by mouse, wheel, keys and fingers, within limits.
//
// The camera is moved here and not by Plotly, whose scenes are told not to turn by themselves. Plotly's camera goes on for a while
// after the hand: put right after each move, so as not to look from below 8 degrees, it still drew 40 of 42 frames from down to -28.

import { corner, tool } from "./tools.js";
import { Wheel } from "./wheel.js";

const SCENE = ".gl-container";
const LIMITS = { tilt: [8, 85], zoom: [0.6, 3] }; // degrees above the floor, and times the size at first
const [TURN, TILT, ZOOM] = [7.5, 5, 1.15]; // what a key does: degrees, degrees, times
const DRAGGED = 180; // degrees for a drag as long as the picture is high
const DEGREE = Math.PI / 180;
const UP = [0, 0, 1];
const RESET = "M10 3a7 7 0 1 1-6.7 5h2.1A5 5 0 1 0 10 5v3L5.5 4.5 10 1z";
const SAME = 1e-9; // what turning there and back may leave, in degrees and times
const KEYS = {
  ArrowLeft: (orbit) => orbit.turn(-TURN, 0),
  ArrowRight: (orbit) => orbit.turn(TURN, 0),
  ArrowUp: (orbit) => orbit.turn(0, TILT),
  ArrowDown: (orbit) => orbit.turn(0, -TILT),
  "+": (orbit) => orbit.zoom(ZOOM),
  "=": (orbit) => orbit.zoom(ZOOM), // the key of + without Shift
  "-": (orbit) => orbit.zoom(1 / ZOOM),
  0: (orbit) => orbit.reset(),
};

const within = (value, [low, high]) => Math.min(high, Math.max(low, value));
const vector = ({ x, y, z }) => [x, y, z];
const sight = ({ eye, center }) => ["x", "y", "z"].map((side) => eye[side] - center[side]);

export class Orbit {
  home = null; // the camera that came with the surface

  // `changed(pose)` hears of every change, whoever made it.
  constructor(chart, changed) {
    Object.assign(this, { chart, changed });
    Object.assign(chart, { tabIndex: 0, role: "application" }); // so that its keys reach it through a screen reader too
    chart.addEventListener("keydown", (event) => this.pressed(event));
    chart.addEventListener("mousedown", (event) => this.grab(event));
    chart.addEventListener("dblclick", () => this.reset());
    corner(chart.parentElement).append(tool("reset_camera", RESET, () => this.reset()));
    new Wheel(chart, (factor) => this.zoom(factor));
  }

  get scene() {
    return this.chart._fullLayout?.scene?._scene;
  }

  // From where it is looked at: degrees round the vertical, degrees above the floor, and how many times larger than at first.
  get pose() {
    const [x, y, z] = sight(this.scene.getCamera());
    const distance = Math.hypot(x, y, z);
    return { azimuth: Math.atan2(y, x) / DEGREE, tilt: Math.asin(z / distance) / DEGREE, zoom: Math.hypot(...sight(this.home)) / distance };
  }

  // Look from there, or from the nearest place that is within the limits.
  look({ azimuth, tilt, zoom }) {
    if (!this.scene) return;
    const before = this.pose;
    const pose = { azimuth, tilt: within(tilt, LIMITS.tilt), zoom: within(zoom, LIMITS.zoom) };
    if (Object.keys(pose).every((name) => Math.abs(pose[name] - before[name]) < SAME)) return;
    const distance = Math.hypot(...sight(this.home)) / pose.zoom;
    const [across, up] = [distance * Math.cos(pose.tilt * DEGREE), distance * Math.sin(pose.tilt * DEGREE)];
    const [x, y, z] = vector(this.home.center);
    this.place([x + across * Math.cos(azimuth * DEGREE), y + across * Math.sin(azimuth * DEGREE), z + up]);
  }

  turn(azimuth, tilt) {
    if (!this.scene) return;
    const { pose } = this;
    this.look({ ...pose, azimuth: pose.azimuth + azimuth, tilt: pose.tilt + tilt });
  }

  zoom(factor) {
    if (!this.scene) return;
    const { pose } = this;
    this.look({ ...pose, zoom: pose.zoom * factor });
  }

  reset() {
    if (this.scene) this.place(vector(this.home.eye));
  }

  place(eye) {
    const { scene } = this;
    scene.camera.delay = 0; // Plotly would show the next picture from a place between the last two
    scene.camera.lookAt(eye, vector(this.home.center), UP);
    scene.saveLayout(this.chart.layout);
    this.changed(this.pose);
  }

  pressed(event) {
    const does = !event.ctrlKey && !event.metaKey && !event.altKey && KEYS[event.key];
    if (!does) return;
    event.preventDefault();
    event.stopPropagation(); // the playback has arrow keys too
    does(this);
  }

  // Of the mouse, or of the one that two fingers pretend to be.
  grab(event) {
    if (!event.button && event.target.closest(SCENE)) this.drag(event);
  }

  // Turn along with the mouse from where it was pressed, on the scene or on a picture of it.
  drag(event) {
    let [x, y] = [event.clientX, event.clientY];
    const letGo = new AbortController();
    const move = ({ clientX, clientY, buttons }) => {
      if (!buttons) return letGo.abort(); // outside the window
      const degrees = DRAGGED / this.chart.clientHeight;
      this.turn((x - clientX) * degrees, (clientY - y) * degrees);
      [x, y] = [clientX, clientY];
    };
    window.addEventListener("mousemove", move, { capture: true, signal: letGo.signal });
    window.addEventListener("mouseup", () => letGo.abort(), { capture: true, signal: letGo.signal });
  }
}
