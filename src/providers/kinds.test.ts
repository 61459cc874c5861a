import { describe, expect, it, onTestFinished } from 'vitest';
import { dialects } from '../dialects/index.ts';
import { chatAnswer, fakeUpstream, sendJson } from '../testing/fake-upstream.ts';
import { testGateway } from '../testing/test-gateway.ts';
import { providerKinds } from './index.ts';

/** What an agent written for OpenAI sends to whatever answers. */
const ofAnAgent = {
  model: 'auto',
  messages: [
    { role: 'developer', content: 'Be brief.' },
    { role: 'user', name: 'ann', content: 'go' },
    {
      ...{ role: 'assistant', content: null, refusal: null, annotations: [] },
      tool_calls: [
        { id: 'call_abcdefghijklmnopqrstuvwx', type: 'function', function: { name: 'f', arguments: '{}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_abcdefghijklmnopqrstuvwx', content: 'done' },
  ],
  tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }],
  max_completion_tokens: 100,
  ...{ presence_penalty: 0.1, frequency_penalty: 0.1, logit_bias: {}, seed: 7, store: false, user: 'u' },
  ...{ prompt_cache_key: 'k', service_tier: 'auto', verbosity: 'low', parallel_tool_calls: true },
};

const sentTo = async (kind: string) => {
  const upstream = await fakeUpstream(sendJson(chatAnswer('done')));
  onTestFinished(() => upstream.close());
  const gateway = await testGateway([{ name: 'one', url: upstream.url, kind }], dialects);
  onTestFinished(() => gateway.close());
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(ofAnAgent),
  });
  return {
    status: response.status,
    warnings: response.headers.get('x-tierwise-warnings') ?? '',
    headers: upstream.seen[0]?.headers ?? {},
    body: JSON.parse(upstream.seen[0]?.body ?? 'null'),
  };
};

const ofChat = providerKinds.filter(({ endpoints }) => endpoints[0].dialect === 'openai-chat');

describe.each(ofChat.map((kind) => [kind.type, kind] as const))(
  '%s is sent',
  (type, { quirks, authorize }) => {
    it('what it takes, and what is left out is told', async () => {
      const { status, warnings, body } = await sentTo(type);

      expect(status).toBe(200);
      for (const field of quirks.refusedFields ?? []) {
        expect(body).not.toHaveProperty(field);
        if (field in ofAnAgent) expect(warnings).toContain(field);
      }
      for (const message of body.messages)
        for (const field of quirks.refusedMessageFields ?? []) expect(message).not.toHaveProperty(field);
      if (quirks.systemRole) expect(body.messages[0].role).toBe(quirks.systemRole);
      if (quirks.maxTokensField) expect(body[quirks.maxTokensField]).toBe(100);
      expect([body.max_tokens, body.max_completion_tokens].filter((limit) => limit !== undefined)).toEqual([
        100,
      ]);
      expect(body.messages[3].tool_call_id).toBe(body.messages[2].tool_calls[0].id);
      if (quirks.callIds) expect(body.messages[3].tool_call_id).toMatch(/^[A-Za-z0-9]{9}$/);
    });

    it('its key, in the header it looks at', async () => {
      const { headers } = await sentTo(type);

      expect(headers).toMatchObject(authorize('upstream-secret'));
    });
  },
);
