import { describe, expect, it, onTestFinished } from 'vitest';
import { KeyRing } from '../access/keys.ts';
import type { DialectName, ModelId } from '../core/model.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialects } from '../dialects/index.ts';
import { sealReasoning } from '../dialects/sealed-reasoning.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { scanJson } from '../kit/json-scan.ts';
import { anthropic } from '../providers/anthropic.ts';
import { google } from '../providers/google.ts';
import { openai } from '../providers/openai.ts';
import type { ProviderKind } from '../providers/provider.ts';
import { Egress } from '../providers/send.ts';
import { fakeUpstream, type Script, sendJson } from '../testing/fake-upstream.ts';
import { sampleModel } from '../testing/sample-model.ts';
import { countTokens } from './count-tokens.ts';

const counting = async (kind: ProviderKind, dialectName: DialectName, script: Script) => {
  const upstream = await fakeUpstream(script);
  const egress = new Egress();
  onTestFinished(async () => {
    await egress.close();
    await upstream.close();
  });
  const model = sampleModel('up-name', { provider: 'p', id: 'p/up-name' as ModelId });
  const provider = {
    ...{ name: 'p', kind, quirks: {} },
    credentials: [{ name: 'p', baseUrl: new URL(upstream.url), key: 'upstream-secret', weight: 1 }] as const,
    timeouts: { connectMs: 500, firstByteMs: 500, idleMs: 500, totalMs: 1000 },
  };
  const snapshot = {
    keys: new KeyRing([]),
    providers: new Map([['p', provider]]),
    resolve: (name: string) =>
      name === 'auto' ? { type: 'route', route: 'auto' } : { type: 'model', model },
  } as unknown as Snapshot;
  const dialect = dialects.find(({ name }) => name === dialectName) as Dialect;
  const count = async (body: object, rest: object = {}) => {
    const bytes = Buffer.from(JSON.stringify(body));
    return countTokens(
      {
        parsed: { bytes, scan: scanJson(bytes), body: JSON.parse(bytes.toString()) },
        ...{ dialect, snapshot, headers: {}, credentials: { gatewayKey: undefined, vendorKey: undefined } },
        ...rest,
      },
      { egress, estimate: () => 7 },
    );
  };
  return { upstream, count };
};

const messages = [{ role: 'user', content: 'hi' }];

describe('counting a prompt', () => {
  it.each<[ProviderKind, DialectName, object, object, string, object]>([
    [
      anthropic,
      'anthropic-messages',
      { model: 'm', messages },
      {},
      '/v1/messages/count_tokens',
      { input_tokens: 12 },
    ],
    [
      openai,
      'openai-responses',
      { model: 'm', input: 'hi' },
      {},
      '/v1/responses/input_tokens',
      { object: 'response.input_tokens', input_tokens: 12 },
    ],
    [
      google,
      'gemini',
      { contents: [] },
      { model: 'm' },
      '/v1/models/up-name:countTokens',
      { totalTokens: 12 },
    ],
  ])('is left to the vendor of a named model: %o', async (kind, dialect, body, rest, path, told) => {
    const { upstream, count } = await counting(kind, dialect, sendJson(told));

    const counted = await count(body, rest);

    expect(counted.type).toBe('told');
    expect(JSON.parse(String(counted.body))).toEqual(told);
    expect(upstream.seen[0]?.path).toBe(path);
    if ('model' in body)
      expect(JSON.parse(upstream.seen[0]?.body ?? '')).toMatchObject({ ...body, model: 'up-name' });
  });

  it('guesses where the prompt holds another vendor’s reasoning, which goes to nobody else', async () => {
    const { upstream, count } = await counting(
      anthropic,
      'anthropic-messages',
      sendJson({ input_tokens: 5 }),
    );
    const signature = sealReasoning({ vendor: 'openai', kind: 'encrypted', data: 'x' });
    const said = { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm', signature }] };

    const counted = await count({ model: 'm', messages: [...messages, said, ...messages] });

    expect(counted).toEqual({ type: 'estimated', body: { input_tokens: 7 } });
    expect(upstream.seen).toHaveLength(0);
  });

  it('sends on what the vendor has to know of the caller, and no account', async () => {
    const { upstream, count } = await counting(
      anthropic,
      'anthropic-messages',
      sendJson({ input_tokens: 1 }),
    );

    await count(
      { model: 'm', messages },
      {
        headers: {
          'anthropic-beta': 'b',
          'anthropic-version': '2026-10-21',
          'anthropic-workspace-id': 'w',
          cookie: 'c',
          'x-api-key': 'caller',
        },
      },
    );

    expect(upstream.seen[0]?.headers).toMatchObject({
      'anthropic-beta': 'b',
      'anthropic-version': '2026-10-21',
      'x-api-key': 'upstream-secret',
    });
    expect(upstream.seen[0]?.headers).not.toHaveProperty('anthropic-workspace-id');
    expect(upstream.seen[0]?.headers).not.toHaveProperty('cookie');
  });

  it('is our own guess where many models may answer, and where the vendor counts in no dialect of the caller’s', async () => {
    const { upstream, count } = await counting(
      anthropic,
      'anthropic-messages',
      sendJson({ input_tokens: 12 }),
    );
    const other = await counting(anthropic, 'gemini', sendJson({ input_tokens: 12 }));

    expect(await count({ model: 'auto', messages })).toEqual({
      type: 'estimated',
      body: { input_tokens: 7 },
    });
    expect(await other.count({ contents: [] }, { model: 'm' })).toEqual({
      type: 'estimated',
      body: { totalTokens: 7 },
    });
    expect(upstream.seen).toHaveLength(0);
  });

  it.each<[string, Script]>([
    ['refuses', sendJson({ error: {} }, 500)],
    ['hangs up', (response) => response.destroy()],
    ['tells our key', sendJson({ input_tokens: 1, note: 'upstream-secret' })],
  ])('is our own guess where the vendor %s', async (_name, script) => {
    const { count } = await counting(anthropic, 'anthropic-messages', script);

    expect(await count({ model: 'm', messages })).toEqual({ type: 'estimated', body: { input_tokens: 7 } });
  });
});
