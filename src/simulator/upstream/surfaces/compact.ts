import { openaiWire } from '../openai/index.ts';
import { readJson } from '../read-body.ts';
import { seal } from '../responses/encrypted.ts';
import { countTokens } from '../tokens.ts';
import { vendorModel } from '../vendors/index.ts';
import { isText, WireProblem } from '../wire.ts';
import { flatPrices, modelIn, type Surface, type SurfaceParts } from './surface.ts';

/** A conversation made short: what comes back only its own organisation can read. */
export const compaction = ({ unique, now }: SurfaceParts): Surface => ({
  wire: openaiWire,
  matches: (method, path) => method === 'POST' && path === '/v1/responses/compact',
  answer: ({ bytes, organisation }) => {
    const body = readJson(bytes);
    const model = modelIn(body, /^(?:gpt-|o\d|sim-)/);
    const { input } = body;
    if (!isText(input) && !(Array.isArray(input) && input.length > 0))
      throw new WireProblem(400, "Missing required parameter: 'input'.", { param: 'input' });
    const id = `resp_${unique('compaction')}`;
    const tokens = { uncached: countTokens(JSON.stringify(input)), visible: 64 };
    return {
      charge: { model, tokens, prices: vendorModel(model)?.prices ?? flatPrices('1', '5') },
      body: {
        id,
        object: 'response.compaction',
        created_at: Math.floor(now() / 1000),
        output: [
          {
            id: `cmp_${unique('compaction')}`,
            type: 'compaction',
            encrypted_content: seal({ organisation, model, responseId: id }),
          },
        ],
        usage: {
          input_tokens: tokens.uncached,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: tokens.visible,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: tokens.uncached + tokens.visible,
        },
      },
    };
  },
});
