import { type Answer, openConnection, type RawConnection, requestBytes } from './raw-client.ts';
import { quantile } from './statistics.ts';

/** A load to make, in plain data: it crosses a process boundary. */
export interface LoadJob {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
  /** A shorter body is a failure, whatever its status. */
  readonly leastBodyBytes: number;
}

export interface LoadResult {
  /** Good answers, also those that came in after the time was up. */
  readonly completed: number;
  readonly failed: number;
  /** Good answers a second while the time ran. */
  readonly perSecond: number;
  readonly totalMs: Spread;
  readonly firstByteMs: Spread;
  /** Medians of what `server-timing` told, where the load was one connection. */
  readonly parts: Readonly<Record<string, number>>;
  readonly firstFailure?: string;
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

const mostFailures = 50;

/** Sends the request over and over on each connection until the time is up, and waits for the answers still out. */
export const makeLoad = async (job: LoadJob): Promise<LoadResult> => {
  const request = requestBytes(job.path, job.headers, Buffer.from(job.body));
  const totals: number[] = [];
  const firstBytes: number[] = [];
  const parts = new Map<string, number[]>();
  let inTime = 0;
  let failed = 0;
  let firstFailure: string | undefined;

  const fail = (why: string): void => {
    failed++;
    firstFailure ??= why;
  };
  const take = (answer: Answer): void => {
    if (answer.status !== 200 || answer.bodyBytes < job.leastBodyBytes) {
      fail(`status ${answer.status}, ${answer.bodyBytes} bytes`);
      return;
    }
    totals.push(answer.totalMs);
    firstBytes.push(answer.firstByteMs);
    if (performance.now() <= deadline) inTime++;
    if (job.connections === 1) readParts(answer.head, parts);
  };

  let deadline = 0;
  const work = (): Promise<void> =>
    new Promise((resolve) => {
      let connection: RawConnection | undefined;
      const next = (): void => {
        if (performance.now() >= deadline || failed > mostFailures) {
          connection?.close();
          resolve();
          return;
        }
        connection?.send(request, (answer) => {
          take(answer);
          next();
        });
      };
      const open = (): void => {
        openConnection(job.port, (error) => {
          fail(error.message);
          if (failed <= mostFailures && performance.now() < deadline) open();
          else resolve();
        }).then(
          (opened) => {
            connection = opened;
            next();
          },
          (error: Error) => {
            failed = mostFailures + 1;
            firstFailure ??= error.message;
            resolve();
          },
        );
      };
      open();
    });

  deadline = performance.now() + job.seconds * 1000;
  await Promise.all(Array.from({ length: job.connections }, work));
  return {
    completed: totals.length,
    failed,
    perSecond: inTime / job.seconds,
    totalMs: spread(totals),
    firstByteMs: spread(firstBytes),
    parts: Object.fromEntries([...parts].map(([name, values]) => [name, quantile(values, 0.5)])),
    ...(firstFailure !== undefined && { firstFailure }),
  };
};

const spread = (values: readonly number[]): Spread => ({
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
});

/** `server-timing: admit;dur=0.04, intend;dur=0.21` */
const readParts = (head: string, parts: Map<string, number[]>): void => {
  const line = /\r\nserver-timing: *([^\r]*)/i.exec(head)?.[1];
  if (line === undefined) return;
  for (const [, name = '', duration] of line.matchAll(/([\w-]+);dur=([\d.]+)/g)) {
    const values = parts.get(name);
    if (values) values.push(Number(duration));
    else parts.set(name, [Number(duration)]);
  }
};
