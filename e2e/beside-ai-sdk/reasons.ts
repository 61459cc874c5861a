import type { Vendor } from './conversations.ts';
import type { Difference } from './difference.ts';

export interface Reason {
  readonly vendors: readonly Vendor[];
  readonly path: RegExp;
  /** Where the path alone does not tell. */
  readonly holds?: (difference: Difference) => boolean;
  readonly reason: string;
}

/** Why a difference is meant; undefined where nobody has said. */
export const reasonFor = (vendor: Vendor, difference: Difference): Reason | undefined =>
  reasons.find(
    ({ vendors, path, holds }) =>
      vendors.includes(vendor) && path.test(difference.path) && (holds?.(difference) ?? true),
  );

const isText = (value: Difference['ours']): boolean => typeof value === 'string';

export const reasons: readonly Reason[] = [
  {
    vendors: ['anthropic'],
    path: /^system$/,
    holds: ({ ours }) => isText(ours),
    reason: 'One text without a cache mark is a string; the vendor reads both forms alike.',
  },
  {
    vendors: ['anthropic'],
    path: /^tool_choice$/,
    holds: ({ ours, theirs }) => ours === undefined && JSON.stringify(theirs) === '{"type":"auto"}',
    reason: '"auto" is the default: what goes without saying is not said.',
  },
  {
    vendors: ['anthropic'],
    path: /^thinking\.display$/,
    holds: ({ ours }) => ours === undefined,
    reason: 'The caller asked for effort, not to be shown the thoughts: the model’s default stays.',
  },
  {
    vendors: ['openai-chat', 'openai-responses'],
    path: /^(?:messages\.\d+\.content|input\.\d+\.output)$/,
    holds: ({ ours }) => isText(ours) && `${ours}`.startsWith('Error: '),
    reason:
      'OpenAI has no word for a failed tool: a plain "Error: " before the text reads like any tool’s own message, an invented JSON object does not.',
  },
  {
    vendors: ['openai-chat'],
    path: /^messages\.2\.content$/,
    holds: ({ theirs }) => `${theirs}`.includes('"mediaType"'),
    reason:
      'Chat takes text only as a result. The AI SDK sends the picture’s base64 as text, which the model cannot see; here the text says where the picture is.',
  },
  {
    vendors: ['openai-chat'],
    path: /^messages\.3$/,
    holds: ({ theirs }) => theirs === undefined,
    reason: 'The picture of the result, in the user message that the result’s text points to.',
  },
  {
    vendors: ['openai-responses'],
    path: /^instructions$/,
    reason:
      'Instructions at the top have a field of their own; it is not carried over by `previous_response_id`, which is what a caller of another dialect means.',
  },
  {
    vendors: ['openai-responses'],
    path: /^input\.[01](?:\.role|\.content)?$/,
    holds: ({ theirs, ours }) =>
      theirs === 'developer' || theirs === 'Be brief.' || (ours === undefined && theirs !== undefined),
    reason: 'The AI SDK sends the instructions as the first item, so its items stand one further on.',
  },
  {
    vendors: ['openai-responses'],
    path: /^input\.\d+\.type$/,
    holds: ({ ours }) => ours === 'message',
    reason: 'The item’s type in full, where the short form leaves it out; both are documented.',
  },
  {
    vendors: ['openai-responses'],
    path: /^input\.\d+\.content$/,
    holds: ({ ours, theirs }) => isText(ours) && Array.isArray(theirs),
    reason: 'One text is a string, the short form of a list with one text.',
  },
  {
    vendors: ['openai-responses'],
    path: /^input\.\d+\.content$/,
    holds: ({ ours, theirs }) => Array.isArray(ours) && isText(theirs),
    reason: 'An answer in the history is written as the vendor gives it out: a list of `output_text`.',
  },
  {
    vendors: ['openai-responses'],
    path: /^input\.\d+\.(?:content|output)\.\d+\.detail$/,
    holds: ({ ours }) => ours === 'auto',
    reason: 'The default, said in full: the vendor’s types name `detail` as needed on a picture.',
  },
  {
    vendors: ['openai-responses'],
    path: /^(?:store|include)$/,
    reason:
      'A caller of another dialect sends the whole conversation each time: nothing is kept at the vendor, and reasoning comes back encrypted so that a tool loop can go on with it. The AI SDK leaves the vendor’s default, which is to keep.',
  },
  {
    vendors: ['openai-responses'],
    path: /^reasoning\.summary$/,
    holds: ({ ours }) => ours === undefined,
    reason: 'The caller asked for effort, not for a summary of the thoughts: none is paid for.',
  },
  {
    vendors: ['google'],
    path: /\.thoughtSignature$/,
    holds: ({ ours }) => ours === undefined,
    reason:
      'Of calls made side by side only the first has to carry a signature (WIRE 5.4), and only the first is given the stand-in.',
  },
  {
    vendors: ['google'],
    path: /\.functionResponse\.response\.(?:name|content|output)$/,
    reason:
      'The vendor’s documentation names the keys `output` and `error`; the AI SDK’s `name` and `content` are its own, and the name already stands beside them.',
  },
  {
    vendors: ['google'],
    path: /\.thinkingLevel$/,
    holds: ({ ours, theirs }) => `${ours}`.toLowerCase() === theirs,
    reason: 'The enum as the API’s types have it, in capitals.',
  },
];
