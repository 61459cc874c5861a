import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { GatewayError } from '../core/errors.ts';

/**
 * A body that goes on while it comes in: never held, held to its limit. Where the caller sends too much, or
 * hangs up in the middle, it breaks off with an error, so that nobody takes its beginning for the whole.
 */
export class Upload extends Transform {
  readonly #limitBytes: number;
  #bytes = 0;
  /** Why it broke off. */
  refusal: GatewayError | undefined;

  constructor(source: Readable, limitBytes: number) {
    super();
    this.#limitBytes = limitBytes;
    // the call that reads it hears of it; unhandled, it would end the process
    this.on('error', () => undefined);
    source.on('error', (cause) => this.#refuse(new GatewayError('client-gone', hungUp, { cause })));
    source.on('close', () => {
      if (!source.readableEnded) this.#refuse(new GatewayError('client-gone', hungUp));
    });
    source.pipe(this);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#limitBytes) {
      done(null, chunk);
      return;
    }
    this.#refuse(
      new GatewayError(
        'too-large',
        `The body is over ${this.#limitBytes} bytes, the limit "server.uploadLimit" of this gateway.`,
      ),
    );
  }

  #refuse(refusal: GatewayError): void {
    if (this.destroyed) return;
    this.refusal = refusal;
    this.destroy(refusal);
  }
}

const hungUp = 'The caller hung up while sending.';
