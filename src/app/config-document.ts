import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { ConfigPath, Finding, Place } from './config-findings.ts';
import { type Environment, fillVariables } from './config-variables.ts';

/** A configuration file as data, with the way back from any place in the data to line and column. */
export interface ConfigDocument {
  /** Plain data, variables filled in. */
  readonly value: unknown;
  /** What is wrong with the text itself; with an error here `value` is not worth looking at. */
  readonly findings: readonly Finding[];
  /** The value at a path, or of the nearest thing around it that is there. */
  placeOf(path: ConfigPath): Place | undefined;
  /** The key that a path ends in. */
  placeOfKey(path: ConfigPath): Place | undefined;
  /** Variables whose values went into the scalar at a path (none where defaults did); undefined where it is plain text. */
  variablesAt(path: ConfigPath): readonly string[] | undefined;
  /** Something stands at the path. */
  has(path: ConfigPath): boolean;
  /** True where the scalar is already known to be broken, so that nothing more need be said of it. */
  isBroken(path: ConfigPath): boolean;
  /** A text in which values of variables are replaced by their names. */
  withoutValues(text: string): string;
}

export interface DocumentParts {
  /** The name shown in findings. */
  readonly file: string;
  readonly environment: Environment;
}

const maxNodes = 100_000;

export const readDocument = (text: string, { file, environment }: DocumentParts): ConfigDocument => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const reader = new Reader(text, file, environment, lines);
  reader.findSecrets(document.contents);
  for (const error of document.errors) reader.addSyntaxError(error);
  const isReadable = document.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  const value = isReadable && document.contents ? reader.read(document.contents as Node, []) : {};
  return reader.document(value ?? {});
};

type Range = readonly [start: number, end: number];

class Reader {
  readonly #text: string;
  readonly #file: string;
  readonly #environment: Environment;
  readonly #lines: LineCounter;
  readonly #findings: Finding[] = [];
  readonly #values = new Map<string, Range>();
  readonly #keys = new Map<string, Range>();
  readonly #variables = new Map<string, readonly string[]>();
  readonly #filled = new Map<string, string>();
  readonly #broken = new Set<string>();
  readonly #secrets: Range[] = [];
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  #nodes = 0;

  constructor(text: string, file: string, environment: Environment, lines: LineCounter) {
    this.#text = text;
    this.#file = file;
    this.#environment = environment;
    this.#lines = lines;
  }

  /** Before anything is told of any line. */
  findSecrets(contents: unknown): void {
    visit(contents as Node | null, {
      Pair: (_, pair) => {
        if (!isScalar(pair.key) || pair.key.value !== 'key') return undefined;
        visit(pair.value as Node | null, {
          Scalar: (place, { range }) => {
            const [start, end] = range ?? [0, 0];
            // of `${NAME}` without its quotes the parser makes a "$" and a section
            const isVariable = this.#text.slice(start - 2, end + 1).includes('${');
            if (place !== 'key' && !isVariable) this.#secrets.push([start, end]);
          },
        });
        return undefined;
      },
    });
  }

  addSyntaxError({ code, message, pos }: YAMLError): void {
    const place = this.#place([pos[0], pos[1]]);
    // one slip makes several errors: the first of a line says it
    if (this.#findings.some((earlier) => earlier.place?.line === place.line)) return;
    const isVariable = /\$$|\$\{[^}\n]*$/.test(this.#lineBefore(pos[0]));
    this.#findings.push({
      severity: 'error',
      code: 'yaml-syntax',
      path: [],
      message:
        code === 'DUPLICATE_KEY'
          ? 'This key stands twice in the same place.'
          : `This is not YAML: ${firstLine(message)}.`,
      ...(isVariable && { suggestion: `Inside { } and [ ] a variable needs quotes: "\${NAME}".` }),
      ...(code in yamlSuggestions && { suggestion: yamlSuggestions[code] }),
      place,
    });
  }

  read(node: Node | null, path: ConfigPath): unknown {
    if (!node) return null;
    const range = rangeOf(node);
    if (range && !this.#values.has(keyOf(path))) this.#values.set(keyOf(path), range);
    if (this.#open.has(node) || ++this.#nodes > maxNodes)
      return this.#refuse(path, 'This refers to itself, or unfolds into too much.');
    if ('anchor' in node && node.anchor) this.#anchors.set(node.anchor, node);
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      return target ? this.read(target, path) : null;
    }
    this.#open.add(node);
    const value = this.#readOwn(node, path);
    this.#open.delete(node);
    return value;
  }

  document(value: unknown): ConfigDocument {
    return {
      value,
      findings: this.#findings,
      placeOf: (path) => this.#placeAt(path, this.#values),
      placeOfKey: (path) => {
        const range = this.#keys.get(keyOf(path));
        return range ? this.#place(range) : this.#placeAt(path, this.#values);
      },
      variablesAt: (path) => this.#variables.get(keyOf(path)),
      has: (path) => this.#values.has(keyOf(path)),
      isBroken: (path) => path.some((_, index) => this.#broken.has(keyOf(path.slice(0, index + 1)))),
      withoutValues: (text) => {
        let result = text;
        for (const [secret, name] of this.#filled)
          if (secret.length > 2) result = result.replaceAll(secret, `\${${name}}`);
        return result;
      },
    };
  }

  #readOwn(node: Node, path: ConfigPath): unknown {
    if (isScalar(node))
      return typeof node.value === 'string' ? this.#readText(node.value, path, rangeOf(node)) : node.value;
    if (isSeq(node)) return node.items.map((item, index) => this.read(item as Node | null, [...path, index]));
    if (!isMap(node)) return null;
    const result: Record<string, unknown> = {};
    for (const pair of node.items) this.#readPair(pair as Pair<Node, Node | null>, path, result);
    return result;
  }

  #readPair({ key, value }: Pair<Node, Node | null>, path: ConfigPath, into: Record<string, unknown>): void {
    const name = isScalar(key) ? String(key.value) : undefined;
    const keyRange = rangeOf(key);
    if (name === undefined || name === '__proto__') {
      this.#findings.push({
        severity: 'error',
        code: 'unknown-key',
        path,
        message: name ? `"${name}" cannot be a key.` : 'A key has to be a plain word.',
        ...(keyRange && { place: this.#place(keyRange) }),
      });
      return;
    }
    const inside = [...path, name];
    if (keyRange) {
      this.#keys.set(keyOf(inside), keyRange);
      if (!value || rangeOf(value)?.[0] === rangeOf(value)?.[1]) this.#values.set(keyOf(inside), keyRange);
    }
    const read = this.read(value, inside);
    // `providers:` with nothing but comments below it is a section not filled in yet
    if (read === null && path.length === 0) return;
    into[name] = read;
  }

  #readText(text: string, path: ConfigPath, range: Range | undefined): string {
    if (!text.includes('${')) return text;
    const { text: filled, names, problems } = fillVariables(text, this.#environment);
    for (const { code, message, suggestion } of problems) {
      this.#findings.push({
        severity: 'error',
        code,
        path,
        message,
        suggestion,
        ...(range && { place: this.#place(range) }),
      });
      this.#broken.add(keyOf(path));
    }
    for (const name of names) this.#filled.set(this.#environment[name] ?? '', name);
    this.#variables.set(keyOf(path), names);
    return filled;
  }

  #refuse(path: ConfigPath, message: string): null {
    const place = this.#placeAt(path, this.#values);
    if (!this.#broken.has(keyOf(path.slice(0, 1))))
      this.#findings.push({ severity: 'error', code: 'yaml-syntax', path, message, ...(place && { place }) });
    this.#broken.add(keyOf(path.slice(0, 1)));
    return null;
  }

  #placeAt(path: ConfigPath, ranges: ReadonlyMap<string, Range>): Place | undefined {
    const root = ranges.get(keyOf([]));
    if (path.length === 0 && root) return this.#place(root);
    for (let length = path.length; length > 0; length--) {
      const inside = path.slice(0, length);
      const range =
        length === path.length
          ? ranges.get(keyOf(inside))
          : (this.#keys.get(keyOf(inside)) ?? ranges.get(keyOf(inside)));
      if (range) return this.#place(range);
    }
    return undefined;
  }

  #place([start, end]: Range): Place {
    const { line, col } = this.#lines.linePos(start);
    const lineStart = this.#lines.lineStarts[line - 1] ?? 0;
    const lineText = this.#blot(lineStart, this.#lineEnd(lineStart));
    const length = Math.max(1, Math.min(end, lineStart + lineText.trimEnd().length) - start);
    return { file: this.#file, line, column: col, length, lineText };
  }

  #blot(from: number, to: number): string {
    const characters = [...this.#text.slice(from, to)]
      .map((character) => (character < ' ' ? ' ' : character))
      .join('');
    let line = characters;
    for (const [start, end] of this.#secrets) {
      const left = Math.max(start, from) - from;
      const right = Math.min(end, to) - from;
      if (left < right) line = line.slice(0, left) + '•'.repeat(right - left) + line.slice(right);
    }
    return line.replace(secretLike, (secret) => '•'.repeat(secret.length));
  }

  #lineBefore(offset: number): string {
    return this.#text.slice(this.#text.lastIndexOf('\n', offset - 1) + 1, offset);
  }

  #lineEnd(start: number): number {
    const end = this.#text.indexOf('\n', start);
    return end < 0 ? this.#text.length : end;
  }
}

/** What follows `key:`, what looks like a vendor's key, and name and password in an address, wherever they stand. */
const secretLike =
  /(?<=\bkey["']?[ \t]*:[ \t]*["']?)(?![$[{"'])[^\s"',}\]]+|(?<=:\/\/)[^\s/@]+(?=@)|\b(?:sk|tw|gsk|xai|key|AIza)[-_][\w-]{12,}|\bAIza[\w-]{20,}/g;

const yamlSuggestions: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Align it with the lines above.',
  BLOCK_AS_IMPLICIT_KEY: 'Check the indentation of the next line, and quote values that hold ": ".',
  MULTILINE_IMPLICIT_KEY: 'Check the indentation of the next line.',
};

const keyOf = (path: ConfigPath): string => path.join('\u0000');

const rangeOf = (node: Node): Range | undefined => {
  if (!node.range) return undefined;
  const [start, end] = node.range;
  return isCollection(node) && !node.flow ? [start, start + 1] : [start, end];
};

const firstLine = (text: string): string => text.split('\n', 1)[0]?.replace(/\.$/, '') ?? '';
