import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';

/** Where chance comes from; a seed gives the same mutants again. */
export interface Chance {
  next(): number;
  whole(least: number, most: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

const junk: readonly JsonValue[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  1e308,
  '',
  'x',
  ' ',
  '\u0000',
  '\ud800',
  '../..',
  '__proto__',
  'tierwise.1.e30',
  'data:image/png;base64,',
  'data:;,',
  'https://[',
  '{"a":',
  '{}',
  [],
  {},
  [null],
  [[]],
  [{}],
  { type: 'x' },
  { type: null },
  { role: 'user' },
  { role: 'assistant', content: [] },
  { text: 1 },
];

/** A few things in one body changed: values, members, order, or a part of another body put in. */
export const mutatedBody = (seed: JsonObject, donor: JsonObject, chance: Chance): JsonObject => {
  const body = structuredClone(seed) as JsonObject;
  for (let left = chance.whole(1, 4); left > 0; left -= 1) {
    const places = placesIn(body);
    if (places.length === 0) break;
    change(chance.pick(places), donor, chance);
  }
  return body;
};

interface Place {
  readonly parent: Record<string, JsonValue> | JsonValue[];
  readonly key: string | number;
}

const placesIn = (value: JsonValue, places: Place[] = []): Place[] => {
  if (places.length > 4000) return places;
  if (Array.isArray(value))
    value.forEach((inner, key) => {
      places.push({ parent: value as JsonValue[], key });
      placesIn(inner, places);
    });
  else if (isObject(value))
    for (const key of Object.keys(value)) {
      places.push({ parent: value as Record<string, JsonValue>, key });
      placesIn(value[key] as JsonValue, places);
    }
  return places;
};

const change = ({ parent, key }: Place, donor: JsonObject, chance: Chance): void => {
  const members = parent as Record<string | number, JsonValue>;
  const value = members[key] as JsonValue;
  switch (chance.whole(0, 7)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(key as number, 1);
      else delete members[key];
      return;
    case 1:
      if (Array.isArray(parent)) parent.splice(key as number, 0, structuredClone(value));
      else members[`${key}${chance.pick(['', 's', '_', '2'])}`] = structuredClone(value);
      return;
    case 2: {
      const others = placesIn(donor);
      if (others.length === 0) return;
      const other = chance.pick(others);
      members[key] = structuredClone((other.parent as Record<string | number, JsonValue>)[other.key] ?? null);
      return;
    }
    case 3:
      if (Array.isArray(parent)) parent.reverse();
      else members[key] = [structuredClone(value)];
      return;
    case 4:
      if (typeof value === 'string') members[key] = mutatedText(value, chance);
      else members[key] = JSON.stringify(value);
      return;
    case 5:
      members[key] = nested(chance.whole(1, 60));
      return;
    default:
      members[key] = structuredClone(chance.pick(junk));
  }
};

const nested = (depth: number): JsonValue => {
  let value: JsonValue = {};
  for (let at = 0; at < depth; at += 1) value = at % 2 === 0 ? [value] : { properties: value };
  return value;
};

const pieces = [
  '\n',
  '\r',
  '\r\n',
  '\n\n',
  ':',
  'data: ',
  'event: ',
  '[DONE]',
  '{',
  '}',
  '"',
  '\\',
  ',',
  '\ufeff',
  '\u2028',
  '\ud83d',
  'é',
  '-',
  '0',
  'null',
  '\u0000',
];

/** Bytes lost, doubled, moved or put in. */
export const mutatedText = (seed: string, chance: Chance): string => {
  let text = seed;
  for (let left = chance.whole(1, 3); left > 0; left -= 1) {
    const at = chance.whole(0, text.length);
    const length = chance.whole(0, Math.min(40, text.length - at));
    switch (chance.whole(0, 4)) {
      case 0:
        text = text.slice(0, at) + text.slice(at + length);
        break;
      case 1:
        text = text.slice(0, at + length) + text.slice(at);
        break;
      case 2:
        text = text.slice(0, at) + chance.pick(pieces) + text.slice(at);
        break;
      case 3: {
        const lines = text.split('\n');
        const from = chance.whole(0, lines.length - 1);
        const [line = ''] = lines.splice(from, 1);
        if (chance.next() < 0.7) lines.splice(chance.whole(0, lines.length), 0, line);
        text = lines.join('\n');
        break;
      }
      default:
        text = text.slice(0, at);
    }
  }
  return text;
};
