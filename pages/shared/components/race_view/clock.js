// The one clock: which frame is shown. A frame is a number of steps done; between two steps it is a fraction.

const LENGTH = 8; // seconds that a whole race takes at speed 1, however many steps it has

export class Clock {
  constructor({ shown, stopped, gliding }) {
    Object.assign(this, { shown, stopped, gliding, frame: 0, steps: 1, speed: 1, playing: false });
  }

  get ended() {
    return this.frame >= this.steps;
  }

  // Another race of so many steps: who stood at the end stays at the end, everybody else where they are.
  length(steps) {
    const ended = this.ended;
    this.steps = steps;
    this.frame = ended && !this.playing ? steps : Math.min(this.frame, steps);
  }

  toggle() {
    this.playing ? this.pause() : this.play();
  }

  play() {
    if (this.playing) return;
    if (this.ended) this.frame = 0;
    this.playing = true;
    this.exact = this.frame;
    this.before = undefined;
    this.shown();
    this.request = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    if (!this.playing) return;
    // The first timestamp may lie before the call that asked for it.
    const seconds = Math.max(0, now - (this.before ?? now)) / 1000;
    this.before = now;
    this.exact = Math.min(this.steps, this.exact + (seconds * this.speed * this.steps) / LENGTH);
    this.frame = this.gliding() ? this.exact : Math.floor(this.exact);
    if (this.exact >= this.steps) return this.pause();
    this.shown();
    this.request = requestAnimationFrame((later) => this.tick(later));
  }

  pause() {
    cancelAnimationFrame(this.request);
    this.playing = false;
    this.seek(this.frame);
    this.stopped();
  }

  seek(frame) {
    this.frame = this.exact = Math.min(this.steps, Math.max(0, Math.floor(frame)));
    this.shown();
  }

  step(by) {
    const from = by < 0 ? Math.ceil(this.frame) : Math.floor(this.frame);
    if (this.playing) {
      cancelAnimationFrame(this.request);
      this.playing = false;
    }
    this.seek(from + by);
    this.stopped();
  }
}
