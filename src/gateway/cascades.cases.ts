import type { Acceptance } from '../core/decision.ts';
import { evidenceAgainst } from '../core/decision.ts';
import {
  chatAnswer,
  chatFrames,
  type FakeUpstream,
  messagesAnswer,
  messagesFrames,
  type Script,
  sendFrames,
  sendJson,
} from '../testing/fake-upstream.ts';
import type { TestGateway, TestGatewayOptions, TestModel } from '../testing/test-gateway.ts';
import { gatewayOf, upstreamOf } from './setting.cases.ts';

export interface Cascading {
  readonly gateway: TestGateway;
  /** By the names of the models. */
  readonly upstreams: Readonly<Record<string, FakeUpstream>>;
}

export const freeChecks: Acceptance = { refuse: evidenceAgainst };

type Plan = NonNullable<TestGatewayOptions['plan']>;

/** A model for each script, asked in turn: all but the last are judged, by default by their looks. */
export const cascading = async (
  scripts: Readonly<Record<string, Script>>,
  {
    plan,
    acceptIf = freeChecks,
    kinds = {},
    ...options
  }: TestGatewayOptions & {
    readonly acceptIf?: Acceptance;
    /** Of their providers. Default: those that speak Chat. */
    readonly kinds?: Readonly<Record<string, string>>;
  } = {},
): Promise<Cascading> => {
  const names = Object.keys(scripts);
  const upstreams: Record<string, FakeUpstream> = {};
  const models: TestModel[] = [];
  for (const name of names) {
    const upstream = await upstreamOf(scripts[name] as Script);
    upstreams[name] = upstream;
    models.push({
      name,
      url: upstream.url,
      kind: kinds[name] ?? 'openai-compatible',
      tier: name === names.at(-1) ? 'frontier' : 'light',
    });
  }
  const usual: Plan = names.map((name, index) =>
    index === names.length - 1 ? { ask: [name] } : { ask: [name], acceptIf },
  );
  return { gateway: await gatewayOf(models, { ...options, plan: plan ?? usual }), upstreams };
};

const usage = { input: 10, output: 5 };

/** Says this, whole or as a stream, in the wire that it is asked in. */
export const says =
  (text: string): Script =>
  (response, call) => {
    const isStream = (JSON.parse(call.body) as { stream?: boolean }).stream === true;
    const isMessages = call.path.includes('messages');
    const pieces = text.match(/.{1,7}/gs) ?? [];
    if (isStream) sendFrames((isMessages ? messagesFrames : chatFrames)(pieces, usage))(response, call);
    else sendJson((isMessages ? messagesAnswer : chatAnswer)(text, usage))(response, call);
  };

/** A whole Chat answer with other things in it than text. */
export const answers = (message: object, finish = 'stop', output = 5): Script =>
  sendJson({
    ...chatAnswer('', { ...usage, output }),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, refusal: null, ...message },
        logprobs: null,
        finish_reason: finish,
      },
    ],
  });

export const calls = (name: string, text: string): Script =>
  answers(
    { tool_calls: [{ id: 'call_1', type: 'function', function: { name, arguments: text } }] },
    'tool_calls',
  );

export const breaks: Script = (response) => {
  response
    .writeHead(503, { 'content-type': 'application/json' })
    .end('{"error":{"message":"no","type":"x"}}');
};
