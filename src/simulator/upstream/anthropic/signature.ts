import { createHash, createHmac } from 'node:crypto';

/**
 * Thinking is signed, so that what comes back can be told from what was changed or made up. The key is
 * no secret: nobody is kept out by it, mistakes are found by it.
 */
const key = 'simulated thinking';

export const sign = (model: string, thinking: string): string => {
  const claim = `${model}:${digest(thinking)}`;
  return Buffer.from(`${claim}:${seal(claim)}`).toString('base64');
};

export type SignatureFault = 'foreign' | 'modified';

/** Empty thinking with a signature is legal: its text was left out. */
export const checkSignature = (thinking: string, signature: string): SignatureFault | undefined => {
  const [model = '', textDigest = '', mark = ''] = Buffer.from(signature, 'base64')
    .toString('utf8')
    .split(':');
  if (mark === '' || mark !== seal(`${model}:${textDigest}`)) return 'foreign';
  return thinking === '' || digest(thinking) === textDigest ? undefined : 'modified';
};

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
const seal = (claim: string): string => createHmac('sha256', key).update(claim).digest('hex').slice(0, 32);
