import type { SimulatedPrompt } from '../../simulator/simulated-prompt.ts';
import type { Client, Heard } from './clients.ts';

/** One prompt sent, and what came of it. */
export type Driven = { readonly prompt: SimulatedPrompt; readonly client: Client } & (
  | ({ readonly ok: true } & Heard)
  | { readonly ok: false; readonly exchange: string | undefined; readonly reason: string }
);

export interface DriveParts {
  readonly clients: readonly Client[];
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly onAnswer: (driven: Driven, done: number) => void;
}

/** Sends every prompt once, the clients taking turns, at most so many at a time. In the order of the prompts. */
export const drive = async (
  prompts: readonly SimulatedPrompt[],
  { clients, concurrency, signal, onAnswer }: DriveParts,
): Promise<readonly Driven[]> => {
  const driven: (Driven | undefined)[] = prompts.map(() => undefined);
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < prompts.length && !signal.aborted; index = next++) {
      const prompt = prompts[index] as SimulatedPrompt;
      const client = clients[index % clients.length] as Client;
      const result = await send(prompt, client, signal);
      driven[index] = result;
      done += 1;
      onAnswer(result, done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, prompts.length) }, work));
  return driven.filter((one) => one !== undefined);
};

const send = async (prompt: SimulatedPrompt, client: Client, signal: AbortSignal): Promise<Driven> => {
  try {
    return { prompt, client, ok: true, ...(await client.ask(prompt, signal)) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const headers = (cause as { readonly headers?: Headers }).headers;
    return {
      prompt,
      client,
      ok: false,
      exchange: headers?.get?.('x-tierwise-exchange') ?? undefined,
      reason,
    };
  }
};
