import { anthropic } from './anthropic.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import type { ProviderKind } from './provider.ts';
import { simulatedAnthropic, simulatedOpenai } from './simulated.ts';

/** Every kind of provider a configuration may name. */
export const providerKinds: readonly ProviderKind[] = [
  openai,
  anthropic,
  openaiCompatible,
  simulatedOpenai,
  simulatedAnthropic,
];
