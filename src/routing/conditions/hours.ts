import { z } from 'zod';
import { defineCondition } from './condition.ts';
import { listOf, oneOrMany } from './one-or-many.ts';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'is no time of day: "22:00"');

export const hours = defineCondition({
  type: 'hours',
  summary: 'Time of day and day of the week. A span over midnight belongs to the day it begins on.',
  config: z
    .strictObject({
      from: clock.default('00:00'),
      to: clock.default('24:00').describe('Exclusive.'),
      days: oneOrMany(z.enum(weekdays)).optional().describe('Default: every day.'),
      zone: z
        .string()
        .refine(isZone, 'is no time zone: "Europe/Berlin"')
        .default('UTC')
        .describe('IANA name.'),
    })
    .describe('`{ from: "22:00", to: "06:00", days: [mon, fri], zone: Europe/Berlin }`'),
  compile: ({ from, to, days, zone }) => {
    const start = minutesOf(from);
    const end = minutesOf(to);
    const wanted = new Set<string>(days === undefined ? weekdays : listOf(days));
    const localTime = localClock(zone);
    // a clock changes once a minute, requests come in thousands
    let minute = Number.NaN;
    let answer = false;
    return ({ now }) => {
      const thisMinute = Math.floor(now / 60_000);
      if (thisMinute === minute) return answer;
      minute = thisMinute;
      const { day, minutes } = localTime(now);
      answer = holds(start, end, day, minutes, wanted);
      return answer;
    };
  },
});

const holds = (
  start: number,
  end: number,
  day: number,
  minutes: number,
  wanted: ReadonlySet<string>,
): boolean => {
  const isWanted = (index: number) => wanted.has(weekdays[(index + 7) % 7] ?? '');
  if (start < end) return start <= minutes && minutes < end && isWanted(day);
  if (start === end) return isWanted(day);
  return (minutes >= start && isWanted(day)) || (minutes < end && isWanted(day - 1));
};

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const localClock = (zone: string): ((now: number) => { readonly day: number; readonly minutes: number }) => {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (now) => {
    const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
    const name = (parts.weekday ?? '').slice(0, 3).toLowerCase();
    return {
      day: weekdays.indexOf(name as (typeof weekdays)[number]),
      minutes: Number(parts.hour) * 60 + Number(parts.minute),
    };
  };
};
