import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkCuts,
  checkGolden,
  type GoldenDialect,
  goldenCasesIn,
  goldenVerbs,
  streamsOf,
} from '../golden.cases.ts';
import { openaiChat } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const golden: GoldenDialect = {
  dialect: openaiChat,
  modelFor: ({ capabilities }) => sampleModel(capabilities),
  request: { dialect: 'anthropic-messages', turns: [] },
  answeredBy: {
    modelName: 'anthropic/claude-test',
    owner: { provider: 'sample', model: 'sample' },
  },
};

const verbs = goldenVerbs(golden);

const cases = goldenCasesIn(join(import.meta.dirname, 'golden'));

describe('the golden cases of openai-chat', () => {
  for (const one of cases) it(one.title, () => checkGolden(one, verbs));

  it.each(streamsOf(cases).map((one) => [one.file, one] as const))(
    '%s reads the same wherever it is cut',
    (_, one) => checkCuts(one, golden.dialect),
  );

  it('has cases for every verb', () => {
    const used = new Set(cases.map(({ verb }) => verb));

    expect([...used].sort()).toEqual(Object.keys(verbs).sort());
  });
});
