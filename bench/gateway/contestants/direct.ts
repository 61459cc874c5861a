import type { Contestant } from './contestant.ts';

export const direct: Contestant = {
  name: 'direct',
  start: async ({ upstreamPort }) => ({
    target: () => ({ port: upstreamPort, headers: {}, pid: undefined }),
    facts: [],
    stop: async () => {},
  }),
};
