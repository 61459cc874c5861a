import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { noUsage, type Usage } from '../core/usage.ts';
import { parseBody } from '../gateway/json-body.ts';
import { addMember, spliceBytes } from '../kit/json-scan.ts';
import { boundaryOf, findField } from './multipart.ts';
import type { Surface } from './surface.ts';

/** A body that is held, as far as it had to be understood. */
export interface HeldBody {
  /** As the caller has it; "" where it names none. */
  readonly model: string;
  readonly isStream: boolean;
  readonly contentType: string;
  /** The same bytes with the model's name at its provider. */
  renamed(name: string): Buffer;
  /** More than it can come to, in tokens. */
  readonly bound: Usage;
}

const longestModelName = 256;

/** Reads just enough of a body to know whose it is. Throws `invalid-json` or `invalid-request`. */
export const readHeldBody = (
  bytes: Buffer,
  surface: Surface,
  headers: IncomingHttpHeaders | Readonly<Record<string, string | undefined>>,
): HeldBody => {
  const contentType = headers['content-type'] ?? 'application/json';
  const boundary = boundaryOf(contentType);
  const held = boundary === undefined ? jsonBody(bytes) : formBody(bytes, boundary, contentType);
  const model = surface.model ?? held.model;
  if (model.length > longestModelName)
    throw new GatewayError('invalid-request', `"model" is over ${longestModelName} characters.`, {
      param: 'model',
    });
  return { ...held, model, ...(surface.modelIn === 'path' && { renamed: () => bytes }) };
};

const jsonBody = (bytes: Buffer): HeldBody => {
  const { scan, body } = parseBody(bytes);
  const { model = '' } = body;
  if (typeof model !== 'string')
    throw new GatewayError('invalid-request', '"model" has to be a name.', { param: 'model' });
  return {
    model,
    isStream: body.stream === true,
    contentType: 'application/json',
    renamed: (name) => {
      if (name === model) return bytes;
      const text = JSON.stringify(name);
      const span = scan.keys.get('model');
      return spliceBytes(bytes, [
        span ? { start: span.start, end: span.end, text } : addMember(scan, 'model', text),
      ]);
    },
    bound: boundOf(bytes.length, body),
  };
};

const formBody = (bytes: Buffer, boundary: string, contentType: string): HeldBody => {
  const field = findField(bytes, boundary, 'model');
  const stream = findField(bytes, boundary, 'stream');
  return {
    model: field?.value ?? '',
    isStream: stream?.value === 'true',
    contentType,
    renamed: (name) => {
      if (name === (field?.value ?? '')) return bytes;
      if (field) return spliceBytes(bytes, [{ start: field.start, end: field.end, text: name }]);
      const head = `--${boundary}\r\ncontent-disposition: form-data; name="model"\r\n\r\n`;
      const start = bytes.indexOf(`--${boundary}`);
      return spliceBytes(bytes, [{ start, end: start, text: `${head}${name}\r\n` }]);
    },
    bound: { ...noUsage, inputTokens: bytes.length },
  };
};

/** A token is at least a byte; answers are as long as was asked, sixteen tokens where nothing was. */
const boundOf = (bodyBytes: number, { max_tokens: most, n, best_of: best }: JsonObject): Usage => ({
  ...noUsage,
  inputTokens: bodyBytes,
  outputTokens: countOf(most, 16) * Math.max(countOf(n, 1), countOf(best, 1)),
});

const countOf = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && value > 0 && value < 1e6 ? Math.ceil(value) : otherwise;
