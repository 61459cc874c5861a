import type { JsonObject } from '../../src/core/json.ts';

/** What callers of any vendor's SDK can do with a model. */
export interface Conversation {
  say(words: string, picture?: string): Promise<Told>;
  /** What the calls of the last answer gave, in their order. */
  bring(results: readonly ToolResult[]): Promise<Told>;
}

/** Words, or words and a picture. */
export type ToolResult = string | { readonly text: string; readonly picture: string };

export const partsOf = (result: ToolResult): { readonly text: string; readonly picture?: string } =>
  typeof result === 'string' ? { text: result } : result;

export interface ConversationOptions {
  readonly baseUrl: string;
  readonly model: string;
  readonly isStream: boolean;
  readonly tools?: readonly ToolOffer[];
  /** The form the answer has to have. */
  readonly schema?: JsonObject;
  /** Said before all else; dialects that mark what is to be cached mark it. */
  readonly instructions?: string;
  /** Whether the model is asked to think hard, and to show it where the dialect can. */
  readonly thinks?: boolean;
}

export interface ToolOffer {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject & { readonly type: 'object' };
}

/** An answer, as the SDK understood it. */
export interface Told {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  readonly ended: 'stop' | 'tools' | 'length' | 'refused' | 'other';
  readonly model: string;
  readonly promptTokens: number;
  /** Of the prompt. */
  readonly cachedTokens: number;
  readonly answerTokens: number;
  /** Of the answer. */
  readonly thinkingTokens: number;
  readonly headers: Headers;
}

/** The smallest PNG there is: one pixel. */
export const onePixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
