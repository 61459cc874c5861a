import { describe, expect, it } from 'vitest';
import type { Decision } from '../core/decision.ts';
import type { ModelId } from '../core/model.ts';
import type { NanoUsd } from '../core/money.ts';
import { sampleFeatures } from '../testing/sample-features.ts';
import { decisionText } from './decision-text.ts';
import { createPaint } from './paint.ts';

const [haiku, opus] = ['anthropic/claude-haiku-5-5', 'anthropic/claude-opus-5-5'] as ModelId[] as [
  ModelId,
  ModelId,
];

const decision: Decision = {
  route: 'auto',
  strategy: 'hybrid',
  tier: 'light',
  plan: [{ ask: [haiku] }, { ask: [opus] }],
  reasons: ['it is good enough'],
  rejected: [],
  features: sampleFeatures(),
  predictedCost: 400_000n as NanoUsd,
  mode: 'route',
  propensity: 1,
};

const text = (rest: Partial<Decision> = {}, columns = 100) =>
  decisionText({ ...decision, ...rest }, { paint: createPaint(false), columns });

describe('the features of a decision', () => {
  it('give no share of sureness where nothing was recognised', () => {
    const features = sampleFeatures({ task: 'unsure', taskConfidence: 0 });

    expect(text({ features })).toContain('task unsure ·');
    expect(text({ features: sampleFeatures() })).toContain('task question (80 % sure)');
  });
});

describe('a decision that an embeddings endpoint was asked for', () => {
  const model = 'openai/text-embedding-3-small' as ModelId;

  it.each([
    [
      { model, outcome: 'answered', waitedMs: 23 },
      'embedding  openai/text-embedding-3-small: answered in time (23 ms)',
    ],
    [{ model, outcome: 'cached', waitedMs: 0 }, 'remembered from the same ask'],
    [{ model, outcome: 'late', waitedMs: 80 }, 'too late, decided without (80 ms)'],
    [{ model, outcome: 'resting', waitedMs: 0 }, 'left alone after failing, decided without'],
  ] as const)('says what came of it: %j', (embedding, said) => {
    expect(text({ embedding })).toContain(said);
  });
});

describe('a decision by a policy', () => {
  const weighed: Decision['weighed'] = [
    {
      model: haiku,
      success: { value: 0.912, low: 0.86, high: 0.94 },
      gap: { value: -0.018, low: -0.05, high: 0.012 },
      evidence: 120.4,
      cost: 400_000n as NanoUsd,
    },
    {
      model: opus,
      success: { value: 0.93, low: 0.9, high: 0.95 },
      gap: { value: 0, low: 0, high: 0 },
      evidence: 3_400,
      cost: 11_000_000n as NanoUsd,
    },
  ];

  it('shows what was known of each candidate', () => {
    expect(text({ policy: 'ours@3f2a9c41', weighed })).toContain(
      [
        'policy     ours@3f2a9c41',
        'weighed    model                               success  beside frontier  outcomes     cost',
        '           anthropic/claude-haiku-5-5  91 % (86 to 94)    -2 (-5 to +1)       120  $0.0004',
        '           anthropic/claude-opus-5-5   93 % (90 to 95)                –     3,400   $0.011',
      ].join('\n'),
    );
  });

  it('fits a narrow terminal', () => {
    for (const line of text({ policy: 'ours@3f2a9c41', weighed }, 80).split('\n'))
      expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says with what chance it was drawn', () => {
    expect(text({ propensity: 0.02 })).toContain('lots drawn with a chance of 2 %');
  });

  it('says nothing of policies where none was asked', () => {
    expect(text()).not.toMatch(/policy|weighed|lots/);
  });
});

describe('a plan', () => {
  it('tells which of its steps are judged, and by what', () => {
    expect(text({ plan: [{ ask: [haiku], acceptIf: { refuse: ['empty'] } }, { ask: [opus] }] })).toContain(
      `1. ${haiku}, if its answer is accepted:\n              no empty\n           2. ${opus}`,
    );
    expect(
      text({
        plan: [
          {
            ask: [haiku, opus],
            acceptIf: {
              refuse: ['misfit', 'empty'],
              agreement: 0.8,
              verifier: { model: 'openai/gpt-5.4-mini' as ModelId, atLeast: 0.7 },
            },
          },
        ],
      }),
    ).toContain('no misfit, empty; answers that agree by 0.8; 0.7 or more from openai/gpt-5.4-mini');
  });
});
