import { isObject, type JsonObject } from '../core/json.ts';
import type { Unwrapping } from './provider.ts';

/** What an error of a cloud is called in Messages. */
export interface CloudError {
  readonly type: string;
  readonly message: string;
}

/** An error answer in the words of Messages; what is an error of Messages already, or none we know, stays as it is. */
export class ErrorUnwrapping implements Unwrapping {
  readonly contentType = 'application/json';
  readonly status?: number;
  readonly #read: (body: JsonObject) => CloudError | undefined;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(read: (body: JsonObject) => CloudError | undefined, status?: number) {
    this.#read = read;
    if (status !== undefined) this.status = status;
  }

  push(chunk: Buffer): Buffer {
    this.#size += chunk.length;
    // nobody says so much about an error: it is of no use, and goes on in pieces
    if (this.#size > mostErrorBytes)
      return this.#chunks.length > 0 ? Buffer.concat([...this.#chunks.splice(0), chunk]) : chunk;
    this.#chunks.push(chunk);
    return nothing;
  }

  end(): Buffer {
    const body = Buffer.concat(this.#chunks);
    const said = parsed(body);
    if (!said || said.type === 'error') return body;
    const error = this.#read(said);
    return error ? Buffer.from(JSON.stringify({ type: 'error', error })) : body;
  }
}

const mostErrorBytes = 256 * 1024;
const nothing = Buffer.alloc(0);

const parsed = (body: Buffer): JsonObject | undefined => {
  try {
    const value = JSON.parse(body.toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
