import { createHash, createHmac } from 'node:crypto';

/**
 * Thinking is signed, so that what comes back can be told from what was changed or made up. The key is
 * no secret: nobody is kept out by it, mistakes are found by it.
 */
const key = 'simulated thinking';

/** What a signature vouches for. */
export interface Signed {
  readonly model: string;
  readonly thinking: string;
  /** Who may bring it back and after what; undefined where the model binds it to neither. */
  readonly bond: Bond | undefined;
}

export interface Bond {
  readonly organisation: string;
  readonly endUser: string;
  /** Digest of everything before it. */
  readonly prefix: string;
}

export const sign = ({ model, thinking, bond }: Signed): string => {
  const claim = [
    model,
    digest(thinking),
    bond ? digest(bond.organisation) : '-',
    bond ? digest(bond.endUser) : '-',
    bond?.prefix ?? '-',
  ].join(':');
  return Buffer.from(`${claim}:${seal(claim)}`).toString('base64');
};

export type SignatureFault = 'foreign' | 'modified';
export type BondFault = 'model_mismatch' | 'organization_mismatch' | 'end_user_mismatch' | 'prefix_mismatch';

export interface CheckedSignature {
  readonly fault: SignatureFault | undefined;
  /** What it is bound to and not found in; undefined where it is bound to nothing or all is found. */
  readonly bondFault: BondFault | undefined;
}

/** Empty thinking with a signature is legal: its text was left out. */
export const checkSignature = (
  thinking: string,
  signature: string,
  here: Omit<Signed, 'thinking'>,
): CheckedSignature => {
  const parts = Buffer.from(signature, 'base64').toString('utf8').split(':');
  const [model = '', text, organisation, endUser, prefix = '-', mark] = parts;
  if (mark === undefined || mark !== seal(parts.slice(0, -1).join(':')))
    return { fault: 'foreign', bondFault: undefined };
  const fault = thinking === '' || digest(thinking) === text ? undefined : 'modified';
  if (prefix === '-' || !here.bond) return { fault, bondFault: undefined };
  const bondFault =
    model !== here.model
      ? 'model_mismatch'
      : organisation !== digest(here.bond.organisation)
        ? 'organization_mismatch'
        : endUser !== digest(here.bond.endUser)
          ? 'end_user_mismatch'
          : prefix !== here.bond.prefix
            ? 'prefix_mismatch'
            : undefined;
  return { fault, bondFault };
};

/** Digest of a prompt, from its beginning to wherever one asks. Thinking itself is no part of it. */
export class PrefixDigest {
  readonly #hash = createHash('sha256');
  #role = '';

  add(role: string, ...words: readonly string[]): void {
    if (role !== this.#role) this.#hash.update(`\n<${role}>`);
    this.#role = role;
    for (const word of words) this.#hash.update(`${word.length}:${word}`);
  }

  here(): string {
    return this.#hash.copy().digest('hex').slice(0, 32);
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
const seal = (claim: string): string => createHmac('sha256', key).update(claim).digest('hex').slice(0, 32);
