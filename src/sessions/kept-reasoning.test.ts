import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, OpaqueReasoning, Turn } from '../core/chat.ts';
import { type Reply, replyEvents } from '../core/reply.ts';
import { noUsage } from '../core/usage.ts';
import { fixedWorld } from './fixed-world.cases.ts';
import { KeptReasoning } from './kept-reasoning.ts';
import { TurnListener } from './kept-turn.ts';
import { prefixOf } from './prefix.ts';
import { requestOf } from './sample.cases.ts';
import { noShelf, Vault } from './vault.ts';

const owner = { provider: 'anthropic', model: 'claude-opus-5-5' };
const opaque = (data: string): OpaqueReasoning => ({ vendor: 'anthropic', kind: 'signature', data });
const asked = (text: string): Turn => ({ role: 'user', blocks: [{ type: 'text', text }] });

const keptOf = (vault = newVault(), session = 's'): KeptReasoning =>
  new KeptReasoning(vault, 'acme', session);
const newVault = (): Vault =>
  new Vault({
    key: Buffer.alloc(32, 1),
    shelf: noShelf,
    world: fixedWorld(),
    maxBytes: 1e7,
    keepMs: 3_600_000,
  });

const heard = (blocks: readonly Block[]): TurnListener => {
  const listener = new TurnListener();
  const reply: Reply = {
    id: 'r',
    model: 'm',
    blocks,
    reason: 'stop',
    usage: noUsage,
    hasUsage: false,
  };
  for (const event of replyEvents(reply)) listener.hear(event);
  return listener;
};

/** What a Chat caller has of an answer: all its text first, then its calls. */
const chatTurn = (blocks: readonly Block[]): Turn => {
  const text = blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
  const calls = blocks.flatMap((block): Block[] => {
    if (block.type !== 'tool-call') return [];
    const { opaque: _opaque, ...call } = block;
    return [call];
  });
  return { role: 'assistant', blocks: [...(text ? [{ type: 'text', text } as const] : []), ...calls] };
};

const owned = (blocks: readonly Block[]): readonly Block[] =>
  blocks.map((block) =>
    (block.type === 'reasoning' || block.type === 'tool-call') && block.opaque
      ? { ...block, opaque: { ...block.opaque, owner } }
      : block,
  );

const answers = fc
  .array(
    fc.oneof(
      fc.string({ minLength: 1 }).map((text): Block => ({ type: 'text', text })),
      fc.record({
        type: fc.constant('reasoning' as const),
        text: fc.string(),
        opaque: fc.uuid().map(opaque),
      }),
      fc.record(
        {
          type: fc.constant('tool-call' as const),
          id: fc.uuid(),
          name: fc.constant('look'),
          argumentsText: fc.constant('{}'),
          kind: fc.constant('function' as const),
          opaque: fc.uuid().map(opaque),
        },
        { requiredKeys: ['type', 'id', 'name', 'argumentsText', 'kind'] },
      ),
    ),
    { minLength: 1, maxLength: 8 },
  )
  // one text after another is one text
  .filter((blocks) => blocks.every(({ type }, at) => type !== 'text' || blocks[at - 1]?.type !== 'text'));

describe('reasoning that a caller cannot carry', () => {
  it('reads a question once, however many turns come after it', () => {
    const vault = newVault();
    vault.keep('acme', 'other', 'x');
    let reads = 0;
    const question: Turn = {
      role: 'user',
      blocks: [
        {
          type: 'text',
          get text() {
            reads += 1;
            return 'Long?';
          },
        },
      ],
    };
    const answer: Turn = { role: 'assistant', blocks: [{ type: 'text', text: 'a' }] };

    keptOf(vault).restore(requestOf([question, ...Array.from({ length: 50 }, () => answer)]));

    expect(reads).toBe(1);
  });

  it('is put back where it stood, whatever the answer was made of', () => {
    fc.assert(
      fc.property(answers, (blocks) => {
        const kept = keptOf();
        const request = requestOf([asked('Why?')]);
        kept.keep(request, heard(blocks), owner);

        const next = requestOf([asked('Why?'), chatTurn(blocks), asked('And?')]);
        const hasOpaque = blocks.some((block) => 'opaque' in block);

        expect(kept.restore(next).turns[1]?.blocks).toEqual(
          hasOpaque ? owned(blocks) : next.turns[1]?.blocks,
        );
      }),
      { numRuns: 300 },
    );
  });

  const blocks: readonly Block[] = [
    { type: 'reasoning', text: 'Hm', opaque: opaque('a') },
    { type: 'text', text: 'Because. ' },
  ];

  it('stands before all else in an answer that the caller changed', () => {
    const kept = keptOf();
    const calls: readonly Block[] = [
      ...blocks,
      { type: 'tool-call', id: 'c1', name: 'look', argumentsText: '{}', kind: 'function' },
    ];
    kept.keep(requestOf([asked('Why?')]), heard(calls), owner);
    const trimmed = {
      ...chatTurn(calls),
      blocks: [{ type: 'text', text: 'Because.' } as const, calls[2] as Block],
    };

    expect(kept.restore(requestOf([asked('Why?'), trimmed])).turns[1]?.blocks).toEqual([
      owned(blocks)[0],
      ...trimmed.blocks,
    ]);
  });

  it('belongs to one conversation, and to the question that it answered', () => {
    const vault = newVault();
    keptOf(vault).keep(requestOf([asked('Why?')]), heard(blocks), owner);
    const again = requestOf([asked('Why?'), chatTurn(blocks)]);
    const other = requestOf([asked('How?'), chatTurn(blocks)]);

    expect(keptOf(vault).restore(again)).not.toBe(again);
    expect(keptOf(vault, 'other').restore(again)).toBe(again);
    expect(new KeptReasoning(vault, 'emca', 's').restore(again)).toBe(again);
    expect(keptOf(vault).restore(other)).toBe(other);
  });

  it('gives way to what the caller does carry', () => {
    const kept = keptOf();
    kept.keep(requestOf([asked('Why?')]), heard(blocks), owner);
    const carried = requestOf([
      asked('Why?'),
      {
        role: 'assistant',
        blocks: [{ type: 'reasoning', text: '', opaque: opaque('own') }, ...blocks.slice(1)],
      },
    ]);

    expect(kept.restore(carried)).toBe(carried);
  });
});

describe('bound reasoning', () => {
  const conversation = (kept: KeptReasoning): ChatRequest => {
    const first = requestOf([asked('One?')]);
    kept.sign(['a'], owner, prefixOf(first));
    const thought = (data: string): Turn => ({
      role: 'assistant',
      blocks: [
        { type: 'reasoning', text: '', opaque: opaque(data) },
        { type: 'text', text: data },
      ],
    });
    const second = requestOf([asked('One?'), thought('a'), asked('Two?')]);
    kept.sign(['b'], owner, prefixOf(second));
    return requestOf([...second.turns, thought('b'), asked('Three?')]);
  };

  it('knows the words that it was said after', () => {
    const kept = keptOf();

    expect(kept.isUnbroken(conversation(kept))).toBe(true);
    expect(kept.ownerOf('a')).toEqual(owner);
  });

  it.each([
    [
      'other instructions',
      (request: ChatRequest) => ({ ...request, system: [{ type: 'text', text: 'New' } as const] }),
    ],
    [
      'other tools',
      (request: ChatRequest) => ({ ...request, tools: [{ type: 'function', name: 'x' } as const] }),
    ],
    [
      'another question',
      (request: ChatRequest) => ({ ...request, turns: [asked('Uno?'), ...request.turns.slice(1)] }),
    ],
    [
      'an earlier thought less',
      (request: ChatRequest) => ({
        ...request,
        turns: request.turns.map((turn, at) => (at === 1 ? { ...turn, blocks: turn.blocks.slice(1) } : turn)),
      }),
    ],
  ])('notices %s', (_about, change) => {
    const kept = keptOf();

    expect(kept.isUnbroken(change(conversation(kept)))).toBe(false);
  });

  it('minds nothing that was said after it', () => {
    const kept = keptOf();
    const request = conversation(kept);

    expect(kept.isUnbroken({ ...request, turns: [...request.turns.slice(0, -1), asked('Trois?')] })).toBe(
      true,
    );
  });
});
