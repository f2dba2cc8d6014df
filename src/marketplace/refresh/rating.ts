/** At most this much of a score, up or down; what was asked for comes first. */
const LARGEST_RATING = 0.04;
/** With fewer votes less of it. */
const FULL_WEIGHT_VOTES = 5;
const MIDDLE = 3;

/** What stars add to a score. */
function ratingBonus([average, count]: readonly [average: number, count: number]): number {
  return LARGEST_RATING * ((average - MIDDLE) / 2) * Math.min(1, count / FULL_WEIGHT_VOTES);
}

const STEPS = 7;

/** The bonus as a small number, 0 for none: 1 to 15. */
export function ratingStep(rating: readonly [average: number, count: number] | undefined): number {
  return rating ? 1 + STEPS + Math.round((ratingBonus(rating) / LARGEST_RATING) * STEPS) : 0;
}

/** The bonus a step stands for. */
export function bonusOfStep(step: number): number {
  return step === 0 ? 0 : ((step - 1 - STEPS) / STEPS) * LARGEST_RATING;
}
