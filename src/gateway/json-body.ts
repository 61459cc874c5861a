import { GatewayError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { parseNoting } from '../kit/exact-json.ts';
import { type JsonScan, JsonScanError, scanJson } from '../kit/json-scan.ts';

/** A caller's body: as it came, where its keys stand, and what it says. */
export interface ParsedBody {
  readonly bytes: Buffer;
  readonly scan: JsonScan;
  readonly body: JsonObject;
}

/** The parsed body, after a look that it is safe to parse. Throws `invalid-json`. */
export const parseBody = (bytes: Buffer): ParsedBody => {
  try {
    const scan = scanJson(bytes);
    const text = bytes.toString();
    const body: unknown = scan.hasLongNumbers ? parseNoting(text) : JSON.parse(text);
    if (isObject(body)) return { bytes, scan, body };
  } catch (cause) {
    if (cause instanceof JsonScanError)
      throw new GatewayError('invalid-json', `The body ${cause.message}.`, { cause });
    if (cause instanceof SyntaxError)
      throw new GatewayError('invalid-json', `The body is not JSON: ${where(cause)}.`, { cause });
    throw cause;
  }
  throw new GatewayError('invalid-json', 'The body is not a JSON object.');
};

/** The engine's message quotes the body: only the position is kept. */
const where = ({ message }: SyntaxError): string =>
  /at position \d+/.exec(message)?.[0] ?? 'it ends too early or has a stray character';
