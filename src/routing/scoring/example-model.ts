/** A request somebody said a tool answers, as terms. */
export interface Example {
  readonly candidate: number;
  readonly terms: readonly string[];
}

/** Judges requests by examples: softmax regression over weighted words and pairs of words. */
export interface ExampleModel {
  /** Likelihood of each candidate that has examples, 0 to 1; nothing when no word of the request is known. */
  judge(terms: readonly string[]): ReadonlyMap<number, number>;
}

const ROUNDS = 6;
const RATE = 0.5;
/** Errors below this don't move a weight: nearly all of them, so a round costs a fraction. */
const NEGLIGIBLE = 0.01;
/** Weights of all features and candidates together; beyond it training would take seconds. */
const MOST_WEIGHTS = 8_000_000;
const LEAST_EXAMPLES = 30;

/** Undefined where there are too few examples to learn from, or too many to learn in a second. */
export function trainExamples(examples: readonly Example[]): ExampleModel | undefined {
  const classes = [...new Set(examples.map(({ candidate }) => candidate))];
  if (examples.length < LEAST_EXAMPLES || classes.length < 2) return undefined;
  const features = createFeatures(examples);
  const width = classes.length;
  if (features.size * width > MOST_WEIGHTS) return undefined;
  const placeOf = new Map(classes.map((candidate, place) => [candidate, place]));
  const rows = examples.map(({ candidate, terms }) => ({
    wanted: placeOf.get(candidate) ?? 0,
    vector: features.vector(terms),
  }));
  const weights = train(rows, features.size, width);
  const scores = new Float32Array(width);
  return {
    judge(terms) {
      const vector = features.vector(terms);
      if (vector.length === 0) return new Map();
      predict(weights, vector, scores);
      return new Map(classes.map((candidate, place) => [candidate, scores[place] ?? 0]));
    },
  };
}

type Vector = readonly (readonly [feature: number, value: number])[];

interface Features {
  readonly size: number;
  /** Of length 1, less by the words no example holds: what is hardly understood must not sound sure. */
  vector(terms: readonly string[]): Vector;
}

function createFeatures(examples: readonly Example[]): Features {
  const holders = new Map<string, number>();
  for (const { terms } of examples) {
    for (const feature of new Set(featuresOf(terms))) holders.set(feature, (holders.get(feature) ?? 0) + 1);
  }
  const ids = new Map<string, { id: number; rareness: number }>();
  for (const [feature, count] of holders) {
    // A pair of words that occurs once teaches nothing its words don't.
    if (count === 1 && feature.includes(' ')) continue;
    ids.set(feature, { id: ids.size, rareness: Math.log((examples.length + 1) / (count + 0.5)) });
  }
  const rarest = Math.log((examples.length + 1) / 0.5);
  const vector = (terms: readonly string[]): Vector => {
    const values = new Map<number, number>();
    for (const feature of new Set(featuresOf(terms))) {
      const known = ids.get(feature);
      if (known) values.set(known.id, known.rareness);
    }
    const unknown = new Set(terms).size - [...new Set(terms)].filter((term) => ids.has(term)).length;
    const length = Math.hypot(...values.values(), rarest * Math.sqrt(unknown)) || 1;
    return [...values].map(([id, value]) => [id, value / length]);
  };
  return { size: ids.size, vector };
}

function featuresOf(terms: readonly string[]): string[] {
  return [...terms, ...terms.slice(1).map((term, place) => `${terms[place]} ${term}`)];
}

interface Row {
  readonly wanted: number;
  readonly vector: Vector;
}

/** The weights of a feature stand together, one a candidate. */
function train(rows: readonly Row[], size: number, width: number): Float32Array {
  const weights = new Float32Array(size * width);
  const squares = new Float32Array(size * width).fill(0.01);
  const errors = new Float32Array(width);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const at of shuffled(rows.length, round)) {
      const { wanted, vector } = rows[at] ?? { wanted: 0, vector: [] };
      predict(weights, vector, errors);
      errors[wanted] = (errors[wanted] ?? 0) - 1;
      correct({ weights, squares }, vector, errors);
    }
  }
  return weights;
}

/** Moves the weights against the errors, the less the more a weight was moved before. */
function correct(
  { weights, squares }: { readonly weights: Float32Array; readonly squares: Float32Array },
  vector: Vector,
  errors: Float32Array,
): void {
  const active: number[] = [];
  for (let place = 0; place < errors.length; place += 1) {
    if (Math.abs(errors[place] ?? 0) > NEGLIGIBLE) active.push(place);
  }
  for (const [feature, value] of vector) {
    for (const place of active) {
      const cell = feature * errors.length + place;
      const slope = (errors[place] ?? 0) * value;
      const square = (squares[cell] ?? 0) + slope * slope;
      squares[cell] = square;
      weights[cell] = (weights[cell] ?? 0) - (RATE * slope) / Math.sqrt(square);
    }
  }
}

function predict(weights: Float32Array, vector: Vector, into: Float32Array): void {
  const width = into.length;
  into.fill(0);
  for (const [feature, value] of vector) {
    const start = feature * width;
    for (let place = 0; place < width; place += 1)
      into[place] = (into[place] ?? 0) + (weights[start + place] ?? 0) * value;
  }
  let top = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < width; place += 1) top = Math.max(top, into[place] ?? 0);
  let sum = 0;
  for (let place = 0; place < width; place += 1) {
    const value = Math.exp((into[place] ?? 0) - top);
    into[place] = value;
    sum += value;
  }
  for (let place = 0; place < width; place += 1) into[place] = (into[place] ?? 0) / sum;
}

/** Another order each round, and the same orders each time: answers must not depend on luck. */
function shuffled(length: number, round: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, at) => at);
  let seed = 1 + round;
  for (let at = length - 1; at > 0; at -= 1) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
    const other = seed % (at + 1);
    const kept = order[at] ?? 0;
    order[at] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}
