import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { createRandom } from '../../chance.ts';
import { createGeminiWire } from '../gemini/index.ts';
import { openaiWire } from '../openai/index.ts';
import { readJson } from '../read-body.ts';
import { countTokens } from '../tokens.ts';
import { WireProblem } from '../wire.ts';
import { flatPrices, modelIn, type Surface, type SurfaceParts } from './surface.ts';

const prices = flatPrices('0.02');

/** The same text lies at the same place, whoever asks. */
const vectorOf = (text: string, dimensions: number): readonly number[] => {
  const random = createRandom('embedding', text);
  const raw = Array.from({ length: dimensions }, () => random.next() * 2 - 1);
  const length = Math.hypot(...raw);
  return raw.map((value) => Math.round((value / length) * 1e6) / 1e6);
};

export const openaiEmbeddings: Surface = {
  wire: openaiWire,
  matches: (method, path) => method === 'POST' && path === '/v1/embeddings',
  answer: ({ bytes }) => {
    const body = readJson(bytes);
    const model = modelIn(body, /^(?:text-embedding|sim-embedding)/);
    const texts = textsOf(body.input);
    const dimensions = typeof body.dimensions === 'number' ? body.dimensions : 256;
    const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
    return {
      charge: { model, tokens: { uncached: tokens }, prices },
      body: {
        object: 'list',
        data: texts.map((text, index) => ({
          object: 'embedding',
          index,
          embedding: encoded(vectorOf(text, dimensions), body.encoding_format),
        })),
        model,
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      },
    };
  },
};

const textsOf = (input: JsonValue | undefined): readonly string[] => {
  const list =
    typeof input === 'string' ? [input] : Array.isArray(input) ? (input as readonly JsonValue[]) : [];
  const isTokens = list.length > 0 && list.every((each) => typeof each === 'number');
  if (isTokens) return [list.join(' ')];
  const texts = list.map((each) => (Array.isArray(each) ? each.join(' ') : each));
  if (
    texts.length > 0 &&
    texts.length <= 2048 &&
    texts.every((each) => typeof each === 'string' && each !== '')
  )
    return texts as readonly string[];
  throw new WireProblem(400, "'$.input' is invalid: a text, texts or tokens, none of them empty.", {
    param: 'input',
  });
};

const encoded = (vector: readonly number[], format: JsonValue | undefined): JsonValue =>
  format === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;

const path = /^\/v1(?:beta|alpha)?\/models\/(.+):(embedContent|batchEmbedContents)$/;

export const geminiEmbeddings = (parts: SurfaceParts): Surface => ({
  wire: createGeminiWire(parts),
  matches: (method, at) => method === 'POST' && path.test(at),
  answer: ({ path: at, bytes }) => {
    const [, name = '', method] = path.exec(at) ?? [];
    const model = modelIn({ model: decodeURIComponent(name) }, /^(?:gemini-embedding|sim-embedding)/);
    const body = readJson(bytes);
    const requests = method === 'embedContent' ? [body] : Array.isArray(body.requests) ? body.requests : [];
    const texts = (requests as readonly JsonValue[]).map(contentText);
    const embeddings = texts.map((text) => ({ values: vectorOf(text, sizeIn(body)) }));
    const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
    return {
      charge: { model, tokens: { uncached: tokens }, prices },
      body: method === 'embedContent' ? { embedding: embeddings[0] ?? { values: [] } } : { embeddings },
    };
  },
});

const sizeIn = ({ outputDimensionality: size }: JsonObject): number =>
  typeof size === 'number' ? size : 256;

const contentText = (request: JsonValue): string => {
  const content = isObject(request) ? request.content : undefined;
  const parts =
    isObject(content) && Array.isArray(content.parts) ? (content.parts as readonly JsonValue[]) : [];
  const text = parts
    .map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : ''))
    .join('\n');
  if (text) return text;
  throw new WireProblem(400, '* EmbedContentRequest.content: contents is not specified', {
    param: 'content',
  });
};
