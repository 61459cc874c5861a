import { groupBootstrap } from '../../src/kit/group-bootstrap.ts';
import type { Estimate } from '../../src/kit/statistics.ts';
import {
  averageGapRecovered,
  callShareFor,
  type Order,
  orderOf,
  routeCurve,
} from '../../src/learning/curves.ts';
import type { TrainingRow } from '../../src/learning/trainer.ts';
import { createRandom } from '../../src/simulator/chance.ts';

export interface Pair {
  readonly weak: string;
  readonly strong: string;
}

/** Rows that were held out of one fit, and what each router makes of them: higher wants the strong model. */
export interface HeldOut {
  readonly test: readonly TrainingRow[];
  readonly scores: Readonly<Record<string, ArrayLike<number>>>;
}

export interface RouterFigures {
  readonly apgr: Estimate;
  readonly cpt50: Estimate;
  readonly cpt80: Estimate;
}

export interface PairFigures {
  readonly routers: Readonly<Record<string, RouterFigures>>;
  /** APGR of the first less that of the second, paired. */
  readonly gain: (router: string, against: string) => Estimate;
  readonly rows: number;
}

export interface PairOptions {
  readonly seed: number;
  readonly resamples: number;
  /** The fits are draws themselves, of few training rows: what another draw would have given is part of the interval. */
  readonly drawsFits?: boolean;
}

/**
 * APGR and call shares of routers between two models, averaged over fits. The bootstrap draws groups of
 * all rows once for all fits and routers, so that whatever they share is not counted twice.
 */
export const pairFigures = (
  heldOut: readonly HeldOut[],
  { weak, strong }: Pair,
  { seed, resamples, drawsFits = false }: PairOptions,
): PairFigures => {
  const places = new Map<string, number>();
  const groups: string[] = [];
  for (const { test } of heldOut)
    for (const { id, group } of test)
      if (!places.has(id)) {
        places.set(id, groups.length);
        groups.push(group);
      }
  const names = Object.keys(heldOut[0]?.scores ?? {});
  const fits = heldOut.map(({ test, scores }) => ({
    at: Int32Array.from(test, ({ id }) => places.get(id) ?? 0),
    weights: new Float64Array(test.length),
    weak: Float64Array.from(test, ({ outcomes }) => outcomes[weak]?.score ?? Number.NaN),
    strong: Float64Array.from(test, ({ outcomes }) => outcomes[strong]?.score ?? Number.NaN),
    orders: names.map((name): Order => orderOf(scores[name] ?? [])),
  }));
  const pairs = names.flatMap((router) => names.map((against) => [router, against] as const));
  const random = createRandom('pair figures', seed);
  let isWhole = true;
  const fitsOfDraw = (): typeof fits => {
    const drawn = drawsFits && !isWhole ? fits.map(() => random.pick(fits)) : fits;
    isWhole = false;
    return drawn;
  };
  const figures = groupBootstrap(
    groups,
    (weights) => {
      const told: Record<string, number> = {};
      for (const name of names) for (const figure of figureNames) told[`${name}.${figure}`] = 0;
      for (const { at, weights: mine, weak: low, strong: high, orders } of fitsOfDraw()) {
        for (let row = 0; row < mine.length; row += 1) mine[row] = weights[at[row] ?? 0] ?? 0;
        for (const [which, name] of names.entries()) {
          const curve = routeCurve(orders[which] as Order, low, high, mine);
          const add = (figure: string, value: number): void => {
            told[`${name}.${figure}`] = (told[`${name}.${figure}`] ?? 0) + value / fits.length;
          };
          add('apgr', averageGapRecovered(curve));
          add('cpt50', callShareFor(curve, 0.5));
          add('cpt80', callShareFor(curve, 0.8));
        }
      }
      for (const [router, against] of pairs)
        told[`${router} over ${against}`] = (told[`${router}.apgr`] ?? 0) - (told[`${against}.apgr`] ?? 0);
      return told;
    },
    { random: random.next, resamples },
  );
  const figure = (name: string): Estimate => figures[name] as Estimate;
  return {
    rows: groups.length,
    routers: Object.fromEntries(
      names.map((name) => [
        name,
        {
          apgr: figure(`${name}.apgr`),
          cpt50: figure(`${name}.cpt50`),
          cpt80: figure(`${name}.cpt80`),
        },
      ]),
    ),
    gain: (router, against) => figure(`${router} over ${against}`),
  };
};

const figureNames = ['apgr', 'cpt50', 'cpt80'] as const;
