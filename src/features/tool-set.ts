import type { Tool } from '../core/chat.ts';
import { defineFeature } from './feature.ts';

/** Which tools there are, in whatever order: an agent is known by them. */
export const toolSet = defineFeature({
  name: 'tool-set',
  read: ({ request: { tools } }) => ({ toolSet: tools.length === 0 ? '' : hashOfNames(tools) }),
});

/** Eight hex digits of a sum of hashes, so the order of the tools does not count. */
const hashOfNames = (tools: readonly Tool[]): string => {
  let sum = 0;
  for (const tool of tools) {
    sum = (sum + mix(hashOf(tool.type === 'hosted' ? tool.kind : tool.name))) | 0;
    if (tool.type === 'hosted' && tool.members)
      for (const { name } of tool.members) sum = (sum + mix(hashOf(name))) | 0;
  }
  return (mix(sum) >>> 0).toString(16).padStart(8, '0');
};

/** FNV-1a. */
const hashOf = (name: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash;
};

/** Spreads a hash over all bits: sums of plain ones fall together too often. */
const mix = (hash: number): number => {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
};
