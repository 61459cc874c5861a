import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../../core/json.ts';
import type { SimulatedModel } from '../simulated-model.ts';
import { WireProblem } from './wire.ts';

export interface ListRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** `GET …/models` and `…/models/NAME`, in the shape of the vendor the headers speak to; undefined for other paths. */
export const listModels = (
  { path, query, headers }: ListRequest,
  models: readonly SimulatedModel[],
): JsonObject | undefined => {
  const at = /^\/(v1|v1beta|v1alpha)\/models(?:\/(.+))?$/.exec(path);
  if (!at) return undefined;
  const isGoogle =
    at[1] !== 'v1' ||
    headers['x-goog-api-key'] !== undefined ||
    headers['x-goog-api-client'] !== undefined ||
    query.has('key');
  const shape = isGoogle ? google : headers['anthropic-version'] === undefined ? openai : anthropic;
  const mine = models.filter(({ wire }) => shape.wires.includes(wire));
  if (at[2] === undefined) return shape.list(mine);
  const name = nameIn(at[2]);
  const model = mine.find((each) => each.name === name);
  if (model) return shape.entry(model);
  throw new WireProblem(404, `The model '${name}' does not exist`, { param: 'model' });
};

interface Shape {
  readonly wires: readonly string[];
  entry(model: SimulatedModel): JsonObject;
  list(models: readonly SimulatedModel[]): JsonObject;
}

const nameIn = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const openai: Shape = {
  wires: ['openai-chat', 'openai-responses'],
  entry: ({ name }) => ({ id: name, object: 'model', created: 1_767_225_600, owned_by: 'simulated' }),
  list: (models) => ({ object: 'list', data: models.map(openai.entry) }),
};

const anthropic: Shape = {
  wires: ['anthropic-messages'],
  entry: ({ name, displayName, contextTokens, maxOutputTokens }) => ({
    type: 'model',
    id: name,
    display_name: displayName,
    created_at: '2026-01-01T00:00:00Z',
    max_input_tokens: contextTokens,
    max_tokens: maxOutputTokens,
  }),
  list: (models) => ({
    data: models.map(anthropic.entry),
    has_more: false,
    first_id: models[0]?.name ?? null,
    last_id: models.at(-1)?.name ?? null,
  }),
};

const google: Shape = {
  wires: ['gemini'],
  entry: ({ name, displayName, contextTokens, maxOutputTokens }) => ({
    name: `models/${name}`,
    displayName,
    inputTokenLimit: contextTokens,
    outputTokenLimit: maxOutputTokens,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  }),
  list: (models) => ({ models: models.map(google.entry) }),
};
