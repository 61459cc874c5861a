import { dropMembers } from '../dialects/body-splices.ts';
import { type JsonScan, type Splice, scanJson, spliceBytes } from '../kit/json-scan.ts';
import type { Letter } from './provider.ts';

export interface CloudWire {
  /** Takes the place of the header `anthropic-version`. */
  readonly version: string;
  /** Fields of Messages that stand in the path here. */
  readonly inPath: readonly string[];
  /** Names of betas are a list in the body instead of a header. */
  readonly hasBetasInBody: boolean;
}

/** A request of Anthropic Messages as clouds take it: the version in the body, the model in the path. All else stays, byte for byte. */
export const cloudMessages = (
  { body, headers }: Letter,
  { version, inPath, hasBetasInBody }: CloudWire,
): Letter => {
  const scan = scanJson(body);
  const drops = new Set([...inPath, 'anthropic_version']);
  const added: [string, string][] = [['anthropic_version', JSON.stringify(version)]];
  const named = headers[betaHeader];
  if (hasBetasInBody && named !== undefined) {
    drops.add(betaField);
    added.push([betaField, JSON.stringify(allBetas(named, body, scan))]);
  }
  const splices: Splice[] = [];
  dropMembers(scan, drops, splices);
  const isBare = [...scan.keys.keys()].every((key) => drops.has(key));
  const members = added.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',');
  splices.push({ start: scan.inside, end: scan.inside, text: isBare ? members : `${members},` });
  const { 'anthropic-version': _version, [betaHeader]: _betas, ...others } = headers;
  const keepsBetas = !hasBetasInBody && named !== undefined;
  return {
    body: spliceBytes(body, splices),
    headers: keepsBetas ? { ...others, [betaHeader]: named } : others,
  };
};

const betaHeader = 'anthropic-beta';
const betaField = 'anthropic_beta';

/** Those of the header, and those the caller has in the body already. */
const allBetas = (named: string, body: Buffer, { keys }: JsonScan): readonly string[] => {
  const span = keys.get(betaField);
  const written: unknown = span ? JSON.parse(body.toString('utf8', span.start, span.end)) : [];
  const inBody = Array.isArray(written) ? written.filter((name) => typeof name === 'string') : [];
  const inHeader = named.split(',').map((name) => name.trim());
  return [...new Set([...inHeader, ...inBody])].filter(Boolean);
};
