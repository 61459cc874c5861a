/**
 * What a decision costs: describing a request and choosing models for it by the default rules or by a
 * policy, describing included, and what a CEL expression or a pattern takes. Prints microseconds of the clock,
 * collections of garbage included and interrupted turns left out; nothing is asserted.
 *
 *   node bench/decide.ts
 */
import type { ChatRequest } from '../src/core/chat.ts';
import type { ModelId, Tier } from '../src/core/model.ts';
import type { Predictor } from '../src/core/prediction.ts';
import { describe } from '../src/features/describe.ts';
import { chanceOf } from '../src/kit/chance.ts';
import { recordedModel } from '../src/learning/evaluate-models.ts';
import type { TrainingRow } from '../src/learning/trainer.ts';
import { hierarchical } from '../src/learning/trainers/hierarchical.ts';
import { createPredictor } from '../src/routing/classifier/predictor.ts';
import { compileWhen, whenSchema } from '../src/routing/conditions/index.ts';
import { expectedCost } from '../src/routing/expected-cost.ts';
import { compileRoute, type Route, routeSchema } from '../src/routing/route.ts';
import { interruptions, questionOf } from './timed-question.ts';

const sentences = [
  'Please review the order service and tell me whether the retry logic can send a payment twice.',
  'We run it with four workers behind a queue, and the customer sees an error when the broker restarts.',
  'The log says that the message was acknowledged, but the row in the table stays open.',
  'function settle(order) { if (order.isPaid === false) { return retry(order, 3); } }',
  'What would you change first, and how would you test it?',
];

const promptOf = (bytes: number): string => {
  let text = '';
  for (let index = 0; text.length < bytes; index++) text += `${sentences[index % sentences.length]}\n`;
  return text.slice(0, bytes);
};

const requestOf = (text: string): ChatRequest => ({
  dialect: 'openai-chat',
  model: 'auto',
  system: [{ type: 'text', text: 'You are a helpful assistant.' }],
  turns: [{ role: 'user', blocks: [{ type: 'text', text }] }],
  tools: [],
  sampling: {},
  stop: [],
  format: { type: 'text' },
  reasoning: {},
  stream: false,
  wantsUsage: true,
  choices: 1,
  extras: {},
});

const tierModels = (['light', 'mid', 'frontier'] as const).map((tier) =>
  [1, 2, 3].map((index) => recordedModel(`${tier}-${index}`, tier, { inputUsd: 1, outputUsd: 1 })),
);
const models = new Map(tierModels.flat().map((model) => [model.id, model]));
const [light = [], mid = [], frontier = []] = tierModels.map((list) => list.map(({ id }) => id));

/** Learnt from made-up outcomes: what it says is of no use, what it takes to say it is as with real ones. */
const learnt = (): Predictor => {
  const rows = Array.from({ length: 600 }, (_, index): TrainingRow => {
    const text = [0, 1, 2]
      .map((part) => sentences[(index * (part + 3)) % sentences.length])
      .join(`\n${index} `);
    const { features, ask } = describe(requestOf(text), text.length);
    return {
      id: `row-${index}`,
      group: `row-${index}`,
      subject: { ask, features, route: 'auto', agent: '', tags: {} },
      outcomes: Object.fromEntries(
        [...models.keys()].map((id) => [
          id,
          { score: Number(chanceOf(`${id} ${index}`) < 0.8), outputTokens: 300 },
        ]),
      ),
      weight: 1,
    };
  });
  const tierOf = (id: string): Tier | undefined => models.get(id as ModelId)?.tier;
  return createPredictor(hierarchical.train(rows, { name: 'bench', seed: 1, tierOf, sources: [] }));
};

const predictor = learnt();

const routeOf = (strategy?: object): Route =>
  compileRoute(routeSchema.parse({ strategy }), {
    name: 'auto',
    tiers: { light, mid, frontier },
    model: (id) => models.get(id),
    baseline: models.get(frontier[0] as ModelId),
    dialectOf: () => 'openai-chat',
    spokenBy: () => ['openai-chat'],
    isHealthy: () => true,
    expectedCost,
    predictor: () => predictor,
  });

const route = routeOf();
const byPolicy = {
  'classifier, a contract': routeOf({ type: 'classifier', quality: 0.95 }),
  'classifier, a budget': routeOf({ type: 'classifier', spend: 0.4, explore: {} }),
  'hybrid, default guardrails': routeOf({ type: 'hybrid' }),
};

const time = (name: string, rounds: number, run: () => unknown): void => {
  for (let round = 0; round < rounds; round++) run();
  const took: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = interruptions();
    const start = performance.now();
    run();
    const us = (performance.now() - start) * 1_000;
    // a slice of the scheduler's is 4 ms: on a busy machine it would be all that the last percent tells of
    if (interruptions() === before) took.push(us);
  }
  took.sort((a, b) => a - b);
  const at = (share: number) => `${took[Math.floor((took.length - 1) * share)]?.toFixed(1).padStart(8)} µs`;
  const left = rounds - took.length;
  console.log(`${name.padEnd(34)} p50 ${at(0.5)}   p99 ${at(0.99)}   most ${at(1)}   (${left} interrupted)`);
};

for (const [size, bytes, rounds] of [
  ['2 kB', 2_000, 5_000],
  ['100 kB', 100_000, 1_000],
] as const) {
  const request = requestOf(promptOf(bytes));
  const question = questionOf(request, bytes);
  time(`${size}: describe`, rounds, () => describe(request, bytes));
  time(`${size}: decide, described`, rounds, () => route(question));
  time(`${size}: describe and decide`, rounds, () => route(questionOf(request, bytes)));
  for (const [name, decideBy] of Object.entries(byPolicy))
    time(`${size}: ${name}`, rounds, () => decideBy(questionOf(request, bytes)));
  for (const when of [
    { cel: 'promptTokens > 100000 && caller == "research"' },
    { cel: 'task in ["coding", "debugging"] && !("job" in tags) && askTokens < 4000' },
    { cel: 'ask.matches("(?i)invoice|receipt")' },
    { text: '(?i)\\b(invoice|receipt)\\b' },
  ]) {
    const holds = compileWhen(whenSchema.parse(when));
    time(`${size}: ${JSON.stringify(when).slice(1, 29)}`, rounds, () => holds(question.subject));
  }
}
