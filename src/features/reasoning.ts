import { defineFeature } from './feature.ts';

/** True where the caller asked for thinking; asking for little or none of it is no wish. */
export const reasoning = defineFeature({
  name: 'reasoning',
  read: ({ request: { reasoning: wish } }) => {
    if (wish.mode === 'off') return { wantsReasoning: false };
    const isLow = wish.effort === 'none' || wish.effort === 'minimal' || wish.effort === 'low';
    return {
      wantsReasoning: !isLow && (wish.mode !== undefined || wish.effort !== undefined || !!wish.budgetTokens),
    };
  },
});
