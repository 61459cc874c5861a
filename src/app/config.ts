import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { isObject } from '../core/json.ts';
import { checkConfig } from './config-checks.ts';
import { type Cut, cutPaths, uncut } from './config-cut.ts';
import { type ConfigDocument, readDocument } from './config-document.ts';
import { type ConfigPath, type Finding, hasErrors, inFileOrder } from './config-findings.ts';
import { issueFindings } from './config-issues.ts';
import { configJsonSchema } from './config-json-schema.ts';
import { type ResolvedProvider, resolveProviders } from './config-resolve-providers.ts';
import { configSchema, type WrittenConfig } from './config-schema.ts';
import type { Environment } from './config-variables.ts';

/** A configuration ready to be built from: defaults filled in, variables and secrets resolved, all names known to exist. */
export interface Config extends Omit<WrittenConfig, 'providers'> {
  readonly providers: Readonly<Record<string, ResolvedProvider>>;
  /** Who chose the providers. `simulated`: no vendor's key was found, so none is asked. */
  readonly providersFrom: 'file' | 'environment' | 'simulated';
  /** The file, absolute; undefined where there is none and everything is a default. */
  readonly file: string | undefined;
}

export interface ConfigReading {
  /** Undefined where a finding is an error. */
  readonly config: Config | undefined;
  readonly findings: readonly Finding[];
  /** What was read; "" without a file. */
  readonly text: string;
}

export interface ConfigParts {
  readonly environment: Environment;
  /** Relative names start here. */
  readonly folder: string;
  /** What the command line says, stronger than the file. */
  readonly overrides?: { readonly host?: string; readonly port?: number };
  /** For who makes the policy, replaces it or has no question for it: that it is missing or broken is no mistake. */
  readonly isPolicyToCome?: boolean;
}

export const configFileNames = ['tierwise.yaml', 'tierwise.yml'] as const;

/** Reads a file (or, without a name, `tierwise.yaml` where there is one) and reports everything that is wrong with it. */
export const readConfig = (file: string | undefined, parts: ConfigParts): ConfigReading => {
  const found =
    file === undefined ? firstReadable(parts.folder) : readText(resolve(parts.folder, file), file);
  if (found && 'text' in found)
    return configFromText(found.text, { ...parts, file: found.path, shownAs: found.name });
  if (!found) return configFromText('', parts);
  const reason = found.code === 'ENOENT' ? 'there is no such file.' : `it cannot be read (${found.code}).`;
  return {
    config: undefined,
    text: '',
    findings: [
      {
        severity: 'error',
        code: 'no-file',
        path: [],
        message: `${found.name}: ${reason}`,
        suggestion: '"tierwise init" writes one; without --config the gateway runs on defaults.',
      },
    ],
  };
};

/** The same for a text that was already read. */
export const configFromText = (
  text: string,
  {
    environment,
    folder,
    overrides = {},
    isPolicyToCome = false,
    file,
    shownAs,
  }: ConfigParts & { readonly file?: string; readonly shownAs?: string },
): ConfigReading => {
  const document = readDocument(text, { file: shownAs ?? 'tierwise.yaml', environment });
  const findings: Finding[] = [...document.findings];
  const end = (config?: Config): ConfigReading => ({
    config: hasErrors(findings) ? undefined : config,
    findings: inFileOrder(findings),
    text,
  });
  if (findings.some(({ code }) => code === 'yaml-syntax')) return end();
  const { written, found, cut } = parse(document);
  findings.push(...found);
  const {
    providers,
    providersFrom,
    findings: aboutProviders,
  } = resolveProviders(written.providers, environment, document);
  const home = file ? dirname(file) : folder;
  const config: Config = {
    ...written,
    server: { ...written.server, ...definedOf(overrides) },
    ...(written.policy !== undefined && { policy: resolve(home, written.policy) }),
    ledger: { ...written.ledger, path: resolve(home, written.ledger.path) },
    providers,
    providersFrom,
    file,
  };
  const checked = checkConfig(config, { document, leftOut: cut.leftOut, original: cut.original });
  findings.push(
    ...aboutProviders,
    ...(isPolicyToCome
      ? checked.filter(({ code }) => code !== 'bad-policy' && code !== 'unused-embeddings')
      : checked),
  );
  return end(config);
};

interface Parsed {
  readonly written: WrittenConfig;
  readonly found: readonly Finding[];
  /** What had to be left out to read the rest, so that the rest can be checked all the same. */
  readonly cut: Cut;
}

const parse = (document: ConfigDocument): Parsed => {
  const first = configSchema.safeParse(document.value);
  if (first.success) return { written: first.data, found: [], cut: uncut(document.value) };
  // a variable is always text: `port: ${PORT}` means its number
  const value = retyped(document.value, [], document);
  const second = configSchema.safeParse(value);
  if (second.success) return { written: second.data, found: [], cut: uncut(value) };
  const found = issueFindings(second.error.issues, document, configJsonSchema());
  return { ...parseSound(uncut(value), second.error.issues), found };
};

/** Reads what is left when everything that the schema refuses is taken out. */
const parseSound = (whole: Cut, firstIssues: readonly z.core.$ZodIssue[]): Omit<Parsed, 'found'> => {
  let cut = whole;
  let issues = firstIssues;
  for (let round = 0; round < 20; round++) {
    const paths = issues.flatMap((issue): ConfigPath[] => {
      const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
      return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
    });
    cut = cutPaths(cut, paths);
    const result = configSchema.safeParse(cut.value);
    if (result.success) return { written: result.data, cut };
    issues = result.error.issues;
  }
  return { written: configSchema.parse({}), cut: { ...cut, leftOut: [[]] } };
};

/** Where the schema wanted no text, texts that came from variables are read as YAML would have read them. */
const retyped = (value: unknown, path: ConfigPath, document: ConfigDocument): unknown => {
  if (Array.isArray(value)) return value.map((entry, index) => retyped(entry, [...path, index], document));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, retyped(entry, [...path, key], document)]),
    );
  if (typeof value !== 'string' || document.variablesAt(path) === undefined || path.at(-1) === 'key')
    return value;
  if (/^-?\d{1,15}(\.\d{1,15})?$/.test(value)) return Number(value);
  return value === 'true' || value === 'false' ? value === 'true' : value;
};

type FileReading =
  | { readonly path: string; readonly name: string; readonly text: string }
  | { readonly name: string; readonly code: string };

const readText = (path: string, name: string): FileReading => {
  try {
    return { path, name, text: readFileSync(path, 'utf8') };
  } catch (cause) {
    return { name, code: (cause as NodeJS.ErrnoException).code ?? 'unknown' };
  }
};

const firstReadable = (folder: string): FileReading | undefined =>
  configFileNames
    .map((name) => readText(resolve(folder, name), name))
    .find((found) => 'text' in found || found.code !== 'ENOENT');

const definedOf = <Values extends object>(values: Values): Partial<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;
