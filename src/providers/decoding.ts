import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

/** What comes out of a compressed answer. After `ended` or `failed` nothing more comes. */
export interface DecodingListener {
  data(chunk: Buffer): void;
  ended(): void;
  failed(message: string): void;
  /** More is waiting to be decoded than should: false until `go`. */
  stop(): void;
  go(): void;
}

const decoders = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
} as const;

/** No answer is so long: a few kilobytes may hold it all the same. */
const mostBytes = 64 * 1024 * 1024;
/** From here on, what grows more than so many times is no text. */
const suspectBytes = 4 * 1024 * 1024;
const mostGrowth = 300;
const chunkSize = 64 * 1024;

/** Undefined where the answer is not compressed; "unknown" where nobody here reads its encoding. */
export const encodingOf = (value: string | undefined): keyof typeof decoders | 'unknown' | undefined => {
  const name = value?.trim().toLowerCase();
  if (!name || name === 'identity') return undefined;
  return Object.hasOwn(decoders, name) ? (name as keyof typeof decoders) : 'unknown';
};

/** Decodes an answer piece by piece, never more at once than its reader takes, and not without end. */
export class Decoding {
  readonly #decoder: ReturnType<typeof createGunzip>;
  readonly #listener: DecodingListener;
  #decodedBytes = 0;

  constructor(encoding: keyof typeof decoders, listener: DecodingListener) {
    this.#listener = listener;
    this.#decoder = decoders[encoding]({ chunkSize }) as ReturnType<typeof createGunzip>;
    this.#decoder.on('data', (chunk: Buffer) => this.#data(chunk));
    this.#decoder.on('drain', () => listener.go());
    this.#decoder.on('end', () => listener.ended());
    this.#decoder.on('error', (error: NodeJS.ErrnoException) =>
      listener.failed(`the compressed answer cannot be read (${error.code ?? error.name})`),
    );
  }

  write(chunk: Buffer): void {
    if (!this.#decoder.write(chunk)) this.#listener.stop();
  }

  end(): void {
    this.#decoder.end();
  }

  pause(): void {
    this.#decoder.pause();
  }

  resume(): void {
    this.#decoder.resume();
  }

  destroy(): void {
    this.#decoder.destroy();
  }

  get #isBomb(): boolean {
    const bytes = this.#decodedBytes;
    return bytes > mostBytes || (bytes > suspectBytes && bytes > this.#decoder.bytesWritten * mostGrowth);
  }

  #data(chunk: Buffer): void {
    this.#decodedBytes += chunk.length;
    if (!this.#isBomb) {
      this.#listener.data(chunk);
      return;
    }
    this.#decoder.destroy();
    this.#listener.failed('the compressed answer holds far more than an answer');
  }
}
