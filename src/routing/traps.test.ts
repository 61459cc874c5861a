import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../core/chat.ts';
import { type ModelId, type Tier, tiers } from '../core/model.ts';
import { describe as describeRequest } from '../features/describe.ts';
import { subjectOf } from './conditions/subject-of.cases.ts';
import { defaultRules } from './default-rules.ts';
import { questionOf, strategyParts } from './strategies/parts-of.cases.ts';
import { rules, rulesConfig } from './strategies/rules.ts';
import { traps } from './traps.cases.ts';

const compiled = rules.compile(
  rulesConfig.parse({ type: 'rules', rules: defaultRules() }),
  strategyParts({
    tiers: {
      light: ['p/small' as ModelId],
      mid: ['p/middle' as ModelId],
      frontier: ['p/large' as ModelId],
    },
  }),
);

const tierOf = (request: ChatRequest): Tier => {
  const { features, ask } = describeRequest(request, 1_000);
  return compiled(questionOf(subjectOf({ ...features, ask, tags: {} }))).tier;
};

const askOf = ({ turns }: ChatRequest): string => {
  const block = turns.at(-1)?.blocks.at(-1);
  return block?.type === 'text' ? block.text.slice(-80) : '';
};

describe('the default rules are not trapped by', () => {
  it.each(traps)('$name', ({ requests, notBelow = 'light', notAbove = 'frontier' }) => {
    const outside = requests.filter((request) => {
      const rank = tiers.indexOf(tierOf(request));
      return rank < tiers.indexOf(notBelow) || rank > tiers.indexOf(notAbove);
    });

    expect(outside.map((request) => `${tierOf(request)}: ${askOf(request)}`)).toEqual([]);
  });
});
