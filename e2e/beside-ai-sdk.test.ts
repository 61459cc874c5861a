import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wholeCatalogue } from '../src/app/config-models.ts';
import type { ChatRequest } from '../src/core/chat.ts';
import type { JsonObject, JsonValue } from '../src/core/json.ts';
import type { DialectName } from '../src/core/model.ts';
import { dialects } from '../src/dialects/index.ts';
import { bodyOfAiSdk, hasAiSdk } from './beside-ai-sdk/ai-sdk.ts';
import { type Conversation, conversations, type Vendor, vendors } from './beside-ai-sdk/conversations.ts';
import { type Difference, differencesOf } from './beside-ai-sdk/difference.ts';
import { reasonFor, reasons } from './beside-ai-sdk/reasons.ts';

/**
 * Our requests beside those the AI SDK builds from the same conversation. Each difference has a reason in
 * `reasons.ts`, or this fails; `UPDATE_GOLDEN=1` writes the page with all of them.
 */
const page = join(import.meta.dirname, '..', 'docs', 'reference', 'beside-the-ai-sdk.md');

const targets: Readonly<Record<Vendor, { readonly dialect: DialectName; readonly id: string }>> = {
  anthropic: { dialect: 'anthropic-messages', id: 'anthropic/claude-sonnet-4-6' },
  'openai-chat': { dialect: 'openai-chat', id: 'openai/gpt-5.2' },
  'openai-responses': { dialect: 'openai-responses', id: 'openai/gpt-5.6-terra' },
  google: { dialect: 'gemini', id: 'google/gemini-3.8-flash' },
};

const plain: ChatRequest = {
  dialect: 'openai-chat',
  model: 'auto',
  system: [],
  turns: [],
  tools: [],
  sampling: {},
  stop: [],
  format: { type: 'text' },
  reasoning: {},
  stream: false,
  wantsUsage: true,
  choices: 1,
  extras: {},
};

const catalogue = wholeCatalogue();

const ourBody = (vendor: Vendor, { ours }: Conversation): JsonObject => {
  const { dialect: name, id } = targets[vendor];
  const dialect = dialects.find((known) => known.name === name);
  const model = catalogue.find(id);
  if (!dialect || !model) throw new Error(`there is no ${id} on ${name}`);
  const caller: DialectName = name === 'openai-chat' ? 'anthropic-messages' : 'openai-chat';
  const request = { ...plain, ...ours(vendor), dialect: caller };
  return JSON.parse(JSON.stringify(dialect.writeRequest(request, { model, quirks: {} }).body)) as JsonObject;
};

interface Comparison {
  readonly vendor: Vendor;
  readonly conversation: string;
  readonly differences: readonly Difference[];
}

const compare = async (vendor: Vendor, conversation: Conversation): Promise<Comparison> => {
  const ours = ourBody(vendor, conversation);
  const name = targets[vendor].id.split('/')[1] as string;
  const theirs = await bodyOfAiSdk(vendor, name, conversation.theirs(vendor));
  return { vendor, conversation: conversation.name, differences: differencesOf(ours, theirs) };
};

describe.skipIf(!hasAiSdk())(
  'our requests beside the AI SDK’s (skipped where `npm run e2e:clients` was not run)',
  () => {
    const rows = vendors.flatMap((vendor) =>
      conversations.map((conversation) => [vendor, conversation] as const),
    );

    it.each(rows.map(([vendor, conversation]) => [vendor, conversation.name, conversation] as const))(
      'to %s, %s: each difference has its reason',
      async (vendor, _name, conversation) => {
        const { differences } = await compare(vendor, conversation);

        const unexplained = differences.filter((difference) => !reasonFor(vendor, difference));

        expect(unexplained).toEqual([]);
      },
    );

    it('are told on a page that is not stale', async () => {
      const text = pageOf(
        await Promise.all(rows.map(([vendor, conversation]) => compare(vendor, conversation))),
      );
      if (process.env.UPDATE_GOLDEN) writeFileSync(page, text);

      expect(readFileSync(page, 'utf8')).toBe(text);
      for (const { reason } of reasons) expect(text, 'a reason that explains nothing').toContain(reason);
    });
  },
);

const pageOf = (comparisons: readonly Comparison[]): string => {
  const parts = [
    '# Our requests beside the AI SDK’s',
    'The same conversations, written for a vendor by Tierwise (as translations from another dialect) and by the AI SDK (`ai` 7, `@ai-sdk/anthropic`, `@ai-sdk/openai`, `@ai-sdk/google`). Every place where the two bodies differ is listed with its reason. This page is written by `e2e/beside-ai-sdk.test.ts` and fails it when stale.',
  ];
  for (const vendor of vendors) {
    parts.push(`## To ${vendor} (\`${targets[vendor].id}\`)`);
    for (const { conversation, differences } of comparisons.filter((one) => one.vendor === vendor)) {
      parts.push(`### ${conversation[0]?.toUpperCase()}${conversation.slice(1)}`);
      parts.push(
        differences.length === 0
          ? 'The two bodies are the same.'
          : [
              '| where | Tierwise | AI SDK | why |',
              '| --- | --- | --- | --- |',
              ...differences.map(
                (difference) =>
                  `| \`${difference.path}\` | ${cell(difference.ours)} | ${cell(difference.theirs)} | ${reasonFor(vendor, difference)?.reason ?? '**not explained**'} |`,
              ),
            ].join('\n'),
      );
    }
  }
  return `${parts.join('\n\n')}\n`;
};

const longest = 90;

const cell = (value: JsonValue | undefined): string => {
  if (value === undefined) return '–';
  const text = JSON.stringify(value).replaceAll('|', '\\|');
  return `\`${text.length > longest ? `${text.slice(0, longest)}…` : text}\``;
};
