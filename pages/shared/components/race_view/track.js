// One racer's numbers: its place, its loss and its point on the curve at any frame.

const FAINT = 0.25;

export class Track {
  // `columns` are typed arrays of all racers together, of which rows `from` to `from + facts.rows` are this one's.
  constructor(facts, columns, from, race) {
    Object.assign(this, facts);
    this.race = race;
    const own = (name) => columns[name]?.subarray(from, from + facts.rows);
    for (const name of ["x", "y", "loss", "step", "place", "curve", "slope_x", "slope_y", "velocity_x", "velocity_y"]) this[name] = own(name);
    // Where the pictures show a plane that the racer is not on: the same racer with the loss that the plane has there.
    if (columns.projected) this.onPlane = thread(this, { loss: own("projected") });
    this.end = this.row(facts.last);
    while (this.end > 0 && !(Number.isFinite(this.x[this.end]) && Number.isFinite(this.y[this.end]))) this.end--;
  }

  // How much of it is seen beside a racer that stands out.
  get opacity() {
    return this.faint ? FAINT : 1;
  }

  stepOf(row) {
    return this.step ? this.step[row] : row;
  }

  // The last shown row at or before a frame.
  row(frame) {
    if (!this.step) return Math.min(Math.floor(frame), this.rows - 1);
    let [low, high] = [0, this.rows - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      this.step[middle] <= frame ? (low = middle) : (high = middle - 1);
    }
    return low;
  }

  // The row that is shown at a frame: a racer that has stopped stays where it was last seen.
  shown(frame) {
    return Math.min(this.row(frame), this.end);
  }

  lossAt(row) {
    return this.race.base + this.loss[row];
  }

  // The loss that a leader board shows; the last is exact.
  score(frame) {
    if (frame >= this.race.steps) return this.end_loss;
    const row = Math.min(this.row(frame), this.rows - 1);
    return this.race.base + (this.reported ?? this).loss[row];
  }

  // The thin line beside its own: what it reports, or what the plane says of it, where that is something else.
  get beside() {
    return this.reported ?? this.onPlane ?? [];
  }

  // A point's height on the surface.
  height(row) {
    const { log, lowest, floor, base, unit, lift } = this.race.scale;
    // The bases are subtracted first: beside a large one the loss would lose its digits.
    const { loss } = this.onPlane ?? this;
    const above = (from) => loss[row] + (this.race.base - from);
    return (log ? Math.log10(Math.max(above(lowest), floor)) : above(base) / unit) + lift;
  }

  along(row) {
    return this.place ? this.place[row] : this.stepOf(row);
  }

  curveAt(row) {
    if (this.curve) return this.curve[row];
    return this.race.curve.above ? this.loss[row] : this.lossAt(row);
  }

  // The share of the way from a shown row to the next that a gliding frame has gone.
  share(frame, row) {
    if (row >= this.end || row + 1 >= this.rows) return 0;
    const from = this.stepOf(row);
    return Math.min(1, Math.max(0, (frame - from) / (this.stepOf(row + 1) - from)));
  }
}

// The racers of a race, and those of them that are not hidden: these are drawn, and the board still lists all.
export function fieldOf(race, columns) {
  const racers = tracksOf(race, columns);
  return { racers, tracks: racers.filter(({ hidden }) => !hidden) };
}

export function tracksOf(race, columns) {
  let [from, reported] = [0, 0];
  return race.racers.map((facts) => {
    const track = new Track(facts, columns, from, race);
    track.end_loss = facts.end ?? NaN;
    from += facts.rows;
    if (facts.reports) {
      const own = (name) => columns[`reported_${name}`].subarray(reported, reported + facts.rows);
      track.reported = thread(track, Object.fromEntries(["x", "y", "loss"].map((name) => [name, own(name)])));
      reported += facts.rows;
    }
    return track;
  });
}

// The same racer as a thin line through other numbers.
const thread = (track, own) => Object.assign(Object.create(track), own, { thin: true, dash: "solid" });
