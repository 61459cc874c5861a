import { describe, expect, it } from 'vitest';
import type { ModelId } from '../../core/model.ts';
import { describe as describeRequest } from '../../features/describe.ts';
import { requestOf } from '../../features/request-of.cases.ts';
import type { SessionState } from '../../sessions/session-memory.ts';
import type { GateSubject } from './gate.ts';
import { type GateCase, gateCases, modelFor } from './gates.cases.ts';
import { gates } from './index.ts';

const answered: SessionState = {
  model: 'provider/one' as ModelId,
  provider: 'provider',
  credential: undefined,
  answers: 1,
  answeredAt: 0,
  isToolLoop: false,
  warmTokens: 0,
  warmUntil: 0,
};

const subjectFor = ({
  request,
  withoutHosted,
  features,
  spoken,
  session,
  holder,
  allowedModels,
  isHealthy = true,
}: GateCase): GateSubject => {
  const whole = requestOf('What is it?', request);
  return {
    request: whole,
    ...(withoutHosted && { withoutHosted: requestOf('What is it?', withoutHosted) }),
    features: { ...describeRequest(whole, 100).features, ...features },
    ...(holder && { holder: { ...answered, ...holder } }),
    ...(session && { session: { ...answered, ...session } }),
    allowedModels,
    dialectOf: ({ capabilities }) => {
      const name = spoken ?? 'openai-chat';
      return capabilities.dialects.includes(name) ? name : undefined;
    },
    spokenBy: () => [spoken ?? 'openai-chat'],
    isHealthy: () => isHealthy,
  };
};

describe.each(gates)('the gate "$name"', (gate) => {
  const cases = gateCases[gate.name] ?? [];

  it('has cases of both kinds', () => {
    expect(cases.some(({ refused }) => refused === undefined)).toBe(true);
    expect(cases.some(({ refused }) => refused !== undefined)).toBe(true);
  });

  it.each(cases)('judges $about', (example) => {
    const why = gate.check(modelFor(example), subjectFor(example));

    if (example.refused === undefined) expect(why).toBeUndefined();
    else expect(why).toContain(example.refused);
  });
});

it('has no cases for gates that are not there', () => {
  expect(Object.keys(gateCases).sort()).toEqual(gates.map(({ name }) => name).sort());
});
