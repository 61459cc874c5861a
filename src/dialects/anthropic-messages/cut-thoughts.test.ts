import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scanJson, spliceBytes } from '../../kit/json-scan.ts';
import { sealReasoning } from '../sealed-reasoning.ts';
import { cutThoughts } from './cut-thoughts.ts';

const seal = sealReasoning({ vendor: 'openai', kind: 'encrypted', data: 'x' });

interface Block {
  readonly type: string;
  readonly signature?: string;
  readonly data?: string;
}
interface Message {
  readonly role: string;
  readonly content: string | readonly Block[];
}

const signature = fc.constantFrom(seal, 'tierwise.1.', 'own', 'cut');
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ type: fc.constant('thinking'), thinking: fc.string(), signature }),
  fc.record({ type: fc.constant('redacted_thinking'), data: fc.constantFrom('own', 'cut') }),
  // words that look like it, in the places of others
  fc.record({ type: fc.constant('text'), text: fc.constantFrom(seal, '"thinking"', '}]', '\\"') }),
  fc.record({
    type: fc.constant('tool_use'),
    input: fc.record({ type: fc.constant('thinking'), signature, list: fc.array(fc.string()) }),
  }),
);
const messages: fc.Arbitrary<readonly Message[]> = fc.array(
  fc.record({
    role: fc.constantFrom('user', 'assistant'),
    content: fc.oneof(fc.constantFrom('thinking', seal), fc.array(block, { maxLength: 5 })),
  }),
  { maxLength: 6 },
);

const isForeign = ({ type, signature: sign, data }: Block): boolean =>
  (type === 'thinking' && (sign === 'cut' || sign?.startsWith('tierwise.1.') === true)) ||
  (type === 'redacted_thinking' && data === 'cut');

/** The same, done to values instead of bytes. */
const expected = (all: readonly Message[]): readonly Message[] => {
  const kept = all.flatMap((message): Message[] => {
    if (typeof message.content === 'string' || !message.content.some(isForeign)) return [message];
    const content = message.content.filter((each) => !isForeign(each));
    return content.length === 0 ? [] : [{ ...message, content }];
  });
  // a request needs messages: what was nothing but foreign thoughts is left to the vendor
  return kept.length === 0 ? all : kept;
};

it('takes foreign thoughts out of the bytes and nothing else, however they are spaced', () => {
  fc.assert(
    fc.property(messages, fc.constantFrom(undefined, 1, '\t'), (all, space) => {
      const bytes = Buffer.from(JSON.stringify({ a: [seal], messages: all, z: 1 }, null, space));
      const splices: Parameters<typeof cutThoughts>[3] = [];

      cutThoughts(bytes, scanJson(bytes), new Set(['cut']), splices);

      const out = JSON.parse(spliceBytes(bytes, splices).toString());
      expect(out).toEqual({ a: [seal], messages: expected(all), z: 1 });
    }),
    { numRuns: 500 },
  );
});
