import type { Tier } from '../../core/model.ts';

/**
 * A maker's models from the smallest to the flagship. Patterns are tried in order on the maker's own
 * name for the model, in lower case; the first that matches tells maker and tier. Hosts sell other
 * makers' models, so every provider is read against the same list.
 */
export interface LineUp {
  readonly maker: string;
  readonly places: readonly (readonly [name: RegExp, tier: Tier])[];
}

export const lineUps: readonly LineUp[] = [
  {
    maker: 'openai',
    places: [
      // before there was a nano, mini was the smallest
      [/^gpt-[\d.]+-(?:nano|luna)|^gpt-4o-mini|^gpt-3\.5|^gpt-oss-(?:safeguard-)?20b/, 'light'],
      [
        /^gpt-[\d.]+(?:-codex)?-(?:mini|terra)|^gpt-mini|^o\d-mini|codex-spark|^gpt-oss-120b|^gpt-terra/,
        'mid',
      ],
      [/^gpt-(?:[\d.]+o?$|[\d.]+o?-|sol|astra|daybreak|chat|turbo)|^chatgpt-|^o[1-9](?:-|$)/, 'frontier'],
    ],
  },
  {
    maker: 'anthropic',
    places: [
      [/^claude-.*haiku|^claude-instant/, 'light'],
      [/^claude-.*sonnet/, 'mid'],
      [/^claude-.*(?:opus|fable|mythos)/, 'frontier'],
    ],
  },
  {
    maker: 'google',
    places: [
      [/^gemini-.*(?:flash-lite|flash-8b|nano)|^gemma/, 'light'],
      [/^gemini-.*flash/, 'mid'],
      [/^gemini-.*(?:pro|ultra)/, 'frontier'],
    ],
  },
  {
    maker: 'mistral',
    places: [
      [
        /^ministral|^(?:open-)?mistral-(?:small|nemo|7b|saba|tiny)|^(?:open-)?mixtral-8x7b|^codestral/,
        'light',
      ],
      [/devstral-small|^magistral-small|^voxtral|^pixtral-12b/, 'light'],
      [/^mistral-medium|^magistral-medium|^devstral|^(?:open-)?mixtral-8x22b/, 'mid'],
      [/^mistral-large|^pixtral-large/, 'frontier'],
    ],
  },
  {
    maker: 'deepseek',
    places: [
      [/^deepseek-r1-(?:distill-.*-)?(?:1\.5|7|8|14)b/, 'light'],
      [/^deepseek-r1-(?:distill|32b|70b)/, 'mid'],
      // two sizes only: the smaller is a flash of its maker, not a lite
      [/^deepseek-.*flash/, 'mid'],
      [/^deepseek-(?:.*pro|v\d|chat|reasoner|r\d)/, 'frontier'],
    ],
  },
  {
    maker: 'xai',
    places: [
      [/^grok-3-mini|^grok-.*fast/, 'light'],
      [/^grok-(?:build|code|mini)/, 'mid'],
      [/^grok-\d/, 'frontier'],
    ],
  },
  {
    maker: 'zai',
    places: [
      // flash stands below air and turbo here
      [/^(?:zai-)?glm-.*flash/, 'light'],
      [/^(?:zai-)?glm-.*(?:air|turbo)|^glm-[\dp.]+v/, 'mid'],
      [/^(?:zai-)?glm-(?:\d|latest|fast)/, 'frontier'],
    ],
  },
  {
    maker: 'alibaba',
    places: [
      [/^qwen.*(?:flash|turbo)/, 'light'],
      [/^qwen.*max|^qwen[\d.p]*-(?:2[.p]4t|235b|397b|480b|coder-480b|vl-235b)|^qvq-max/, 'frontier'],
      [/^qwen.*plus|^qwq/, 'mid'],
      [/^qwen.*-(?:72b|80b|122b|110b)|^qwen3-(?:coder-)?next|^qwen3-coder$/, 'mid'],
      [/^qwen.*-(?:0\.\d|[1-9]|[1-3]\d)(?:\.\d)?b(?:-|$)/, 'light'],
    ],
  },
  {
    maker: 'moonshotai',
    places: [[/^kimi-/, 'frontier']],
  },
  {
    maker: 'meta',
    places: [
      [/^(?:meta-)?llama-?.*-(?:1b|3b|8b|11b)(?:-|$)|^llama-?4-scout|^muse-glimmer/, 'light'],
      [/^(?:meta-)?llama-?.*-(?:70b|90b)(?:-|$)|^llama-?4-maverick/, 'mid'],
      [/^(?:meta-)?llama-?.*-405b|^muse-spark/, 'frontier'],
    ],
  },
  {
    maker: 'nvidia',
    places: [
      [/nemotron-.*(?:nano|lightning)|nemotron-nano/, 'light'],
      [/nemotron-.*super|nemotron-70b/, 'mid'],
      [/nemotron-.*ultra/, 'frontier'],
    ],
  },
  {
    maker: 'cohere',
    places: [
      [/^command-r7b|^c4ai-aya-.*-8b/, 'light'],
      [/^command-r|^c4ai-aya/, 'mid'],
      [/^command-a/, 'frontier'],
    ],
  },
  {
    maker: 'amazon',
    places: [
      [/^nova-(?:\d-)?(?:micro|lite)/, 'light'],
      [/^nova-(?:\d-)?pro/, 'mid'],
      [/^nova-(?:\d-)?premier/, 'frontier'],
    ],
  },
];
