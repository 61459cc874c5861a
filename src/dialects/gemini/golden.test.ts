import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkCuts,
  checkGolden,
  type GoldenDialect,
  goldenCasesIn,
  goldenVerbs,
  streamsOf,
  writeErrorVerb,
} from '../golden.cases.ts';
import { gemini } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const golden: GoldenDialect = {
  dialect: gemini,
  modelFor: ({ model, capabilities }) => sampleModel(model, capabilities),
  request: {
    dialect: 'openai-chat',
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }],
  },
  answeredBy: { modelName: 'openai/gpt-test', owner: { provider: 'sample', model: 'sample' } },
  address: { model: 'auto', isStream: false },
  tellsDropped: true,
};

const verbs = { ...goldenVerbs(golden), 'write-error': writeErrorVerb(gemini) };

const cases = goldenCasesIn(join(import.meta.dirname, 'golden'));

describe('the golden cases of gemini', () => {
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
