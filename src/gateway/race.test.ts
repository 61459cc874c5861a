import { describe, expect, it } from 'vitest';
import { GatewayError } from '../core/errors.ts';
import type { Outlet } from './outlet.ts';
import { Race } from './race.ts';

const caller = () => {
  const said: string[] = [];
  let tellGone = (): void => undefined;
  let tellCut = (_: GatewayError): void => undefined;
  const outlet = {
    hasStarted: false,
    isGone: false,
    cutBy: undefined as GatewayError | undefined,
    start: (status: number) => {
      outlet.hasStarted = true;
      said.push(`${status}`);
    },
    write: (chunk: Buffer | string) => said.push(`${chunk}`) > 0,
    end: (chunk?: Buffer | string) => {
      said.push(`end ${chunk ?? ''}`);
    },
    destroy: () => {
      said.push('destroyed');
    },
    onDrain: () => undefined,
    onGone: (tell: () => void) => {
      tellGone = tell;
    },
    onCut: (tell: (error: GatewayError) => void) => {
      tellCut = tell;
    },
  };
  const leave = () => {
    outlet.isGone = true;
    tellGone();
  };
  const cut = (error: GatewayError) => {
    outlet.cutBy = error;
    tellCut(error);
  };
  return { outlet: outlet as Outlet, said, leave, cut };
};

const goneTimes = (lane: Outlet) => {
  const told = { times: 0 };
  lane.onGone(() => {
    told.times += 1;
  });
  return told;
};

describe('two calls for one answer', () => {
  it('leave the caller to whoever speaks first, and have the other break off', () => {
    const { outlet, said } = caller();
    const race = new Race(outlet);
    const [one, other] = [race.lane(), race.lane()];
    const [oneGone, otherGone] = [goneTimes(one), goneTimes(other)];

    other.start(200, {});
    other.write('hello');
    one.start(200, {});
    one.write('never heard');
    one.end();
    one.destroy();
    other.end('.');

    expect(said).toEqual(['200', 'hello', 'end .']);
    expect([oneGone.times, otherGone.times]).toEqual([1, 0]);
    expect(one).toMatchObject({ isGone: true, hasStarted: false });
    expect(other).toMatchObject({ isGone: false, hasStarted: true });
    expect(race.isWonBy(other)).toBe(true);
  });

  it('are both told when the caller hangs up, or the gateway has to stop', () => {
    const leaving = caller();
    const race = new Race(leaving.outlet);
    const gone = [goneTimes(race.lane()), goneTimes(race.lane())];
    const stopping = caller();
    const stopped = new Race(stopping.outlet);
    const cuts: GatewayError[] = [];
    for (const lane of [stopped.lane(), stopped.lane()]) lane.onCut((error) => cuts.push(error));

    leaving.leave();
    stopping.cut(new GatewayError('shutting-down', 'Later.'));

    expect(gone.map(({ times }) => times)).toEqual([1, 1]);
    expect(cuts.map(({ code }) => code)).toEqual(['shutting-down', 'shutting-down']);
  });

  it('tell who comes after the decision at once that it is over', () => {
    const race = new Race(caller().outlet);
    race.lane().start(200, {});

    const late = goneTimes(race.lane());

    expect(late.times).toBe(1);
  });
});
