import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { type Reply, ReplyGatherer } from '../../core/reply.ts';
import { noUsage } from '../../core/usage.ts';
import { scanJson } from '../../kit/json-scan.ts';
import { sealMark } from '../sealed-reasoning.ts';
import { openaiResponses } from './index.ts';
import { asStreamed, asWritten, call, callBlock, replies } from './replies.cases.ts';
import { sampleModel } from './sample-model.cases.ts';

const target = { model: sampleModel(), quirks: {} };

describe('a reply, written and read again', () => {
  it('is the same whole or streamed, and its tokens are in the same classes', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const reader = openaiResponses.readStream();
        const gatherer = new ReplyGatherer();
        const events = [...reader.push(Buffer.from(asStreamed(reply))), ...reader.end()];
        for (const event of events) gatherer.add(event);

        expect(openaiResponses.readReply(asWritten(reply))).toEqual(reply);
        expect(gatherer.reply()).toEqual(reply);
      }),
      { numRuns: 200 },
    );
  });

  it('ends its stream with what it is as a whole', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const last = asStreamed(reply).trimEnd().split('data: ').at(-1) ?? '';

        expect((JSON.parse(last) as JsonObject).response).toEqual(asWritten(reply));
      }),
      { numRuns: 50 },
    );
  });
});

describe("another vendor's reasoning", () => {
  const signed: Block = {
    type: 'reasoning',
    text: 'The very words.',
    opaque: { vendor: 'anthropic', kind: 'signature', data: 'sig==' },
  };
  const redacted: Block = {
    type: 'reasoning',
    text: '',
    opaque: { vendor: 'anthropic', kind: 'redacted', data: 'red' },
  };
  const onCall: Block = {
    ...(callBlock('call_1', false) as Block & { type: 'tool-call' }),
    opaque: { vendor: 'google', kind: 'thought-signature', data: 'ts' },
  };
  const bare: Block = { type: 'reasoning', text: 'Only words.' };
  const answer: Reply = {
    id: 'up',
    model: 'm',
    blocks: [signed, redacted, bare, onCall, { type: 'text', text: 'Hi' }],
    reason: 'tool-calls',
    usage: noUsage,
    hasUsage: false,
  };
  const nextBody: JsonObject = {
    model: 'm',
    input: [
      { role: 'user', content: 'x' },
      ...(asWritten(answer).output as JsonObject[]),
      { type: 'function_call_output', call_id: 'call_1', output: 'ok' },
    ],
  };

  it('comes back with the conversation, whole, on its call, and under the name of who made it', () => {
    const { turns: told } = openaiResponses.readRequest(nextBody);
    const owner = call.owner;

    expect(told[1]?.blocks).toMatchObject([
      { ...signed, opaque: { vendor: 'anthropic', kind: 'signature', data: 'sig==', owner } },
      { ...redacted, opaque: { vendor: 'anthropic', kind: 'redacted', data: 'red', owner } },
      bare,
      { ...onCall, opaque: { vendor: 'google', kind: 'thought-signature', data: 'ts', owner } },
      { type: 'text', text: 'Hi' },
    ]);
  });

  it('never reaches OpenAI, passed or written', () => {
    const bytes = Buffer.from(JSON.stringify(nextBody));
    const request = openaiResponses.readRequest(nextBody);
    const { body: passed } = openaiResponses.passRequest({
      bytes,
      scan: scanJson(bytes),
      request,
      ...target,
    });
    const { body: written } = openaiResponses.writeRequest(request, target);

    expect(passed.includes(sealMark)).toBe(false);
    expect(passed.includes('"fc_')).toBe(false);
    expect(passed.includes('"call_id":"call_1"')).toBe(true);
    expect(JSON.stringify(written)).not.toContain('tierwise');
  });
});

describe('a tapped stream', () => {
  const ascii = (wire: string) =>
    wire.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

  it('counts the bytes delivered as they are decoded, however they are escaped', () => {
    fc.assert(
      fc.property(replies, fc.boolean(), (reply, isAscii) => {
        const wire = asStreamed(reply);
        const tap = openaiResponses.tapStream({ hidesUsage: true });
        tap.push(Buffer.from(isAscii ? ascii(wire) : wire));
        const said = reply.blocks.map((block) =>
          block.type === 'tool-call' ? block.argumentsText : 'text' in block ? block.text : '',
        );

        expect(tap.deliveredBytes).toBe(Buffer.byteLength(said.join('')));
        expect(tap.usage).toEqual(reply.usage);
        expect(tap.endReason).toBe(reply.reason);
        expect(tap.opaqueData).toEqual(reply.blocks.some(({ type }) => type === 'reasoning') ? ['gA'] : []);
      }),
      { numRuns: 300 },
    );
  });

  it('hands on the very chunk where it holds whole events only', () => {
    const tap = openaiResponses.tapStream({ hidesUsage: true });
    const wire = asStreamed({ ...(fc.sample(replies, 1)[0] as Reply) });
    const chunks = wire.split(/(?<=\n\n)/).map((event) => Buffer.from(event));

    for (const chunk of chunks) expect(tap.push(chunk)).toBe(chunk);
  });
});
