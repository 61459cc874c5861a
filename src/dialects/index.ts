import { anthropicMessages } from './anthropic-messages/index.ts';
import type { Dialect } from './dialect.ts';
import { gemini } from './gemini/index.ts';
import { openaiChat } from './openai-chat/index.ts';
import { openaiResponses } from './openai-responses/index.ts';

/** Every wire protocol that is spoken. */
export const dialects: readonly Dialect[] = [openaiChat, openaiResponses, anthropicMessages, gemini];
