import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplyEvent } from '../core/reply.ts';
import { dialects } from '../dialects/index.ts';
import { chatAnswer, chatFrames } from '../testing/fake-upstream.ts';
import { cutAtStop, StopFinder } from './stop-cutter.ts';

const shown = (stops: readonly string[], pieces: readonly string[]): string => {
  const finder = new StopFinder(stops);
  let text = '';
  for (const piece of pieces) {
    text += finder.push(piece);
    if (finder.found !== undefined) return text;
  }
  return text + finder.rest();
};

/** What is left of a text, by the plainest of means. */
const expected = (stops: readonly string[], text: string): string => {
  const starts = stops.filter((stop) => stop !== '').map((stop) => text.indexOf(stop));
  const first = Math.min(...starts.filter((start) => start >= 0));
  return Number.isFinite(first) ? text.slice(0, first) : text;
};

const few = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 });

describe('a stop', () => {
  it('is found wherever the pieces of the text end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 4 }), { maxLength: 4 }),
        fc.array(few, { maxLength: 8 }),
        (stops, pieces) => {
          const whole = shown(stops, [pieces.join('')]);

          expect(whole).toBe(expected(stops, pieces.join('')));
          // in pieces, one that begins earlier but ends later may be preferred by nobody
          expect(shown(stops.slice(0, 1), pieces)).toBe(expected(stops.slice(0, 1), pieces.join('')));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('shows at once what can become none', () => {
    const finder = new StopFinder(['END']);

    expect(finder.push('The E')).toBe('The ');
    expect(finder.push('agle')).toBe('Eagle');
    expect(finder.push(' EN')).toBe(' ');
    expect(finder.rest()).toBe('EN');
  });
});

describe('an upstream that cannot be told to stop', () => {
  const [chat] = dialects.filter(({ name }) => name === 'openai-chat');
  if (!chat) throw new Error('no Chat dialect');

  it('gives an answer cut at the stop, and says so', () => {
    const reply = cutAtStop(chat, ['END', '!']).readReply(
      JSON.parse(JSON.stringify(chatAnswer('Hello! This is the END.'))),
    );

    expect(reply).toMatchObject({
      blocks: [{ type: 'text', text: 'Hello' }],
      reason: 'stop-sequence',
      stopSequence: '!',
      usage: { outputTokens: 5 },
    });
  });

  const eventsOf = (stops: readonly string[], texts: readonly string[]) => {
    const reader = cutAtStop(chat, stops).readStream();
    const events: ReplyEvent[] = [];
    for (const frame of chatFrames(texts, { input: 10, output: 5 }))
      events.push(...reader.push(Buffer.from(frame)));
    return { reader, events: [...events, ...reader.end()] };
  };
  const said = (events: readonly ReplyEvent[]): string =>
    events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');

  it('gives a stream that ends there, with nothing behind it', () => {
    const { reader, events } = eventsOf(['\n\n'], ['One', '.\n', '\nTwo', '.']);

    expect(said(events)).toBe('One.');
    expect(events.at(-1)).toEqual({ type: 'reply-end', reason: 'stop-sequence', stopSequence: '\n\n' });
    expect(reader.isDone).toBe(true);
  });

  it('gives a stream as it is that never comes to a stop', () => {
    const { reader, events } = eventsOf(['\n\n'], ['One', '.\n']);

    expect(said(events)).toBe('One.\n');
    expect(events.at(-1)).toEqual({ type: 'reply-end', reason: 'stop' });
    expect(events.filter(({ type }) => type === 'usage')).toHaveLength(1);
    expect(reader.isDone).toBe(false);
  });
});
