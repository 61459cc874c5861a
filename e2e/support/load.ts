import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { createRandom } from '../../src/simulator/chance.ts';
import type { Wire } from '../../src/simulator/simulated-model.ts';

/** One request of a load and what became of it. Moments are counted, not clocked. */
export interface LoadCall {
  /** Stands in its prompt. */
  readonly mark: string;
  readonly body: string;
  readonly startedAt: number;
  /** The moment its whole answer was there; undefined where it broke off. */
  endedAt: number | undefined;
}

export interface Load {
  readonly calls: readonly LoadCall[];
  /** Starts nothing more, and waits for what is under way to end, well or badly. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly url: string;
  readonly models: readonly string[];
  readonly seed: string;
  /** Between two starts. */
  readonly everyMs: number;
}

const mostAtOnce = 64;
export const mostAnswerTokens = 400;

/** Asks both wires, streaming and not, as steadily as the machine allows. */
export const startLoad = ({ url, models, seed, everyMs }: LoadOptions): Load => {
  const random = createRandom('load', seed);
  const agent = new Agent({ connections: mostAtOnce });
  const calls: LoadCall[] = [];
  const underWay = new Set<Promise<void>>();
  let moments = 0;
  let isStopped = false;

  const send = async (wire: Wire): Promise<void> => {
    const mark = `#${seed}-${calls.length}#`;
    const isStream = random.happens(0.5);
    const body = JSON.stringify({
      model: random.pick(models),
      max_tokens: mostAnswerTokens,
      stream: isStream,
      messages: [{ role: 'user', content: `Say something about bridges and boats, please. ${mark}` }],
    });
    const call: LoadCall = { mark, body, startedAt: moments++, endedAt: undefined };
    calls.push(call);
    const path = wire === 'openai-chat' ? '/v1/chat/completions' : '/v1/messages';
    const headers = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
    try {
      const { statusCode, body: answer } = await request(url + path, {
        ...{ method: 'POST', body, headers, dispatcher: agent },
      });
      const text = await answer.text();
      if (statusCode === 200 && isWhole(text, isStream, wire)) call.endedAt = moments++;
    } catch {
      // what it is there for: the gateway was killed in the middle of it
    }
  };
  const run = async (): Promise<void> => {
    while (!isStopped) {
      if (underWay.size < mostAtOnce) {
        const sending = send(random.pick(['openai-chat', 'anthropic-messages']));
        underWay.add(sending);
        void sending.finally(() => underWay.delete(sending));
      }
      await pause(everyMs);
    }
  };
  const running = run();
  return {
    calls,
    stop: async () => {
      isStopped = true;
      await running;
      await Promise.all(underWay);
      await agent.destroy();
    },
  };
};

const isWhole = (text: string, isStream: boolean, wire: Wire): boolean => {
  if (!isStream) return text.endsWith('}');
  return wire === 'openai-chat' ? text.includes('data: [DONE]') : text.includes('event: message_stop');
};
