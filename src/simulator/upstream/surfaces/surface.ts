import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../../../core/json.ts';
import type { BookTokens } from '../../book.ts';
import type { SimulatedPrices } from '../../simulated-model.ts';
import { type UpstreamWire, WireProblem } from '../wire.ts';

/** Something a vendor serves beside its chat models. */
export interface Surface {
  /** In whose manners it answers and errs. */
  readonly wire: UpstreamWire;
  matches(method: string, path: string): boolean;
  /** Throws WireProblem on what the vendor would refuse. */
  answer(request: SurfaceRequest): SurfaceAnswer;
}

export interface SurfaceRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly organisation: string;
}

export type SurfaceAnswer = { readonly charge?: Charge } & (
  | { readonly body: JsonObject }
  | { readonly bytes: Buffer; readonly contentType: string }
);

/** What goes into the book. */
export interface Charge {
  readonly model: string;
  readonly tokens: Partial<BookTokens>;
  readonly prices: SimulatedPrices;
}

export interface SurfaceParts {
  unique(...words: readonly string[]): string;
  now(): number;
}

export const flatPrices = (input: string, output = '0'): SimulatedPrices => ({
  input,
  output,
  cacheRead: input,
  cacheWrite5m: input,
  cacheWrite30m: input,
  cacheWrite1h: input,
});

/** The model of a body, where its name is one of these. */
export const modelIn = (body: JsonObject, names: RegExp): string => {
  const { model } = body;
  if (typeof model === 'string' && names.test(model)) return model;
  throw typeof model === 'string'
    ? new WireProblem(404, `The model '${model}' does not exist or you do not have access to it.`, {
        param: 'model',
      })
    : new WireProblem(400, 'you must provide a model parameter', { param: 'model' });
};
