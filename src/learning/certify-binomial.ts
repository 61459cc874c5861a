/**
 * The largest chance at which so few successes in so many tries would still be seen with probability
 * 1 − confidence: Clopper and Pearson's exact bound from above, for one side.
 */
export const upperBound = (successes: number, tries: number, confidence = 0.95): number => {
  if (tries === 0 || successes >= tries) return 1;
  let low = successes / tries;
  let high = 1;
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (chanceOfAtMost(successes, tries, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
};

/** The chance of at most so many successes, each of this chance. */
export const chanceOfAtMost = (successes: number, tries: number, chance: number): number => {
  const odds = Math.log(chance) - Math.log1p(-chance);
  let logTerm = tries * Math.log1p(-chance);
  let sum = Math.exp(logTerm);
  for (let count = 1; count <= successes; count += 1) {
    logTerm += Math.log((tries - count + 1) / count) + odds;
    sum += Math.exp(logTerm);
  }
  return sum;
};
