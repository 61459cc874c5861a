import { createHmac } from 'node:crypto';

/**
 * Reasoning that only its own account can open. The key is no secret: nobody is kept out by it, mistakes
 * are found by it.
 */
const key = 'simulated reasoning';

export interface SealedReasoning {
  readonly organisation: string;
  readonly model: string;
  /** The answer it belongs to. */
  readonly responseId: string;
}

export const seal = (reasoning: SealedReasoning): string => {
  const claim = Buffer.from(JSON.stringify(reasoning)).toString('base64url');
  return `gAAAAA${claim}.${markOf(claim)}`;
};

/** Undefined for what was not sealed here, or was changed. */
export const unseal = (text: string): SealedReasoning | undefined => {
  const [claim = '', mark] = text.replace(/^gAAAAA/, '').split('.');
  if (!text.startsWith('gAAAAA') || mark !== markOf(claim)) return undefined;
  return JSON.parse(Buffer.from(claim, 'base64url').toString('utf8')) as SealedReasoning;
};

const markOf = (claim: string): string => createHmac('sha256', key).update(claim).digest('base64url');
