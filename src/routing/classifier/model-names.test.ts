import { describe, expect, it } from 'vitest';
import { recordedModel } from '../../learning/evaluate-models.ts';
import { modelNames } from './model-names.ts';

describe('modelNames', () => {
  const placeOf = modelNames(['openai/o3-mini', 'claude-3.5-sonnet', 'qwen/x1', 'other/x1']);

  it.each([
    ['openai/o3-mini', 0],
    ['o3-mini', 0],
    ['azure/O3 Mini', 0],
    ['anthropic/claude-3-5-sonnet', 1],
    ['qwen/x1', 2],
    ['x1', -1],
    ['gpt-9', -1],
  ])('finds %s at %d', (name, at) => {
    expect(placeOf(recordedModel(name, 'mid'))).toBe(at);
  });
});
