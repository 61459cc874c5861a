import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../core/errors.ts';
import {
  checkCuts,
  checkGolden,
  type GoldenDialect,
  goldenCall,
  goldenCasesIn,
  goldenVerbs,
  pretty,
  readToldEvents,
  streamsOf,
  tapFacts,
} from '../golden.cases.ts';
import { openaiResponses } from './index.ts';
import { sampleModel } from './sample-model.cases.ts';

const golden: GoldenDialect = {
  dialect: openaiResponses,
  modelFor: ({ capabilities }) => sampleModel(capabilities),
  request: {
    dialect: 'openai-chat',
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'x' }] }],
  },
  answeredBy: {
    modelName: 'anthropic/claude-test',
    owner: { provider: 'anthropic', model: 'claude-test' },
  },
  tellsDropped: true,
};

/** Streams of this dialect number their events, so writer and tap tell errors themselves. */
const verbs = {
  ...goldenVerbs(golden),
  'write-stream': (input: string) => {
    const { events, request } = readToldEvents(input);
    const writer = openaiResponses.writeStream(goldenCall(golden, request));
    const error = events.find((event) => event.type === 'reply-error')?.error;
    const told = events.map((event) => writer.write(event)).join('');
    if (!error) return told + writer.end();
    return told + writer.writeError?.(new GatewayError('upstream-overloaded', error.message));
  },
  'tap-stream': (input: string) => {
    const tap = openaiResponses.tapStream({ hidesUsage: true });
    const out = tap.push(Buffer.from(input)).toString() + tap.end().toString();
    const told =
      tap.error && !tap.hasToldError ? tap.writeError?.(new GatewayError('upstream-bad', 'Bad.')) : '';
    return `${out === input ? '(the very bytes)\n' : out}${told}${pretty({ ...tapFacts(tap), opaqueData: tap.opaqueData })}`;
  },
};

const cases = goldenCasesIn(join(import.meta.dirname, 'golden'));

describe('the golden cases of openai-responses', () => {
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
