import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';

/** How good one answer was. */
export interface AnswerMark {
  readonly exchange: string;
  readonly score: number;
}

export interface LabelParts {
  /** Of the gateway: "http://127.0.0.1:4100". */
  readonly url: string;
  readonly key: string | undefined;
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** Tells the gateway what the checks of a workload said of its answers, as the tests of a caller would. */
export const labelAnswers = async (
  marks: readonly AnswerMark[],
  { url, key = 'demo', concurrency, signal }: LabelParts,
): Promise<void> => {
  const waiting = marks.values();
  const work = async (): Promise<void> => {
    for (const { exchange, score } of waiting) {
      const send = (): Promise<Response> =>
        fetch(`${url}/v1/exchanges/${exchange}/feedback`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify({ score, source: 'test' }),
          signal,
        });
      let response = await send();
      while (response.status === 429) {
        await response.arrayBuffer();
        await pause(1000, undefined, { signal });
        response = await send();
      }
      const said = await response.text();
      if (!response.ok) throw new CliError(`A label was not taken (${response.status}): ${said}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, marks.length) }, work));
};
