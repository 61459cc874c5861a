/** Everything `tierwise check` can have to say, and what it means. */
export const findingCodes = {
  'no-file': 'The configuration file is not there or cannot be read.',
  'yaml-syntax': 'The file is not YAML.',
  'unknown-key': 'No such key at this place.',
  'missing-field': 'A key that is needed is not there.',
  'wrong-value': 'The value is of another kind or out of its range.',
  'unset-variable': 'An environment variable that the file refers to is not set.',
  'bad-variable': 'A reference to an environment variable that cannot be read.',
  'literal-secret': 'A secret stands in the file itself.',
  'no-credential': 'A provider has no key.',
  'unknown-provider': 'A name of a provider that is not configured.',
  'unknown-model': 'A name that is no model of the configured providers.',
  'unknown-tier': 'A name that is no tier.',
  'unknown-route': 'A name that is no route.',
  'duplicate-name': 'Two things that are told apart by name have the same one.',
  'unreachable-rule': 'An earlier rule takes every request that this one would match.',
  'empty-tier': 'A tier has no model of its own and borrows those of a neighbour.',
  'bad-policy': 'A policy file that is not there, broken, or made for other features.',
  'unused-embeddings': 'Nobody is asked for the embeddings that are configured.',
  'no-models': 'A provider serves no model that is known here.',
  'ambiguous-key': 'A caller’s own key could be meant for either of two providers.',
  'unsafe-address': 'A provider address that leaks secrets, or could.',
  'unsafe-exposure': 'Reachable from other machines, without keys.',
} as const;

export type FindingCode = keyof typeof findingCodes;
export type ConfigPath = readonly (string | number)[];

/** One thing that is wrong (or doubtful) in a configuration, and the way out of it. */
export interface Finding {
  /** With an error nothing is built; a warning is told and lived with. */
  readonly severity: 'error' | 'warning';
  readonly code: FindingCode;
  readonly path: ConfigPath;
  /** A sentence without the path. Never holds the value of a variable or a secret. */
  readonly message: string;
  readonly suggestion?: string;
  /** Undefined for what stands in no file: defaults and the environment. */
  readonly place?: Place;
}

/** Where in a file; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline, at least 1. */
  readonly length: number;
  /** The line itself, secrets blotted out. */
  readonly lineText: string;
}

/** "routes.auto.strategy.rules[0].use": how a place in the document is written. */
export const pathText = (path: ConfigPath): string =>
  path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w$-]+$/.test(part)) return `["${part}"]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');

/** A finding in one line, for logs: "tierwise.yaml:12:5: server.prot: unknown key … Did you mean …?" */
export const findingText = ({ place, path, message, suggestion }: Finding): string =>
  [
    place && `${place.file}:${place.line}:${place.column}: `,
    path.length > 0 && `${pathText(path)}: `,
    message,
    suggestion && ` ${suggestion}`,
  ]
    .filter(Boolean)
    .join('');

export const hasErrors = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === 'error');

/** Errors and warnings mixed, in the order of the file; what has no place comes last. */
export const inFileOrder = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort(
    (a, b) =>
      (a.place?.line ?? Number.MAX_SAFE_INTEGER) - (b.place?.line ?? Number.MAX_SAFE_INTEGER) ||
      (a.place?.column ?? 0) - (b.place?.column ?? 0),
  );
