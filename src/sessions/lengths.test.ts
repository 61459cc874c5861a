import { describe, expect, it } from 'vitest';
import type { Model, ModelId } from '../core/model.ts';
import { sampleModel } from '../testing/sample-model.ts';
import { agentsDoubling, Lengths, talksDoubling } from './lengths.ts';
import { strangersFactor, TokenMeasure } from './token-measure.ts';

const conversations = (lengths: Lengths, count: number, answers: number): void => {
  for (let one = 0; one < count; one += 1)
    for (let answer = 1; answer <= answers; answer += 1) lengths.reached('coder|auto', answer);
};

describe('how long conversations go on', () => {
  it('is bet on by their own length: what had n answers comes to 2n as often as recorded', () => {
    const lengths = new Lengths();

    expect(lengths.further('', 1, true)[0]).toBeCloseTo(agentsDoubling, 9);
    expect(lengths.further('', 16, true)[15]).toBeCloseTo(agentsDoubling, 9);
    expect(lengths.further('', 16, true)[47]).toBeCloseTo(agentsDoubling ** 2, 9);
    expect(lengths.further('', 16, false)[15]).toBeCloseTo(talksDoubling, 9);
  });

  it('falls with every call, and less steeply the longer a conversation has been', () => {
    const [young, old] = [1, 40].map((had) => new Lengths().further('', had, true));

    for (const curve of [young, old])
      for (const [at, chance] of (curve ?? []).entries())
        expect(chance).toBeLessThanOrEqual(curve?.[at - 1] ?? 1);
    expect(old?.[10]).toBeGreaterThan(young?.[10] ?? 1);
  });

  it('is learnt of each kind apart', () => {
    const lengths = new Lengths();
    const before = lengths.further('coder|auto', 2, true)[1] ?? 0;
    conversations(lengths, 200, 3);
    const after = lengths.further('coder|auto', 2, true)[1] ?? 1;

    expect(after).toBeLessThan(before / 4);
    expect(lengths.further('other|auto', 2, true)[1]).toBe(before);
  });

  it('forgets the oldest kinds, whatever callers call themselves', () => {
    const lengths = new Lengths();
    conversations(lengths, 200, 3);
    const learnt = lengths.further('coder|auto', 2, true)[1];
    for (let kind = 0; kind < 2000; kind += 1) lengths.reached(`agent-${kind}`, 1);

    expect(lengths.further('coder|auto', 2, true)[1]).not.toBe(learnt);
  });
});

describe('the measure of tokens', () => {
  const [opus, sonnet] = ['claude-opus-5-5', 'claude-sonnet-5-5'].map((name) => sampleModel(name)) as [
    Model,
    Model,
  ];
  const terra = sampleModel('gpt-6.1-terra');

  it('takes a stranger’s count for finer until it is known', () => {
    const measure = new TokenMeasure();

    expect(measure.factor(opus, opus)).toBe(1);
    expect(measure.factor(opus, sonnet)).toBe(1);
    expect(measure.factor(opus, terra)).toBe(strangersFactor);
  });

  it('is learnt from bills, and not from short ones', () => {
    const measure = new TokenMeasure();
    for (let bill = 0; bill < 20; bill += 1) {
      measure.note(opus.id, 13_500, 10_000);
      measure.note(terra.id, 9000, 10_000);
      measure.note('p/new' as ModelId, 400, 10);
    }

    expect(measure.factor(opus, terra)).toBeCloseTo(9 / 13.5, 9);
    expect(measure.factor(terra, opus)).toBeCloseTo(13.5 / 9, 9);
  });
});
