/** Names that somebody who wrote `wrong` may have meant, nearest first; none where nothing comes near. */
export const nearNames = (wrong: string, known: Iterable<string>, limit = 3): readonly string[] => {
  const target = wrong.toLowerCase().slice(0, longest);
  if (target === '') return [];
  const scored: { readonly name: string; readonly score: number }[] = [];
  for (const name of new Set(known)) {
    const score = distanceScore(target, name.toLowerCase());
    if (score <= farthest) scored.push({ name, score });
  }
  scored.sort((a, b) => a.score - b.score || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  const best = scored[0]?.score ?? 0;
  return scored
    .filter(({ score }) => score <= best * 2 + 0.01)
    .slice(0, limit)
    .map(({ name }) => name);
};

/** A suggestion made of near names: `Did you mean "a" or "b"?`; undefined where none is near. */
export const didYouMean = (wrong: string, known: Iterable<string>): string | undefined => {
  const names = nearNames(wrong, known).map((name) => `"${name}"`);
  if (names.length === 0) return undefined;
  return `Did you mean ${names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`}?`;
};

/** Letters to insert, drop, change or swap with the next one to get from one word to the other. */
export const editDistance = (from: string, to: string): number => {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwap =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (isSwap) best = Math.min(best, (before[column - 2] ?? 0) + 1);
      current.push(best);
    }
    before = last;
    last = current;
  }
  return last[to.length] ?? 0;
};

const longest = 80;
/** Share of letters that may differ. */
const farthest = 0.4;

const distanceScore = (wrong: string, name: string): number => {
  if (wrong === name) return 0;
  // a part of the right name: "claude-sonnet-5" for "anthropic/claude-sonnet-5"
  if (wrong.length >= 3 && name.endsWith(`/${wrong}`)) return 0.05;
  const whole = editDistance(wrong, name) / Math.max(wrong.length, name.length);
  const withoutProvider =
    name.includes('/') && !wrong.includes('/') ? name.slice(name.indexOf('/') + 1) : name;
  const part = 0.05 + editDistance(wrong, withoutProvider) / Math.max(wrong.length, withoutProvider.length);
  const start = wrong.length >= 4 && withoutProvider.startsWith(wrong) ? 0.3 : 1;
  return Math.min(whole, part, start);
};
