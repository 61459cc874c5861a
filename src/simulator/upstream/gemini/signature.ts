import { createHash, createHmac } from 'node:crypto';
import { isObject, type JsonObject, type JsonValue } from '../../../core/json.ts';

/**
 * A signature stands on one part and on no other. The key is no secret: nobody is kept out by it,
 * mistakes are found by it.
 */
const key = 'simulated thoughts';

/** What the vendor's documentation gives for histories that come from elsewhere. */
export const skipSentinels: readonly string[] = ['skip_thought_signature_validator'];

export const signPart = (part: JsonObject): string => {
  const digest = createHash('sha256').update(ordered(part)).digest('hex').slice(0, 32);
  return Buffer.from(`${digest}:${markOf(digest)}`).toString('base64');
};

export type SignatureFault = 'foreign' | 'moved';

export const checkPart = (part: JsonObject, signature: string): SignatureFault | undefined => {
  if (skipSentinels.includes(signature)) return undefined;
  const [digest = '', mark] = Buffer.from(signature, 'base64').toString('utf8').split(':');
  if (mark !== markOf(digest)) return 'foreign';
  return signPart(part) === signature ? undefined : 'moved';
};

const markOf = (digest: string): string =>
  createHmac('sha256', key).update(digest).digest('hex').slice(0, 32);

/** JSON with its keys in order: a call is the same whichever way its arguments were written. */
const ordered = (value: JsonValue | undefined): string => {
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(ordered).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  return `{${Object.keys(value)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${ordered(value[name])}`)
    .join()}}`;
};
