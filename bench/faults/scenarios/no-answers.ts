import { type Answer, ask, chatBody, errorCode, messagesBody } from '../caller.ts';
import { eachOf } from '../many.ts';
import type { Script } from '../mock-upstream.ts';
import { defineScenario, exactly, none } from '../scenario.ts';
import { answers, chat, sendFrames, sendJson } from '../scripts.ts';
import { inTurn, provider } from '../stage.ts';

const chatError = (code: string): string =>
  `data: ${JSON.stringify({ error: { message: 'scripted', type: 'server_error', code } })}\n\n`;
const messagesError = (type: string): string =>
  `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type, message: 'scripted' } })}\n\n`;

export const errorFirst = defineScenario({
  id: 'A7',
  title: 'status 200, and then an error as the first event',
  isQuick: true,
  run: async (stage) => {
    const chatScripts: Record<string, Script> = {
      overloaded: sendFrames([chatError('server_is_overloaded')]),
      limited: sendFrames([': hm\n\n', chatError('rate_limit_exceeded')]),
      empty: sendFrames([]),
      onlyDone: sendFrames([chat.done]),
    };
    const messagesScripts: Record<string, Script> = {
      overloadedMessages: sendFrames([messagesError('overloaded_error')]),
      failedMessages: sendFrames(['event: ping\ndata: {"type":"ping"}\n\n', messagesError('api_error')]),
    };
    const upstream = await stage.upstream({ ...chatScripts, ...messagesScripts, good: answers(3) });
    const chatNames = Object.keys(chatScripts);
    const messagesNames = Object.keys(messagesScripts);
    const broken = [...chatNames.map((name) => `c/${name}`), ...messagesNames.map((name) => `m/${name}`)];
    const gateway = await stage.gateway({
      providers: {
        c: provider({ url: upstream.url, models: [...chatNames, 'good'] }),
        m: provider({ url: upstream.url, models: messagesNames, type: 'anthropic' }),
      },
      routes: Object.fromEntries(broken.map((id) => [id.replace('/', '-'), inTurn(id, 'c/good')])),
    });
    const askBoth = async (model: string): Promise<readonly Answer[]> => [
      await ask(gateway.url, chatBody(model, { stream: true })),
      await ask(gateway.url, messagesBody(model, { stream: true }), { path: '/v1/messages' }),
    ];

    const alone = (await eachOf(broken, 4, askBoth)).flat();
    const over = (await eachOf(broken, 4, (id) => askBoth(id.replace('/', '-')))).flat();

    const isWhole = ({ text }: Answer): boolean => text.includes('[DONE]') || text.includes('message_stop');
    return [
      none('leaks of status 200', alone.filter(({ status }) => status === 200).length),
      exactly(
        'failed over, and came whole',
        over.filter((one) => one.status === 200 && isWhole(one)).length,
        over.length,
      ),
      none(
        'errors shown to callers who got an answer',
        over.filter(({ text }) => text.includes('scripted')).length,
      ),
    ];
  },
});

const html = '<!doctype html><title>502</title><h1>Bad gateway</h1>';
const sendText =
  (type: string, body: string): Script =>
  ({ response }) =>
    void response.writeHead(200, { 'content-type': type }).end(body);

const noAnswers: Readonly<Record<string, Script>> = {
  errorBody: sendJson({ error: { message: 'scripted', type: 'server_error', code: 'x' } }),
  html: sendText('text/html', html),
  htmlAsJson: sendText('application/json', html),
  htmlAsStream: sendText('text/event-stream', html),
  empty: sendText('application/json', ''),
  list: sendText('application/json', '[]'),
  plain: sendText('text/plain', 'ok'),
  noChoices: sendJson({ id: 'x', object: 'chat.completion' }),
  noContent: ({ response }) => void response.writeHead(204).end(),
  redirect: ({ response }) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
};

export const noAnswer = defineScenario({
  id: 'A8',
  title: 'status 200 with what is no answer',
  isQuick: true,
  run: async (stage) => {
    const names = Object.keys(noAnswers);
    const upstream = await stage.upstream(noAnswers);
    const gateway = await stage.gateway({
      providers: { p: provider({ url: upstream.url, models: names }) },
    });
    const asks = names.flatMap((name) => [
      { name, stream: true },
      { name, stream: false },
    ]);

    const told = await eachOf(asks, 4, ({ name, stream }) =>
      ask(gateway.url, chatBody(`p/${name}`, { stream })),
    );

    const wrong = asks.filter((_, at) => {
      const answer = told[at] as Answer;
      return answer.status !== 502 || !errorCode(answer).startsWith('upstream_');
    });
    const shown = wrong.map(({ name, stream }) => (stream ? `${name} streamed` : name));
    return [
      none(`of ${asks.length} not told as 502 upstream_bad (${shown.join(', ') || 'none'})`, wrong.length),
      none('pages of others shown to callers', told.filter(({ text }) => text.includes('<h1>')).length),
    ];
  },
});
