import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Decided } from '../core/exchange.ts';
import type { Model } from '../core/model.ts';
import type { ReplyCall } from '../dialects/dialect.ts';
import { openaiChat } from '../dialects/openai-chat/index.ts';
import { realWorld } from '../kit/world.ts';
import type { Provider } from '../providers/provider.ts';
import type { Egress, UpstreamCall, UpstreamListener } from '../providers/send.ts';
import { chatFrames } from '../testing/fake-upstream.ts';
import { ask } from './ask.ts';
import type { Outlet } from './outlet.ts';

afterEach(() => {
  vi.useRealTimers();
});

const [first = '', second = '', ...rest] = chatFrames(['4'], { input: 1, output: 1 });

/** A call whose two ends are held by the test. */
const asking = () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const said: string[] = [];
  const upstream: { listener?: UpstreamListener; pauses: number } = { pauses: 0 };
  const ends: { isSlow: boolean; drain?: () => void; isStarted: boolean; trailers?: unknown } = {
    isSlow: false,
    isStarted: false,
  };
  const outlet: Outlet = {
    start: () => {
      ends.isStarted = true;
    },
    write: (chunk) => {
      said.push(chunk.toString());
      return !ends.isSlow;
    },
    end: (chunk, trailers) => {
      if (chunk) said.push(chunk.toString());
      ends.trailers = trailers;
    },
    destroy: () => undefined,
    onDrain: (resume) => {
      ends.drain = resume;
    },
    onGone: () => undefined,
    onCut: () => undefined,
    get hasStarted() {
      return ends.isStarted;
    },
    isGone: false,
    cutBy: undefined,
  };
  const egress = {
    send: (_call: UpstreamCall, listener: UpstreamListener) => {
      upstream.listener = listener;
      const pause = (): void => {
        upstream.pauses += 1;
      };
      return { pause, resume: () => undefined, abort: () => undefined, wasSent: true };
    },
  };
  const heard = ask({
    decided: { id: 'x', request: { stream: true, wantsUsage: true } } as Decided,
    target: {
      model: { id: 'p/m' } as Model,
      provider: { quirks: {}, timeouts: { connectMs: 1000, firstByteMs: 300_000 } } as Provider,
      caller: openaiChat,
      upstream: openaiChat,
    },
    call: { credential: {} } as UpstreamCall,
    replyCall: {} as ReplyCall,
    outlet,
    headers: () => ({}),
    earlyHeaders: () => ({}),
    trailers: (_heard, isEarly) => ({ isEarly }) as never,
    egress: egress as unknown as Egress,
    world: realWorld,
    keepsText: false,
  });
  const say = (text: string) => upstream.listener?.data(Buffer.from(text));
  upstream.listener?.started(200, { 'content-type': 'text/event-stream' });
  return { heard, said, say, ends, upstream };
};

describe('a stream that is silent for a while', () => {
  it('is kept alive by a comment every fifteen seconds, and by nothing once it is over', async () => {
    const { heard, said, say, upstream } = asking();
    say(first + second);

    vi.advanceTimersByTime(14_000);
    say(second);
    vi.advanceTimersByTime(46_000);
    say(rest.join(''));
    upstream.listener?.ended();
    vi.advanceTimersByTime(60_000);

    expect(said.filter((text) => text.startsWith(':'))).toEqual([
      ': keep-alive\n\n',
      ': keep-alive\n\n',
      ': keep-alive\n\n',
    ]);
    expect(await heard).toMatchObject({ outcome: 'ok' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('before its first event is begun after fifteen seconds, with nothing but comments', () => {
    const { said, say, ends } = asking();
    say(': thinking\n\n');
    vi.advanceTimersByTime(14_000);
    expect(ends.isStarted).toBe(false);

    vi.advanceTimersByTime(46_000);

    expect(said).toEqual(Array.from({ length: 4 }, () => ': keep-alive\n\n'));
  });

  it('before its first event can still be answered by another model', async () => {
    const { heard, said } = asking();

    vi.advanceTimersByTime(301_000);

    expect(said.at(-1)).toBe(': keep-alive\n\n');
    expect(await heard).toMatchObject({ outcome: 'failed', error: { code: 'upstream-timeout' } });
  });

  it('goes on with the answer where there is one in the end, and says who gave it', async () => {
    const { heard, said, say, ends, upstream } = asking();
    vi.advanceTimersByTime(20_000);

    say([first, second, ...rest].join(''));
    upstream.listener?.ended();

    expect(said.join('')).toBe([': keep-alive\n\n', first, second, ...rest].join(''));
    expect(ends.trailers).toEqual({ isEarly: true });
    expect(await heard).toMatchObject({ outcome: 'ok' });
  });

  it('because its reader is slow hears nothing more until the reader goes on', () => {
    const { said, say, ends, upstream } = asking();
    ends.isSlow = true;
    say(first + second);
    expect(upstream.pauses).toBe(1);

    vi.advanceTimersByTime(60_000);
    expect(said).toHaveLength(1);
    ends.isSlow = false;
    ends.drain?.();
    vi.advanceTimersByTime(16_000);

    expect(said).toHaveLength(2);
  });
});
