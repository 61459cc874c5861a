import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../core/json.ts';
import { startUpstream, type Upstream } from '../simulator/upstream/upstream.ts';

/** What the golden cases say is written, put before a vendor that another hand wrote, which refuses what life refuses. */
const folder = join(import.meta.dirname, 'pairs');

const invented = 'request-responses-to-messages.sealed-claude-thoughts.golden';

interface Vendor {
  /** Of a model that can what the sample can for which the cases are written. */
  readonly model: string;
  path(model: string): string;
}

const vendors: Readonly<Record<string, Vendor>> = {
  chat: { model: 'gpt-4.1', path: () => '/v1/chat/completions' },
  responses: { model: 'gpt-5.4', path: () => '/v1/responses' },
  messages: { model: 'claude-haiku-4-5', path: () => '/v1/messages' },
  gemini: { model: 'gemini-3.6-flash', path: (model) => `/v1beta/models/${model}:generateContent` },
};

interface Written {
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
}

const cases = readdirSync(folder).flatMap((file) => {
  const [, source, target = ''] = /^request-(\w+)-to-(\w+)\./.exec(file) ?? [];
  const out = readFileSync(join(folder, file), 'utf8').split('\n---\n')[1] ?? '';
  // what is refused by us comes before no vendor, and a signature of nobody's is no vendor's
  if (source === undefined || !out.startsWith('{') || file === invented) return [];
  return [{ file, source, target, written: JSON.parse(out) as Written }];
});

let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream({ speed: 0 });
});
afterAll(() => upstream.close());

describe('a strict vendor', () => {
  it.each(cases)('takes $file', async ({ source, target, written: { body, headers } }) => {
    const { model, path } = vendors[target] as Vendor;
    // of this pair the cases are about budgets
    const asked = source === 'messages' && target === 'gemini' ? 'gemini-2.5-flash' : model;

    const answer = await fetch(upstream.url + path(asked), {
      method: 'POST',
      headers: { ...headers, authorization: 'Bearer any', 'content-type': 'application/json' },
      body: JSON.stringify('model' in body ? { ...body, model: asked } : body),
    });

    expect(answer.status, await answer.text()).toBe(200);
  });
});
