import type { Block, ChatRequest } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { decisiveExtras } from '../../dialects/decisive-extras.ts';
import { defineGate } from './gate.ts';

/** What exists in one wire protocol only cannot go to a provider of another. */
export const nativeOnly = defineGate({
  name: 'native-only',
  isPassing: false,
  check: (model, { request: asked, withoutHosted, features, dialectOf }) => {
    if (dialectOf(model) === asked.dialect) return undefined;
    if (features.hasHostedTools && !withoutHosted)
      return `tools that a vendor runs (${hostedKinds(asked)}) are never mapped to another vendor; to be served here switch them off in the client, or have the route leave out those that need not be called (hostedTools: drop)`;
    const request = withoutHosted ?? asked;
    if (features.hasFileIds) return 'file ids belong to the account they were uploaded to';
    if (request.state?.isBackground) return 'an answer to be fetched later is kept by its own vendor only';
    if (request.state?.conversation !== undefined || request.state?.hasReferences)
      return 'the conversation, or a part of it, is kept by its own vendor';
    if (request.choices > 1) return 'it gives one answer at a time';
    if (request.logprobs) return 'log probabilities do not survive translation';
    if (wantsSound(request.extras)) return 'spoken answers do not survive translation';
    if (request.extras.prediction !== undefined) return 'a predicted answer has no word in its protocol';
    for (const field in request.extras)
      if (decisiveExtras.has(field) && request.extras[field] !== false)
        return `"${field}" has no word in its protocol`;
    return hasVendorBlocks(request)
      ? `the conversation holds parts that only ${request.dialect} knows`
      : undefined;
  },
});

const hostedKinds = ({ tools }: ChatRequest): string =>
  [...new Set(tools.flatMap((tool) => (tool.type === 'hosted' ? [tool.kind.slice(0, 40)] : [])))]
    .slice(0, 5)
    .join(', ');

const wantsSound = ({ audio, modalities }: JsonObject): boolean =>
  audio !== undefined || (Array.isArray(modalities) && modalities.some((kind) => kind !== 'text'));

const hasVendorBlocks = ({ system, turns }: ChatRequest): boolean =>
  system.some(isVendor) || turns.some(({ blocks }) => blocks.some(isVendor));

const isVendor = (block: Block): boolean =>
  block.type === 'vendor' || (block.type === 'tool-result' && block.blocks.some(isVendor));
