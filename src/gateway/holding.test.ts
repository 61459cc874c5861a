import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Holding } from './holding.ts';
import { keepAliveMs } from './keep-alive.ts';
import type { Outlet } from './outlet.ts';

const early = () => ({ 'content-type': 'text/event-stream' });
const better = { 'x-tierwise-cost': '0.5' };

const recorded = () => {
  const out: unknown[] = [];
  let tellGone: (() => void) | undefined;
  const state = { hasStarted: false, isGone: false, cutBy: undefined };
  const outlet: Outlet = {
    get hasStarted() {
      return state.hasStarted;
    },
    get isGone() {
      return state.isGone;
    },
    cutBy: undefined,
    start: (status, headers) => {
      state.hasStarted = true;
      out.push(['start', status, headers]);
    },
    write: (chunk) => out.push(['write', String(chunk)]) > 0,
    end: (chunk, trailers) => {
      out.push(['end', String(chunk), trailers]);
    },
    destroy: () => undefined,
    onDrain: () => undefined,
    onGone: (tell) => {
      tellGone = tell;
    },
    onCut: () => undefined,
  };
  const hangUp = () => {
    state.isGone = true;
    tellGone?.();
  };
  return { outlet, out, hangUp };
};

describe('an answer that is held', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('goes out in one piece once it is released', () => {
    const { outlet, out } = recorded();
    const held = new Holding(outlet, early).hold();

    held.start(200, { a: 'b' });
    held.write('one ');
    held.write(Buffer.from('two'));
    held.end(undefined, { 'x-tierwise-cost': '0.1' });
    expect(out).toEqual([]);
    held.release(better, {});

    expect(out).toEqual([
      ['start', 200, { a: 'b', 'x-tierwise-cost': '0.5' }],
      ['end', 'one two', { 'x-tierwise-cost': '0.5' }],
    ]);
  });

  it('leaves its caller not alone: whoever wants a stream hears that somebody is at work', () => {
    const { outlet, out } = recorded();
    const holding = new Holding(outlet, early);
    const held = holding.hold();

    vi.advanceTimersByTime(2 * keepAliveMs);
    held.start(200, { a: 'b' });
    held.write(': keep-alive\n\n');
    held.end('data: 42\n\n', { 'x-tierwise-cost': '0.1' });
    held.release(better, { 'x-tierwise-model': 'm' });
    holding.close();
    vi.advanceTimersByTime(10 * keepAliveMs);

    expect(out).toEqual([
      ['start', 200, early()],
      ['write', ': keep-alive\n\n'],
      ['write', ': keep-alive\n\n'],
      ['end', 'data: 42\n\n', { 'x-tierwise-model': 'm', 'x-tierwise-cost': '0.5' }],
    ]);
  });

  it('says nothing early to who wants it whole', () => {
    const { outlet, out } = recorded();
    new Holding(outlet, undefined).hold();

    vi.advanceTimersByTime(10 * keepAliveMs);

    expect(out).toEqual([]);
  });

  it('is given up with all beside it where the caller hangs up', () => {
    const { outlet, hangUp } = recorded();
    const holding = new Holding(outlet, early);
    const told: number[] = [];
    const [one, two] = [holding.hold(), holding.hold()];
    one.onGone(() => told.push(1));
    two.onGone(() => told.push(2));

    hangUp();

    expect(told).toEqual([1, 2]);
    expect(one.isGone && two.isGone).toBe(true);
    holding.close();
  });
});
