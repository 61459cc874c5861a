import type { Tool } from '../core/chat.ts';
import { hashOf, spreadHash } from '../kit/hash.ts';
import { defineFeature } from './feature.ts';

/** Which tools there are, in whatever order: an agent is known by them. */
export const toolSet = defineFeature({
  name: 'tool-set',
  read: ({ request: { tools } }) => ({ toolSet: tools.length === 0 ? '' : hashOfNames(tools) }),
});

/** Eight hex digits of a sum of hashes, so the order of the tools does not count; sums of plain ones fall together too often. */
const hashOfNames = (tools: readonly Tool[]): string => {
  let sum = 0;
  for (const tool of tools) {
    sum = (sum + spreadHash(hashOf(tool.type === 'hosted' ? tool.kind : tool.name))) | 0;
    if (tool.type === 'hosted' && tool.members)
      for (const { name } of tool.members) sum = (sum + spreadHash(hashOf(name))) | 0;
  }
  return spreadHash(sum).toString(16).padStart(8, '0');
};
