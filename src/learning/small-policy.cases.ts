import type { PolicyFile } from '../routing/classifier/policy.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import type { TrainingRow } from './trainer.ts';
import { prior } from './trainers/prior.ts';

/** A real policy, as small as they come: so good is each model, whatever is asked. */
export const smallPolicy = (scores: Readonly<Record<string, number>>, name = 'small'): PolicyFile =>
  prior.train(
    Array.from(
      { length: 40 },
      (_, at): TrainingRow => ({
        id: `${at}`,
        group: `${at}`,
        subject: { ask: `question ${at}`, features: sampleFeatures({}), route: 'auto', agent: '', tags: {} },
        outcomes: Object.fromEntries(
          Object.entries(scores).map(([model, score]) => [model, { score: (at % 20) / 20 < score ? 1 : 0 }]),
        ),
        weight: 1,
      }),
    ),
    { name, seed: 1, sources: [{ name: 'made up', rows: 40 }] },
  );
