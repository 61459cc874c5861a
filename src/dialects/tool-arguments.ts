import { isObject, type JsonObject } from '../core/json.ts';
import { parseExact } from '../kit/exact-json.ts';
import { scanJson } from '../kit/json-scan.ts';

/**
 * Messages and Gemini want a tool's input to be an object; other dialects hand on what the model wrote, JSON or
 * not, and the SDK throws on input it cannot parse. So it is mended: raw control characters and wrong
 * escapes are escaped, what was cut off is closed, and what cannot be read at all goes along as
 * `unparsed_arguments`, where the tool's own checks will see it.
 */
export const toolInput = (argumentsText: string, isCut = false): JsonObject => {
  const text = argumentsText.trim();
  if (text === '') return {};
  const value = parse(text);
  if (isObject(value)) return value;
  // small models put their JSON into a string once more
  if (typeof value === 'string') {
    const inner = parse(value);
    if (isObject(inner)) return inner;
  }
  if (value === null) return {};
  if (value !== undefined) return { value };
  const mender = new ArgumentsMender();
  return JSON.parse(mender.push(text) + mender.end(isCut)) as JsonObject;
};

/** Undefined for what is no JSON, and for what is not safe to read: a list of a million objects, a tower of lists. */
const parse = (text: string): JsonObject[string] => {
  try {
    if (text.length > safeLength && text.startsWith('[')) return undefined;
    if (text.length > safeLength && text.startsWith('{')) scanJson(Buffer.from(text));
    return parseExact(text) as JsonObject[string];
  } catch {
    return undefined;
  }
};

const safeLength = 4096;
const maxDepth = 128;
const maxContainers = 100_000;
const unparsed = 'unparsed_arguments';

/** Where the run of a string's plain characters ends. */
const endOfRun = (text: string, from: number): number => {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22 || code === 0x5c || code < 0x20) break;
    at += 1;
  }
  return at;
};

type Place = 'first-key' | 'key' | 'colon' | 'value' | 'first-value' | 'after';
type NumberPlace = 'sign' | 'zero' | 'whole' | 'dot' | 'fraction' | 'e' | 'e-sign' | 'exponent';

/** The same for arguments that come in pieces: what is pushed out is, with `end`, one legal object. */
export class ArgumentsMender {
  #seen = '';
  /** Not an object from its first character on: kept back for the end. */
  #isHeld = false;
  #hasBegun = false;
  #isBroken = false;
  #isComplete = false;
  readonly #stack: ('{' | '[')[] = [];
  #containers = 0;
  #place: Place = 'value';
  #string: 'none' | 'key' | 'value' = 'none';
  #escape: 'none' | 'begun' | 'hex' = 'none';
  #hex = '';
  #literal = '';
  #number: NumberPlace | undefined;

  /** The object is closed: nothing that follows belongs to it. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  push(piece: string): string {
    if (this.#isComplete) return '';
    this.#seen += piece;
    if (this.#isHeld || this.#isBroken) return '';
    let out = '';
    for (let at = 0; at < piece.length && !this.#isComplete && !this.#isBroken && !this.#isHeld; at++) {
      if (this.#string !== 'none' && this.#escape === 'none') {
        const end = endOfRun(piece, at);
        out += piece.slice(at, end);
        at = end;
        if (at === piece.length) break;
      }
      out += this.#take(piece[at] as string);
    }
    return out;
  }

  /** What is missing. `isCut`: the answer ran into its limit, so a missing end is nothing to wonder at. */
  end(isCut: boolean): string {
    if (this.#isComplete) return '';
    if (!this.#hasBegun) {
      if (!this.#isHeld) return '{}';
      const value = parse(this.#seen.trim());
      return JSON.stringify(value === undefined ? { [unparsed]: this.#seen } : toolInput(this.#seen));
    }
    return this.#close(isCut && !this.#isBroken ? undefined : JSON.stringify(this.#seen));
  }

  #take(char: string): string {
    if (this.#string !== 'none') return this.#takeInString(char);
    if (this.#literal) {
      if (char !== this.#literal[0]) return this.#break();
      this.#literal = this.#literal.slice(1);
      return char;
    }
    if (this.#number) {
      const next = nextInNumber(this.#number, char);
      if (next) {
        this.#number = next;
        return char;
      }
      if (!canEnd.has(this.#number)) return this.#break();
      this.#number = undefined;
    }
    if (char === ' ' || char === '\n' || char === '\r' || char === '\t') return this.#hasBegun ? char : '';
    if (!this.#hasBegun) {
      if (char !== '{') {
        this.#isHeld = true;
        return '';
      }
      this.#hasBegun = true;
      return this.#open('{');
    }
    return this.#takeAtPlace(char);
  }

  #takeAtPlace(char: string): string {
    switch (this.#place) {
      case 'first-key':
      case 'key':
        if (char === '}' && this.#place === 'first-key') return this.#shut(char);
        if (char !== '"') return this.#break();
        this.#string = 'key';
        return char;
      case 'colon':
        if (char !== ':') return this.#break();
        this.#place = 'value';
        return char;
      case 'first-value':
      case 'value':
        if (char === ']' && this.#place === 'first-value') return this.#shut(char);
        return this.#takeValue(char);
      case 'after':
        if (char === ',') {
          this.#place = this.#stack.at(-1) === '{' ? 'key' : 'value';
          return char;
        }
        return char === (this.#stack.at(-1) === '{' ? '}' : ']') ? this.#shut(char) : this.#break();
    }
  }

  #takeValue(char: string): string {
    if (char === '{' || char === '[') return this.#open(char);
    this.#place = 'after';
    if (char === '"') this.#string = 'value';
    else if (char === '-') this.#number = 'sign';
    else if (char === '0') this.#number = 'zero';
    else if (char >= '1' && char <= '9') this.#number = 'whole';
    else if (char === 't') this.#literal = 'rue';
    else if (char === 'f') this.#literal = 'alse';
    else if (char === 'n') this.#literal = 'ull';
    else {
      this.#place = 'value';
      return this.#break();
    }
    return char;
  }

  #takeInString(char: string): string {
    if (this.#escape === 'hex') {
      if (!/[0-9a-fA-F]/.test(char)) {
        // held back until whole, so a broken one can still be written as plain text
        const text = `\\\\u${this.#hex}`;
        this.#escape = 'none';
        this.#hex = '';
        return text + this.#takeInString(char);
      }
      this.#hex += char;
      if (this.#hex.length < 4) return '';
      const text = `\\u${this.#hex}`;
      this.#escape = 'none';
      this.#hex = '';
      return text;
    }
    if (this.#escape === 'begun') {
      this.#escape = char === 'u' ? 'hex' : 'none';
      if (char === 'u') return '';
      if ('"\\/bfnrt'.includes(char)) return `\\${char}`;
      if (char === "'") return char;
      return char < ' ' ? `\\\\${JSON.stringify(char).slice(1, -1)}` : `\\\\${char}`;
    }
    if (char === '\\') {
      this.#escape = 'begun';
      return '';
    }
    if (char === '"') {
      this.#place = this.#string === 'key' ? 'colon' : 'after';
      this.#string = 'none';
      return char;
    }
    return char < ' ' ? JSON.stringify(char).slice(1, -1) : char;
  }

  #open(char: '{' | '['): string {
    this.#containers += 1;
    if (this.#stack.length >= maxDepth || this.#containers > maxContainers) return this.#break();
    this.#stack.push(char);
    this.#place = char === '{' ? 'first-key' : 'first-value';
    return char;
  }

  #shut(char: string): string {
    this.#stack.pop();
    this.#place = 'after';
    if (this.#stack.length === 0) this.#isComplete = true;
    return char;
  }

  #break(): string {
    this.#isBroken = true;
    return '';
  }

  #close(rest: string | undefined): string {
    let out = this.#literal + this.#endOfString();
    if (this.#number && !canEnd.has(this.#number)) out += '0';
    let place = this.#string === 'key' ? 'colon' : this.#string === 'value' ? 'after' : this.#place;
    while (this.#stack.length > 0) {
      const isRoot = this.#stack.length === 1;
      const isObjectOpen = this.#stack.pop() === '{';
      if (place === 'colon') out += ':null';
      else if (place === 'value') out += 'null';
      if (isRoot && rest !== undefined)
        out += `${place === 'first-key' || place === 'key' ? '' : ','}${JSON.stringify(unparsed)}:${rest}`;
      // a comma is out and cannot be taken back
      else if (place === 'key') out += '"":null';
      out += isObjectOpen ? '}' : ']';
      place = 'after';
    }
    this.#isComplete = true;
    return out;
  }

  #endOfString(): string {
    if (this.#string === 'none') return '';
    if (this.#escape === 'begun') return '\\\\"';
    return this.#escape === 'hex' ? `\\\\u${this.#hex}"` : '"';
  }
}

const canEnd: ReadonlySet<NumberPlace> = new Set(['zero', 'whole', 'fraction', 'exponent']);

const nextInNumber = (place: NumberPlace, char: string): NumberPlace | undefined => {
  const isDigit = char >= '0' && char <= '9';
  switch (place) {
    case 'sign':
      if (char === '0') return 'zero';
      return isDigit ? 'whole' : undefined;
    case 'zero':
    case 'whole':
      if (isDigit && place === 'whole') return 'whole';
      if (char === '.') return 'dot';
      return char === 'e' || char === 'E' ? 'e' : undefined;
    case 'dot':
    case 'fraction':
      if (isDigit) return 'fraction';
      return place === 'fraction' && (char === 'e' || char === 'E') ? 'e' : undefined;
    case 'e':
      if (char === '+' || char === '-') return 'e-sign';
      return isDigit ? 'exponent' : undefined;
    case 'e-sign':
    case 'exponent':
      return isDigit ? 'exponent' : undefined;
  }
};
