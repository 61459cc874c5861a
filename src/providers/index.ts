import { anthropic } from './anthropic.ts';
import { azureDeployments, azureOpenai } from './azure-openai.ts';
import { bedrock } from './bedrock.ts';
import { cerebras } from './cerebras.ts';
import { deepseek } from './deepseek.ts';
import { fireworks } from './fireworks.ts';
import { google } from './google.ts';
import { groq } from './groq.ts';
import { lmStudio, ollama, vllm } from './local.ts';
import { mistral } from './mistral.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { openrouter } from './openrouter.ts';
import type { ProviderKind } from './provider.ts';
import { simulatedAnthropic, simulatedGemini, simulatedOpenai, simulatedResponses } from './simulated.ts';
import { together } from './together.ts';
import { vertex, vertexAnthropic } from './vertex.ts';
import { xai } from './xai.ts';

/** Every kind of provider a configuration may name; where several are found, the first ones' models come first. */
export const providerKinds: readonly ProviderKind[] = [
  openai,
  anthropic,
  google,
  azureOpenai,
  azureDeployments,
  bedrock,
  vertex,
  vertexAnthropic,
  openrouter,
  mistral,
  deepseek,
  xai,
  groq,
  together,
  fireworks,
  cerebras,
  ollama,
  vllm,
  lmStudio,
  openaiCompatible,
  simulatedOpenai,
  simulatedAnthropic,
  simulatedResponses,
  simulatedGemini,
];
