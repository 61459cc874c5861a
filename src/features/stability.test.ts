import { describe, expect, it } from 'vitest';
import { hasRecorded, readForeignPhrases, readPhrases, readRecorded } from '../../scripts/tasks/examples.ts';
import type { ChatRequest } from '../core/chat.ts';
import type { Features } from '../core/features.ts';
import { describe as describeRequest } from './describe.ts';
import { requestOf } from './request-of.cases.ts';
import { rewritings, turnOptions } from './stability.cases.ts';

const asks = [...readPhrases('held-out'), ...readForeignPhrases('held-out')].map(({ text }) => text);

/** What a choice of models hangs on. */
const weighty = (request: ChatRequest): Partial<Features> => {
  const { task, taskConfidence, askTokens, askCount, codeShare, mathShare, constraints, script, reasks } =
    describeRequest(request, 1_000).features;
  return { task, taskConfidence, askTokens, askCount, codeShare, mathShare, constraints, script, reasks };
};

describe('what a request is like does not move with', () => {
  it.each(rewritings.filter(({ kind }) => kind !== 'options'))('$name', ({ rewrite }) => {
    const moved = asks.filter((ask) => {
      const request = requestOf(ask);
      return JSON.stringify(weighty(rewrite(request))) !== JSON.stringify(weighty(request));
    });

    expect(moved).toEqual([]);
  });

  it.skipIf(!hasRecorded).each(rewritings.filter(({ kind }) => kind === 'options'))(
    '$name (needs ../shared/data)',
    ({ rewrite }) => {
      const choices = readRecorded('held-out').filter(({ text }) => turnOptions(text, 1) !== text);
      const kept = choices.filter(({ text }) => {
        const request = requestOf(text);
        return weighty(rewrite(request)).task === weighty(request).task;
      });

      expect(choices.length).toBeGreaterThan(200);
      expect(kept.length / choices.length).toBeGreaterThan(0.97);
    },
  );
});

describe('the options of a choice', () => {
  it('go round under their letters', () => {
    expect(turnOptions('Which?\nA. one\nB. two\nC. three', 1)).toBe('Which?\nA. two\nB. three\nC. one');
    expect(turnOptions('Which of A. and B.?', 1)).toBe('Which of A. and B.?');
  });
});
