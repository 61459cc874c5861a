import { isObject, type JsonObject } from '../core/json.ts';
import { noUsage, tokenCount, type Usage } from '../core/usage.ts';

/** The usage stands at the end of all these answers; what comes before may be megabytes of numbers and pictures. */
const tailBytes = 16 * 1024;

/** Keeps the end of an answer, whose bytes go by. */
export class UsageTail {
  #tail = Buffer.alloc(0);
  bytes = 0;

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    const joined = chunk.length >= tailBytes ? chunk : Buffer.concat([this.#tail, chunk]);
    this.#tail = Buffer.from(joined.subarray(Math.max(0, joined.length - tailBytes)));
  }

  /** Undefined where the answer told none. */
  usage(): Usage | undefined {
    const text = this.#tail.toString('latin1');
    for (const key of ['"usage"', '"usageMetadata"']) {
      const found = objectAfter(text, text.lastIndexOf(key) + key.length, text.includes(key));
      if (found) return usageOf(found);
    }
    return undefined;
  }
}

/** OpenAI's three ways of counting (chat's words, those of newer surfaces, minutes), and Gemini's. */
const usageOf = (raw: JsonObject): Usage | undefined => {
  const input = raw.prompt_tokens ?? raw.input_tokens ?? raw.promptTokenCount;
  const total = raw.total_tokens ?? raw.totalTokenCount;
  if (input === undefined && total === undefined) return undefined;
  const inputTokens = tokenCount(input ?? total);
  return {
    ...noUsage,
    inputTokens,
    outputTokens: tokenCount(raw.completion_tokens ?? raw.output_tokens ?? raw.candidatesTokenCount),
  };
};

const objectAfter = (text: string, from: number, isThere: boolean): JsonObject | undefined => {
  if (!isThere) return undefined;
  const start = text.indexOf('{', from);
  if (start < 0 || !/^\s*:\s*$/.test(text.slice(from, start))) return undefined;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '{') depth += 1;
    else if (letter === '}' && --depth === 0) return parsed(text.slice(start, at + 1));
  }
  return undefined;
};

const parsed = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
