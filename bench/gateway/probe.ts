import type { Target } from './contestants/contestant.ts';
import { type Answer, openConnection, requestBytes } from './raw-client.ts';
import { type ReplyKind, requestBody } from './workloads.ts';

export const chatPath = '/v1/chat/completions';

/** One request, to see whether and how somebody answers. */
export const requestOnce = (
  { port, headers }: Pick<Target, 'port' | 'headers'>,
  reply: ReplyKind,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer within ten seconds')), 10_000);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    openConnection(port, fail).then((connection) => {
      connection.send(requestBytes(chatPath, headers, requestBody(reply)), (answer) => {
        clearTimeout(timer);
        connection.close();
        resolve(answer);
      });
    }, fail);
  });
