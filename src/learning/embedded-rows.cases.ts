import type { EmbeddingKind } from '../core/prediction.ts';
import { chanceOf } from '../kit/chance.ts';
import { foldEmbedding } from '../routing/classifier/embedding.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import type { TrainingRow } from './trainer.ts';

export const kind: EmbeddingKind = { model: 'text-embedding-3-small', dimensions: 128 };

/** Hard or easy, which no word of it tells: only who has read all the world knows what "case 17" is. */
export const isHard = (ask: string): boolean => chanceOf(ask, 5) < 0.5;
export const askOf = (at: number): string => `look into case ${at}`;

/** As an endpoint would put it: noise, and somewhere in it what the ask is like. */
export const vectorOf = (ask: string, dimensions = kind.dimensions): readonly number[] =>
  Array.from(
    { length: dimensions },
    (_, at) => chanceOf(`${ask} ${at}`, 9) - 0.5 + (at % 8 === 0 ? (isHard(ask) ? 0.5 : -0.5) : 0),
  );

/** Outcomes of two models, of which the small one fails on what is hard; with embeddings or without. */
export const embeddedRows = (
  from: number,
  count: number,
  isEmbedded: (at: number) => boolean = () => true,
  models: readonly [small: string, large: string] = ['small', 'large'],
): readonly TrainingRow[] =>
  Array.from({ length: count }, (_, index): TrainingRow => {
    const at = from + index;
    const ask = askOf(at);
    const chance = chanceOf(ask, 11);
    const [small, large] = models;
    return {
      id: `${at}`,
      group: `${at}`,
      subject: {
        ask,
        features: sampleFeatures({ task: 'unsure', taskConfidence: 0 }),
        route: 'auto',
        agent: '',
        tags: {},
        ...(isEmbedded(at) && { embedding: foldEmbedding(vectorOf(ask)) }),
      },
      outcomes: {
        [small]: { score: chance < (isHard(ask) ? 0.1 : 0.95) ? 1 : 0, costUsd: 0.001 },
        [large]: { score: chance < 0.95 ? 1 : 0, costUsd: 0.01 },
      },
      weight: 1,
    };
  });
