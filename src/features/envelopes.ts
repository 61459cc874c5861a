/**
 * Elements that clients put around what a person did not type: `<system-reminder>`, `<environment_details>`,
 * attached files, command output. They are cut out; elements that wrap the person's own words
 * (`<user_query>`, `<task>`) are unwrapped; anything else (HTML, JSX, code) is left as it is.
 */
export const stripEnvelopes = (text: string): string => {
  if (!text.includes('<')) return text.trim();
  const parts: string[] = [];
  const fences = fenceReader(text);
  let kept = 0;
  let from = 0;
  let misses = 0;
  let missedChars = 0;
  while (misses < maxMisses && missedChars < maxMissedChars) {
    const open = text.indexOf('<', from);
    if (open < 0) break;
    from = open + 1;
    const nameEnd = endOfName(text, open + 1);
    if (nameEnd === open + 1 || !startsLine(text, open, kept) || fences.isInside(open)) continue;
    const name = text.slice(open + 1, nameEnd);
    const kind = kindOf(name);
    const openEnd = kind ? endOfTag(text, nameEnd) : -1;
    if (openEnd < 0) continue;
    const closing = `</${name}>`;
    const close = text.indexOf(closing, openEnd);
    // every element that is never closed costs a scan to the end: a few are let pass, then we stop looking
    if (close < 0) {
      misses++;
      missedChars += text.length - openEnd;
      continue;
    }
    parts.push(text.slice(kept, open));
    if (kind === 'spoken') parts.push(text.slice(openEnd + 1, close));
    kept = close + closing.length;
    from = kept;
  }
  parts.push(text.slice(kept));
  return parts.join('').trim();
};

const maxMisses = 32;
const maxMissedChars = 2_000_000;
const maxAttributes = 400;

/** Looks no further than attributes may reach: to the end of the text it would be looked for again and again. */
const endOfTag = (text: string, nameEnd: number): number => {
  const end = text.slice(nameEnd, nameEnd + maxAttributes + 1).indexOf('>');
  return end < 0 ? -1 : nameEnd + end;
};

const endOfName = (text: string, from: number): number => {
  let at = from;
  const end = Math.min(text.length, from + 48);
  while (at < end && isNameCharacter(text.charCodeAt(at), at > from)) at++;
  return at;
};

const isNameCharacter = (code: number, isInside: boolean): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  (isInside && ((code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x5f));

const startsLine = (text: string, open: number, kept: number): boolean => {
  for (let at = open - 1; at >= kept; at--) {
    const code = text.charCodeAt(at);
    if (code === 0x0a) return true;
    if (code !== 0x20 && code !== 0x09 && code !== 0x0d) return false;
  }
  return true;
};

/** Tells whether a place is inside a code fence; asked with rising places only, so each fence is read once. */
const fenceReader = (text: string): { isInside(place: number): boolean } => {
  let inside = false;
  let next = text.indexOf('```');
  return {
    isInside(place) {
      while (next >= 0 && next < place) {
        inside = !inside;
        next = text.indexOf('```', next + 3);
      }
      return inside;
    },
  };
};

type Kind = 'envelope' | 'spoken' | undefined;

/** Names met once are remembered: clients send the same few with every call. */
const known = new Map<string, Kind>();
const maxKnown = 500;

const kindOf = (name: string): Kind => {
  if (known.has(name)) return known.get(name);
  const kind = readKind(name);
  if (known.size < maxKnown) known.set(name, kind);
  return kind;
};

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

const html = words(
  'a article aside body button code data details div footer form h1 h2 h3 head header html img input label li link main meta nav ol option output p path pre script section select source span style summary svg table tbody td template text th thead title tr ul video audio object map mark menu',
);
const always = words('user_instructions command-message command-name instructions_file local-command-caveat');
const spoken = words(
  'ask args feedback goal instruction instructions objective prompt query question request task',
);
const apart = words(
  'attached attachment attachments context contexts document documents editor env environment example examples excerpt file files history ide layout memory passage passages reminder results rules selection skill skills snippet snippets sources stderr stdout system tool tools transcript workspace',
);

const readKind = (name: string): Kind => {
  if (always.has(name)) return 'envelope';
  const parts = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[-_]/);
  if (parts.includes('reminder') || parts.includes('system')) return 'envelope';
  if (parts.some((part) => spoken.has(part))) return 'spoken';
  if (html.has(name.toLowerCase())) return undefined;
  if (parts.some((part) => apart.has(part))) return 'envelope';
  return parts.length > 1 ? 'envelope' : undefined;
};
