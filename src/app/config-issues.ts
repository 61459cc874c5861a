import type { z } from 'zod';
import type { JsonObject } from '../core/json.ts';
import type { ConfigDocument } from './config-document.ts';
import type { ConfigPath, Finding, FindingCode } from './config-findings.ts';
import { homesOf, keysAt } from './config-schema-keys.ts';
import { didYouMean, nearNames } from './near-names.ts';

type Issue = z.core.$ZodIssue;

/** What a schema found wrong, in words, with places and suggestions. */
export const issueFindings = (
  issues: readonly Issue[],
  document: ConfigDocument,
  schema: JsonObject,
): readonly Finding[] =>
  issues.flatMap((issue) => findingsOf(issue, pathOf(issue.path), { document, schema }));

interface Context {
  readonly document: ConfigDocument;
  readonly schema: JsonObject;
}

const findingsOf = (issue: Issue, path: ConfigPath, context: Context): readonly Finding[] => {
  const { document, schema } = context;
  if (document.isBroken(path)) return [];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path, document.value);
    return issue.keys.map((key) => unknownKey(key, path, known, context));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && isDefaultWording(issue.message)) {
    const nearest = nearestBranch(issue.errors);
    if (nearest)
      return nearest.flatMap((inner) => findingsOf(inner, [...path, ...pathOf(inner.path)], context));
  }
  const value = valueAt(document.value, path);
  if (value === undefined && path.length > 0) return [missing(path, issue, context)];
  const { message, suggestion, code = 'wrong-value' } = wordsFor(issue, value, path, context);
  return [finding(code, path, message, suggestion, document, issue.code === 'invalid_key')];
};

const finding = (
  code: FindingCode,
  path: ConfigPath,
  message: string,
  suggestion: string | undefined,
  document: ConfigDocument,
  isKey: boolean,
): Finding => {
  const place = isKey ? document.placeOfKey(path) : document.placeOf(path);
  return {
    severity: 'error',
    code,
    path,
    message: document.withoutValues(message),
    ...(suggestion && { suggestion: document.withoutValues(suggestion) }),
    ...(place && { place }),
  };
};

const unknownKey = (
  key: string,
  path: ConfigPath,
  known: readonly string[],
  { document, schema }: Context,
): Finding => {
  const home = homesOf(schema, key)
    .slice(0, 2)
    .map((section) => `"${section}"`);
  const suggestion =
    didYouMean(key, known) ??
    (home.length > 0
      ? `It belongs under ${home.join(' or ')}.`
      : known.length > 0
        ? `Known here: ${known.join(', ')}.`
        : undefined);
  return finding('unknown-key', [...path, key], `There is no "${key}" here.`, suggestion, document, true);
};

const missing = (path: ConfigPath, issue: Issue, { document, schema }: Context): Finding => {
  const kind = issue.code === 'invalid_type' ? kinds[issue.expected] : undefined;
  const options = optionsOf(issue);
  const holder = path.slice(0, -1);
  const others = Object.keys(valueAt(document.value, holder) ?? {});
  const known = keysAt(schema, holder, document.value);
  const [misspelt] = nearNames(
    String(path.at(-1)),
    others.filter((key) => !known.includes(key)),
    1,
  );
  const suggestion = misspelt
    ? `Is "${misspelt}" meant to be it?`
    : options
      ? `One of ${listed(options)}.`
      : kind
        ? `It takes ${kind}.`
        : undefined;
  const place = document.placeOfKey(path.slice(0, -1));
  return {
    severity: 'error',
    code: 'missing-field',
    path,
    message: `"${path.at(-1)}" is missing.`,
    ...(suggestion && { suggestion }),
    ...(place && { place }),
  };
};

interface Words {
  readonly message: string;
  readonly suggestion?: string | undefined;
  readonly code?: FindingCode;
}

const wordsFor = (issue: Issue, value: unknown, path: ConfigPath, context: Context): Words => {
  const shown = shownValue(value, path, context.document);
  if (issue.code === 'invalid_key') {
    const reason = issue.issues[0]?.message ?? '';
    return {
      message: `"${path.at(-1)}" ${isDefaultWording(reason) ? 'cannot be a name here.' : ended(reason)}`,
    };
  }
  const options = optionsOf(issue);
  if (options)
    return {
      message: `${shown} is not one of ${listed(options)}.`,
      suggestion: didYouMean(String(value), options),
    };
  if (!isDefaultWording(issue.message)) {
    // schemas word their own refusals as "is not a …", or as whole sentences
    const isPredicate = /^(is|has|must|cannot|needs|takes|may|would) /.test(issue.message);
    return { message: sentence(isPredicate ? `${shown} ${issue.message}` : issue.message) };
  }
  switch (issue.code) {
    case 'invalid_type':
      return {
        message: `This has to be ${kinds[issue.expected] ?? issue.expected}, not ${kindOf(value)}.`,
        suggestion:
          issue.expected === 'array' && typeof value === 'string'
            ? 'Put it into [ ], or one on each line behind "- ".'
            : undefined,
      };
    case 'invalid_union':
      return { message: `This has to be ${expectedKinds(issue.errors)}, not ${kindOf(value)}.` };
    case 'too_small':
      return {
        message: `${shown} is too ${sizeWords(issue.origin)[0]}: ${issue.inclusive ? 'at least' : 'more than'} ${counted(Number(issue.minimum), issue.origin)}.`,
      };
    case 'too_big':
      return {
        message: `${shown} is too ${sizeWords(issue.origin)[1]}: ${issue.inclusive ? 'at most' : 'less than'} ${counted(Number(issue.maximum), issue.origin)}.`,
      };
    case 'not_multiple_of':
      return { message: `${shown} has to be a multiple of ${issue.divisor}.` };
    case 'invalid_format':
      return { message: `${shown} has not the form of ${formats[issue.format] ?? `a ${issue.format}`}.` };
    default:
      return { message: `${shown} is not accepted here.` };
  }
};

/** The alternative that got furthest: whose complaints lie deepest, then those that complain least. */
const nearestBranch = (branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined => {
  const isRootMismatch = (issues: readonly Issue[]) =>
    issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0);
  const candidates = branches.filter((issues) => !isRootMismatch(issues));
  const depth = (issues: readonly Issue[]) => Math.max(...issues.map(({ path }) => path.length));
  return candidates.sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
};

const expectedKinds = (branches: readonly (readonly Issue[])[]): string =>
  [
    ...new Set(
      branches.flatMap((issues) =>
        issues.map((issue) =>
          issue.code === 'invalid_type' ? (kinds[issue.expected] ?? issue.expected) : undefined,
        ),
      ),
    ),
  ]
    .filter((kind) => kind !== undefined)
    .join(' or ');

const optionsOf = (issue: Issue): readonly string[] | undefined => {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options))
    return issue.options.map(String);
  return undefined;
};

const shownValue = (value: unknown, path: ConfigPath, document: ConfigDocument): string => {
  const names = document.variablesAt(path) ?? [];
  if (names.length > 0) return `The value of ${names.map((name) => `\${${name}}`).join(' and ')}`;
  if (path.some((part) => secretKeys.has(String(part)))) return 'This';
  if (typeof value === 'string') return value.length > 60 ? `"${value.slice(0, 57)}…"` : `"${value}"`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'This';
};

/** What stands there may be a secret, or hold one. */
const secretKeys = new Set(['key', 'hash', 'baseUrl']);

const valueAt = (value: unknown, path: ConfigPath): unknown => {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as Record<string | number, unknown>)[part];
  }
  return found;
};

const pathOf = (path: readonly PropertyKey[] | undefined): ConfigPath =>
  (path ?? []).map((part) => (typeof part === 'number' ? part : String(part)));

const isDefaultWording = (message: string): boolean =>
  /^(Invalid|Too (small|big)|Unrecognized)\b/.test(message);

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const sentence = (text: string): string => ended(text.charAt(0).toUpperCase() + text.slice(1));

const listed = (options: readonly string[]): string => options.map((option) => `"${option}"`).join(', ');

const sizeWords = (origin: string): readonly [small: string, big: string] =>
  origin === 'array' || origin === 'string' ? ['short', 'long'] : ['small', 'big'];

const counted = (count: number, origin: string): string => {
  if (origin === 'array') return count === 1 ? 'one entry' : `${count} entries`;
  if (origin === 'string') return count === 1 ? 'one character' : `${count} characters`;
  return String(count);
};

const kindOf = (value: unknown): string => {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return kinds[typeof value] ?? typeof value;
};

const kinds: Readonly<Record<string, string>> = {
  object: 'a section of keys',
  record: 'a section of keys',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

const formats: Readonly<Record<string, string>> = {
  url: 'a URL',
  regex: 'what is expected',
  date: 'a date',
  datetime: 'a time',
};
