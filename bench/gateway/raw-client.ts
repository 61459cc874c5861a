import { connect, type Socket } from 'node:net';

/** One answer, as seen on the wire. Times in milliseconds after the request was written. */
export interface Answer {
  readonly status: number;
  readonly head: string;
  /** When the body's first byte came. */
  readonly firstByteMs: number;
  readonly totalMs: number;
  /** Of the body, with what marks its chunks. */
  readonly bodyBytes: number;
}

/**
 * A connection that sends one request again and again. It knows just enough HTTP to see where an answer
 * ends, so that the load is made with as little work as can be.
 */
export class RawConnection {
  readonly #socket: Socket;
  #onAnswer: ((answer: Answer) => void) | undefined;
  #onEnd: (error: Error) => void;
  #sentAt = 0;
  #firstByteMs = 0;
  #head: string | undefined;
  #held: Buffer | undefined;
  #status = 0;
  #length = -1;
  #bodyBytes = 0;
  #tail: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, onEnd: (error: Error) => void) {
    this.#socket = socket;
    this.#onEnd = onEnd;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#onEnd(error));
    socket.on('close', () => this.#onEnd(new Error('the connection was closed')));
  }

  send(request: Buffer, onAnswer: (answer: Answer) => void): void {
    this.#onAnswer = onAnswer;
    this.#head = undefined;
    this.#length = -1;
    this.#bodyBytes = 0;
    this.#sentAt = performance.now();
    this.#socket.write(request);
  }

  close(): void {
    this.#onEnd = () => {};
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let body = chunk;
    if (this.#head === undefined) {
      const bytes = this.#held ? Buffer.concat([this.#held, chunk]) : chunk;
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#held = bytes;
        return;
      }
      this.#held = undefined;
      const head = bytes.toString('latin1', 0, end);
      this.#head = head;
      this.#status = Number(head.slice(9, 12));
      const length = /\r\ncontent-length: *(\d+)/i.exec(head);
      this.#length = length ? Number(length[1]) : -1;
      body = bytes.subarray(end + 4);
    }
    if (body.length === 0 && this.#length !== 0) return;
    if (this.#bodyBytes === 0) this.#firstByteMs = performance.now() - this.#sentAt;
    this.#bodyBytes += body.length;
    if (this.#length >= 0) {
      if (this.#bodyBytes >= this.#length) this.#finish();
      return;
    }
    // events end in bare line feeds, so only the end of a chunked body (trailers or none) ends like this
    const tail = body.length >= 4 ? body.subarray(-4) : Buffer.concat([this.#tail, body]).subarray(-4);
    if (tail.toString('latin1') === '\r\n\r\n') this.#finish();
    else this.#tail = Buffer.from(tail);
  }

  #finish(): void {
    this.#tail = Buffer.alloc(0);
    this.#onAnswer?.({
      status: this.#status,
      head: this.#head ?? '',
      firstByteMs: this.#firstByteMs,
      totalMs: performance.now() - this.#sentAt,
      bodyBytes: this.#bodyBytes,
    });
  }
}

export const openConnection = (port: number, onEnd: (error: Error) => void): Promise<RawConnection> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(new RawConnection(socket, onEnd));
    });
  });

export const requestBytes = (path: string, headers: Readonly<Record<string, string>>, body: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(
      [
        `POST ${path} HTTP/1.1`,
        'host: 127.0.0.1',
        'content-type: application/json',
        `content-length: ${body.length}`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        '',
        '',
      ].join('\r\n'),
    ),
    body,
  ]);
