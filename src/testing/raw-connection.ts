import { connect } from 'node:net';

/** A connection on which a test says what it likes, and reads what comes back as it came. */
export interface RawConnection {
  /** All that came so far. */
  readonly text: string;
  readonly isClosed: boolean;
  write(text: string | Buffer): void;
  /** Resolves when what came so far matches; rejects after five seconds. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves with all that came when the other side has closed; rejects after five seconds. */
  closed(): Promise<string>;
  /** Reads nothing until `resume`. */
  pause(): void;
  resume(): void;
  /** Says nothing more, and goes on reading. */
  end(): void;
  destroy(): void;
  reset(): void;
}

export const rawConnection = async (url: string): Promise<RawConnection> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  let text = '';
  let isClosed = false;
  let looks: (() => void)[] = [];
  const tell = (): void => {
    for (const look of looks) look();
  };
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    tell();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    tell();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('error', reject);
  });
  const waitFor = (isSo: () => boolean, what: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${what} did not come; there came: ${text.slice(-1000)}`)),
        5000,
      );
      const look = (): void => {
        if (!isSo()) return;
        clearTimeout(timer);
        looks = looks.filter((other) => other !== look);
        resolve(text);
      };
      looks.push(look);
      look();
    });
  return {
    get text() {
      return text;
    },
    get isClosed() {
      return isClosed;
    },
    write: (bytes) => socket.write(bytes),
    until: (pattern) => waitFor(() => pattern.test(text), String(pattern)),
    closed: () => waitFor(() => isClosed, 'the end of the connection'),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => socket.end(),
    destroy: () => socket.destroy(),
    reset: () => socket.resetAndDestroy(),
  };
};

/** A request as text. */
export const rawPost = (path: string, body: string, headers: readonly string[] = []): string =>
  [
    `POST ${path} HTTP/1.1`,
    'host: gateway',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n');
