import { halvesOf } from '../../../src/learning/folds.ts';
import type { TrainingRow } from '../../../src/learning/trainer.ts';
import { createRandom } from '../../../src/simulator/chance.ts';
import { engine } from '../engine.ts';
import { left, right, signed, three, withInterval } from '../figures.ts';
import { coinRouter, gapRouter, lengthRouter, tagMeansRouter } from '../learners.ts';
import { type LabelSet, labelSets, rowsOfSet } from '../own-label-sets.ts';
import { type HeldOut, type Pair, type PairFigures, pairFigures } from '../pair-figures.ts';
import type { Aim, BenchOptions, BenchTable } from '../table.ts';

const sizes = [25, 100, 500] as const;
/** Small draws differ most. */
const draws = { 25: 10, 100: 6, 500: 4 } as const;

/** What the first few labels are worth. */
export const learningCurve: BenchTable = {
  name: 'learning-curve',
  title: 'Learning curve: APGR at 25, 100 and 500 labels',
  protocol:
    'From one half of each set so many rows are drawn, ten, six and four times anew; a policy learns from them, and only from the models of the set’s pairs, and is told on the whole other half; the draws are averaged, and the intervals hold what another draw would have given. Length learns its sign from the same rows. A policy that knows nothing yet has .500, as the best constant and the coin have.',
  sources: ['routellm', 'ulab_llmrouter', 'reasoning_gym', 'bfcl_2024_08'],
  measure: async (options) => {
    const rows: string[][] = [];
    const aims: Aim[] = [];
    let done = 0;
    for (const set of labelSets) {
      const pair = set.pairs[0] as Pair;
      const tagged = (await rowsOfSet(set)).tagged.map((row) => onlyPairs(row, set));
      const known: { readonly size: number; readonly figures: PairFigures }[] = [];
      for (const size of sizes) {
        done += 1;
        const figures = curveAt(set, pair, tagged, size, options);
        options.progress(done, sizes.length * labelSets.length);
        if (!figures) continue;
        known.push({ size, figures });
        rows.push(...linesOf(set, size, figures));
      }
      aims.push(aimOf(set, known));
    }
    return {
      columns: [
        left('set'),
        right('labels'),
        left('router'),
        right('APGR (95 %)'),
        right('over length (95 %)'),
        right('over the coin (95 %)'),
      ],
      rows,
      notes: [],
      aims,
    };
  },
};

const names = ['text', 'text and tag', 'tag means', 'length, learnt sign', 'random'] as const;

const curveAt = (
  set: LabelSet,
  pair: Pair,
  tagged: readonly TrainingRow[],
  size: (typeof sizes)[number],
  { seed, resamples, isQuick }: BenchOptions,
): PairFigures | undefined => {
  const [training, test] = halvesOf(tagged, { seed });
  if (training.length < size) return undefined;
  const plainTest = test.map(withoutTag);
  const heldOut = Array.from({ length: isQuick ? 2 : draws[size] }, (_, draw): HeldOut => {
    const labels = createRandom('learning curve', seed, set.name, size, draw).some(training, size);
    const plain = labels.map(withoutTag);
    return {
      test,
      scores: {
        text: gapRouter(engine(plain, seed), pair)(plainTest),
        'text and tag': gapRouter(engine(labels, seed), pair)(test),
        'tag means': tagMeansRouter(labels, pair)(test),
        'length, learnt sign': lengthRouter(plain, pair)(plainTest),
        random: coinRouter(test),
      } satisfies Record<(typeof names)[number], Float64Array>,
    };
  });
  return pairFigures(heldOut, pair, {
    seed,
    resamples: Math.ceil(resamples / 2),
    drawsFits: true,
  });
};

const linesOf = (set: LabelSet, size: number, figures: PairFigures): readonly string[][] =>
  names.map((name, at) => [
    at === 0 ? set.name : '',
    at === 0 ? `${size}` : '',
    name,
    withInterval(figures.routers[name]?.apgr),
    name.startsWith('length') ? '' : withInterval(figures.gain(name, 'length, learnt sign'), signed),
    name === 'random' ? '' : withInterval(figures.gain(name, 'random'), signed),
  ]);

/** Never below length or a coin by more than noise, and rising. */
const aimOf = (
  { name }: LabelSet,
  known: readonly { readonly size: number; readonly figures: PairFigures }[],
): Aim => {
  const routers = ['text', 'text and tag'] as const;
  const value = (figures: PairFigures, router: string): number =>
    figures.routers[router]?.apgr.value ?? Number.NaN;
  const below = known.flatMap(({ size, figures }) =>
    routers.flatMap((router) =>
      ['length, learnt sign', 'random'].flatMap((control) =>
        figures.gain(router, control).high < 0 ? [`${router} below ${control} at ${size}`] : [],
      ),
    ),
  );
  const first = known[0]?.figures;
  const last = known.at(-1)?.figures;
  const falls = routers.filter((router) => first && last && value(last, router) < value(first, router));
  return {
    what: `${name}, learning curve`,
    aim: 'never below length or a coin by more than noise, and rising',
    measured: [
      ...routers.map(
        (router) => `${router} ${known.map(({ figures }) => three(value(figures, router))).join(' → ')}`,
      ),
      ...below,
      ...falls.map((router) => `${router} falls`),
    ].join('; '),
    isMet: below.length === 0 && falls.length === 0,
  };
};

const onlyPairs = (row: TrainingRow, { pairs }: LabelSet): TrainingRow => {
  const names = new Set(pairs.flatMap(({ weak, strong }) => [weak, strong]));
  return {
    ...row,
    outcomes: Object.fromEntries(Object.entries(row.outcomes).filter(([name]) => names.has(name))),
  };
};

const withoutTag = (row: TrainingRow): TrainingRow => ({ ...row, subject: { ...row.subject, tags: {} } });
