import type { ChatRequest } from '../core/chat.ts';
import { isObject } from '../core/json.ts';
import { defineFeature } from './feature.ts';
import { anyOpensWith } from './openings.ts';

/** Calls of helpers that an agent has sent off: told by the client's own word, or by their instructions. */
export const subagent = defineFeature({
  name: 'subagent',
  read: ({ request, purpose }) => ({
    isSubagent: isHelper(purpose || purposeInBody(request)) || anyOpensWith(request.system, helperOpenings),
  }),
});

/** What clients call a call that is none of a helper: the conversation itself, and what goes on beside it. */
const notHelpers: ReadonlySet<string> = new Set([
  '',
  'main',
  'compact',
  'compaction',
  'auxiliary',
  'side_reply',
]);

const isHelper = (purpose: string): boolean => !notHelpers.has(purpose);

/** Codex says it in the body too. */
const purposeInBody = ({ extras }: ChatRequest): string => {
  const told = extras.client_metadata;
  const purpose = isObject(told) ? told['x-openai-subagent'] : undefined;
  return typeof purpose === 'string' ? purpose : '';
};

/** Claude Code marks helpers in its first line; its and opencode's own ones open so. */
const helperOpenings = [
  'cc_is_subagent=true',
  'You are an agent for Claude Code',
  'specialist for Claude Code',
  'You are a file search specialist',
  'You are a codebase investigator',
  'You are **Codebase Investigator**',
];
