import { describe, expect, it } from 'vitest';
import { sampleFeatures } from '../testing/sample-features.ts';
import { meansPolicy } from './means-policy.cases.ts';
import { namedAsIn } from './names-in-policy.ts';

describe('rows that add to a policy', () => {
  it('name its models as it does, and new ones as they came', () => {
    const named = (...names: readonly string[]) =>
      names.map((name) => ({ name, tier: 'mid' as const, rows: 5 }));
    const policy = {
      ...meansPolicy({}),
      models: named('Claude Haiku 4.5', 'gpt-5-mini', 'a/gpt-9', 'b/gpt-9'),
    };
    const subject = { ask: '', features: sampleFeatures({}), route: 'auto', agent: '', tags: {} };
    const rowOf = (model: string) => ({
      ...{ id: model, group: model, subject, weight: 1 },
      outcomes: { [model]: { score: 1 } },
    });
    const models = ['anthropic/claude-haiku-4-5', 'gpt-5-mini', 'local/qwen3:8b', 'c/gpt-9', 'b/gpt-9'];

    const rows = namedAsIn(policy, models.map(rowOf));

    expect(rows.flatMap(({ outcomes }) => Object.keys(outcomes))).toEqual([
      'Claude Haiku 4.5',
      'gpt-5-mini',
      'local/qwen3:8b',
      'c/gpt-9',
      'b/gpt-9',
    ]);
  });
});
