import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JsonObject } from '../../src/core/json.ts';
import { type Conversation, type ConversationOptions, partsOf, type Told } from './conversation.ts';

const sdkFile = join(import.meta.dirname, '../clients/sdks/node_modules/@google/genai/dist/node/index.mjs');

/** Google's SDK is no part of this package: `npm run e2e:clients` installs it. */
export const isGeminiSdkInstalled = existsSync(sdkFile);

/** What is used of it. */
interface GoogleSdk {
  readonly GoogleGenAI: new (
    options: object,
  ) => {
    readonly models: {
      generateContent(wish: object): Promise<Chunk>;
      generateContentStream(wish: object): Promise<AsyncIterable<Chunk>>;
    };
  };
}

interface Chunk {
  readonly candidates?: readonly {
    readonly content?: { readonly parts?: readonly Part[] };
    readonly finishReason?: string;
  }[];
  readonly promptFeedback?: { readonly blockReason?: string };
  readonly usageMetadata?: {
    readonly promptTokenCount?: number;
    readonly cachedContentTokenCount?: number;
    readonly candidatesTokenCount?: number;
    readonly thoughtsTokenCount?: number;
  };
  readonly modelVersion?: string;
  readonly sdkHttpResponse?: { readonly headers?: Record<string, string> };
}

interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly functionCall?: { readonly id?: string; readonly name: string; readonly args?: JsonObject };
}

export const geminiConversation = ({
  baseUrl,
  model,
  isStream,
  tools,
  schema,
  instructions,
  thinks,
}: ConversationOptions): Conversation => {
  const contents: object[] = [];
  let calls: readonly NonNullable<Part['functionCall']>[] = [];
  const config = {
    ...(instructions && { systemInstruction: instructions }),
    ...(thinks && { thinkingConfig: { thinkingLevel: 'HIGH', includeThoughts: true } }),
    ...(tools && {
      tools: [
        {
          functionDeclarations: tools.map(({ schema: parametersJsonSchema, ...named }) => ({
            ...{ ...named, parametersJsonSchema },
          })),
        },
      ],
    }),
    ...(schema && { responseMimeType: 'application/json', responseJsonSchema: schema }),
  };

  const ask = async (): Promise<Told> => {
    const chunks = await answer();
    const candidates = chunks.flatMap((chunk) => chunk.candidates?.[0] ?? []);
    const parts = candidates.flatMap(({ content }) => content?.parts ?? []);
    if (parts.length > 0) contents.push({ role: 'model', parts });
    calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
    const usage = chunks.findLast(({ usageMetadata }) => usageMetadata)?.usageMetadata;
    const reason = candidates.findLast(({ finishReason }) => finishReason)?.finishReason;
    const isBlocked = chunks.some(({ promptFeedback }) => promptFeedback?.blockReason);
    const thinkingTokens = usage?.thoughtsTokenCount ?? 0;
    return {
      text: parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join(''),
      calls: calls.map(({ name, args }) => ({ name, input: args ?? {} })),
      ended: calls.length > 0 ? 'tools' : isBlocked ? 'refused' : (endings[reason ?? ''] ?? 'other'),
      model: chunks[0]?.modelVersion ?? '',
      promptTokens: usage?.promptTokenCount ?? -1,
      cachedTokens: usage?.cachedContentTokenCount ?? 0,
      answerTokens: (usage?.candidatesTokenCount ?? 0) + thinkingTokens,
      thinkingTokens,
      headers: new Headers(chunks[0]?.sdkHttpResponse?.headers),
    };
  };
  const answer = async (): Promise<readonly Chunk[]> => {
    const { GoogleGenAI } = (await import(pathToFileURL(sdkFile).href)) as GoogleSdk;
    const { models } = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl } });
    const wish = { model, contents, config };
    if (!isStream) return [await models.generateContent(wish)];
    const chunks: Chunk[] = [];
    for await (const chunk of await models.generateContentStream(wish)) chunks.push(chunk);
    return chunks;
  };

  return {
    say: (text, picture) => {
      contents.push({ role: 'user', parts: [{ text }, ...(picture ? [imagePart(picture)] : [])] });
      return ask();
    },
    bring: (results) => {
      contents.push({
        role: 'user',
        parts: results.map(partsOf).map(({ text, picture }, at) => ({
          functionResponse: {
            ...(calls[at]?.id && { id: calls[at].id }),
            name: calls[at]?.name,
            response: { output: text },
            ...(picture && { parts: [imagePart(picture)] }),
          },
        })),
      });
      return ask();
    },
  };
};

const endings: Readonly<Record<string, Told['ended']>> = {
  ...{ STOP: 'stop', MAX_TOKENS: 'length', SAFETY: 'refused', PROHIBITED_CONTENT: 'refused' },
};

const imagePart = (picture: string): object => ({ inlineData: { mimeType: 'image/png', data: picture } });
