import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../../core/json.ts';
import type { SimulatedModel } from '../simulated-model.ts';

/** `GET /v1/models` and `/v1/models/NAME`, in the shape of the vendor the headers speak to; undefined for other paths. */
export const listModels = (
  path: string,
  headers: IncomingHttpHeaders,
  models: readonly SimulatedModel[],
): { readonly status: number; readonly body: JsonObject } | undefined => {
  const isAnthropic = headers['anthropic-version'] !== undefined;
  const mine = models.filter(({ wire }) => (wire === 'anthropic-messages') === isAnthropic);
  const entries = mine.map(isAnthropic ? anthropicEntry : openaiEntry);
  if (path === '/v1/models')
    return {
      status: 200,
      body: isAnthropic
        ? {
            data: entries,
            has_more: false,
            first_id: mine[0]?.name ?? null,
            last_id: mine.at(-1)?.name ?? null,
          }
        : { object: 'list', data: entries },
    };
  if (!path.startsWith('/v1/models/')) return undefined;
  const name = decodeURIComponent(path.slice('/v1/models/'.length));
  const entry = entries.find(({ id }) => id === name);
  if (entry) return { status: 200, body: entry };
  const message = `The model '${name}' does not exist`;
  return {
    status: 404,
    body: isAnthropic
      ? { type: 'error', error: { type: 'not_found_error', message } }
      : { error: { message, type: 'invalid_request_error', param: 'model', code: 'model_not_found' } },
  };
};

const openaiEntry = ({ name }: SimulatedModel): JsonObject => ({
  id: name,
  object: 'model',
  created: 1_767_225_600,
  owned_by: 'simulated',
});

const anthropicEntry = ({
  name,
  displayName,
  contextTokens,
  maxOutputTokens,
}: SimulatedModel): JsonObject => ({
  type: 'model',
  id: name,
  display_name: displayName,
  created_at: '2026-01-01T00:00:00Z',
  max_input_tokens: contextTokens,
  max_tokens: maxOutputTokens,
});
