import type { JsonObject } from '../../../core/json.ts';
import { openaiWire } from '../openai/index.ts';
import { readJson } from '../read-body.ts';
import { countTokens } from '../tokens.ts';
import { WireProblem } from '../wire.ts';
import { readForm } from './form.ts';
import { flatPrices, modelIn, type Surface, type SurfaceParts } from './surface.ts';

/** One grey point. */
const picture =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

const wanted = (body: JsonObject, field: string): string => {
  const value = body[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new WireProblem(400, `Missing required parameter: '${field}'.`, {
    param: field,
    code: 'missing_required_parameter',
  });
};

export const images = ({ now }: SurfaceParts): Surface => ({
  wire: openaiWire,
  matches: (method, path) => method === 'POST' && path === '/v1/images/generations',
  answer: ({ bytes }) => {
    const body = readJson(bytes);
    const model = modelIn(body, /^(?:gpt-image|dall-e|sim-image)/);
    const input = countTokens(wanted(body, 'prompt'));
    const count = typeof body.n === 'number' ? body.n : 1;
    const output = 272 * count;
    return {
      charge: { model, tokens: { uncached: input, visible: output }, prices: flatPrices('5', '40') },
      body: {
        created: Math.floor(now() / 1000),
        data: Array.from({ length: count }, () => ({ b64_json: picture })),
        usage: {
          input_tokens: input,
          output_tokens: output,
          total_tokens: input + output,
          input_tokens_details: { text_tokens: input, image_tokens: 0 },
        },
      },
    };
  },
});

export const speech: Surface = {
  wire: openaiWire,
  matches: (method, path) => method === 'POST' && path === '/v1/audio/speech',
  answer: ({ bytes }) => {
    const body = readJson(bytes);
    const model = modelIn(body, /^(?:tts-|gpt-.*-tts|sim-speech)/);
    const text = wanted(body, 'input');
    wanted(body, 'voice');
    // the header of a sound file, and silence about as long as the text
    const sound = Buffer.concat([
      Buffer.from('ID3\x04\x00\x00\x00\x00\x00\x00', 'latin1'),
      Buffer.alloc(text.length * 16),
    ]);
    return {
      charge: { model, tokens: { uncached: countTokens(text) }, prices: flatPrices('15') },
      bytes: sound,
      contentType: 'audio/mpeg',
    };
  },
};

export const transcriptions: Surface = {
  wire: openaiWire,
  matches: (method, path) =>
    method === 'POST' && (path === '/v1/audio/transcriptions' || path === '/v1/audio/translations'),
  answer: ({ bytes, headers }) => {
    const form = readForm(bytes, headers['content-type']);
    const model = modelIn({ model: form.fields.model }, /^(?:whisper|gpt-.*-transcribe|sim-transcribe)/);
    if (!form.file) throw new WireProblem(400, "Missing required parameter: 'file'.", { param: 'file' });
    const text = `A simulated transcript of ${form.file.bytes.length} bytes.`;
    const input = Math.ceil(form.file.bytes.length / 1000);
    const output = countTokens(text);
    return {
      charge: { model, tokens: { uncached: input, visible: output }, prices: flatPrices('2.5', '10') },
      body: {
        text,
        usage: { type: 'tokens', input_tokens: input, output_tokens: output, total_tokens: input + output },
      },
    };
  },
};

export const moderations = ({ unique }: SurfaceParts): Surface => ({
  wire: openaiWire,
  matches: (method, path) => method === 'POST' && path === '/v1/moderations',
  answer: ({ bytes }) => {
    const body = readJson(bytes);
    const { input } = body;
    const texts = typeof input === 'string' ? [input] : Array.isArray(input) ? input : [];
    if (texts.length === 0)
      throw new WireProblem(400, "Missing required parameter: 'input'.", { param: 'input' });
    return {
      body: {
        id: `modr-${unique('moderation')}`,
        model: typeof body.model === 'string' ? body.model : 'omni-moderation-latest',
        results: texts.map((text) => {
          const flagged = JSON.stringify(text).includes('sim-flagged');
          return {
            flagged,
            categories: { violence: flagged },
            category_scores: { violence: flagged ? 0.9 : 0.001 },
          };
        }),
      },
    };
  },
});
