import { ask, messagesBody } from '../caller.ts';
import { settledOf } from '../invariants.ts';
import { defineScenario, exactly, none } from '../scenario.ts';
import { answers } from '../scripts.ts';
import { provider } from '../stage.ts';

const messages = '"messages":[{"role":"user","content":"hi"}]';

/** Bodies that two readers may read differently; a status of 400 is as good an answer as a consistent one. */
const bodies: Readonly<Record<string, Buffer>> = {
  modelTwice: Buffer.from(`{"model":"p/one",${messages},"model":"p/two"}`),
  modelTwiceEscaped: Buffer.from(`{"model":"p/one",${messages},"\\u006dodel":"p/two"}`),
  messagesTwice: Buffer.from(`{"model":"p/one",${messages},"messages":[]}`),
  invalidUtf8: Buffer.concat([
    Buffer.from('{"model":"p/one","messages":[{"role":"user","content":"'),
    Buffer.from([0xc3, 0x28]),
    Buffer.from('"}]}'),
  ]),
  invalidUtf8InKey: Buffer.concat([
    Buffer.from('{"model":"p/one","x'),
    Buffer.from([0xff]),
    Buffer.from(`":1,${messages}}`),
  ]),
  overlong: Buffer.concat([
    Buffer.from('{"model":"p/one","user":"'),
    Buffer.from([0xc0, 0xaf]),
    Buffer.from(`",${messages}}`),
  ]),
  byteOrderMark: Buffer.from(`\uFEFF{"model":"p/one",${messages}}`),
  nul: Buffer.from(`{"model":"p/one","user":"a\u0000b",${messages}}`),
  nulInModel: Buffer.from(`{"model":"p/one\\u0000",${messages}}`),
  trailing: Buffer.from(`{"model":"p/one",${messages}}{"model":"p/two"}`),
};

/** Bytes that have to arrive as they were sent. */
const kept: readonly string[] = [
  '"seed":9007199254740993',
  '"user":"\\ud800"',
  '"metadata":{"n":123456789012345678901234567890,"f":1.0000000000000000001,"e":1e400}',
  '"user":"\\u0000"',
  '"stop":["\\u2028","\u00e9"]',
];

export const ambiguousBodies = defineScenario({
  id: 'B9',
  title: 'doubled keys, broken UTF-8, lone surrogates, big numbers',
  isQuick: true,
  run: async (stage) => {
    const upstream = await stage.upstream({ one: answers(2), two: answers(2) });
    const gateway = await stage.gateway({
      providers: { p: provider({ url: upstream.url, models: ['one', 'two'] }) },
    });
    const broken = ['invalidUtf8', 'invalidUtf8InKey', 'overlong'];

    let torn = 0;
    let served = 0;
    const statuses = new Map<string, number>();
    for (const [name, body] of Object.entries(bodies)) {
      upstream.forget();
      const { status, headers } = await ask(gateway.url, body);
      statuses.set(name, status);
      if (status !== 200) continue;
      served += 1;
      const sent = upstream.calls[0];
      const told = String(headers['x-tierwise-model']);
      // a reader that takes the first of two keys and one that takes the last have to agree
      const names = [...(sent?.bytes.toString().matchAll(/"(?:model|\\u006dodel)":"([^"]*)"/g) ?? [])].map(
        ([, model]) => model,
      );
      if (new Set([...names, told.replace('p/', '')]).size !== 1) torn += 1;
    }
    const rows = await settledOf(gateway, served);
    const billedWrong = rows.filter(({ model, askedModel }) => model !== askedModel).length;
    let changed = 0;
    for (const field of kept) {
      upstream.forget();
      await ask(gateway.url, `{"model":"p/one",${messages},${field}}`);
      if (!upstream.calls[0]?.bytes.includes(field)) changed += 1;
    }
    const wholeAnswer = await ask(gateway.url, messagesBody('p/one'), { path: '/v1/messages' });
    return [
      none('requests where routed, billed and sent model differ', torn + billedWrong),
      exactly(
        'broken UTF-8 answered with 400',
        broken.filter((name) => statuses.get(name) === 400).length,
        broken.length,
      ),
      none(
        'bodies that brought another status than 200, 400 or 404',
        [...statuses.values()].filter((status) => ![200, 400, 404].includes(status)).length,
      ),
      none(`of ${kept.length} values changed on their way`, changed),
      exactly('and well afterwards', wholeAnswer.status, 200),
    ];
  },
});
