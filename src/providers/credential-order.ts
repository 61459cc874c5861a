import { hashOf, spreadHash } from '../kit/hash.ts';
import type { Credential } from './provider.ts';

/**
 * The credentials in the order in which a conversation asks them: always the same for the same
 * conversation, so that its prompt cache stays warm, and by weight over many of them. One that is added
 * or taken away moves only the conversations that it gains or loses (weighted rendezvous hashing).
 */
export const credentialsFor = (
  credentials: readonly Credential[],
  session: string,
): readonly Credential[] => {
  if (credentials.length < 2) return credentials;
  const start = hashOf(session);
  return credentials
    .map((credential) => ({ credential, score: scoreOf(credential, start) }))
    .sort((one, other) => other.score - one.score)
    .map(({ credential }) => credential);
};

const scoreOf = ({ name, weight }: Credential, start: number): number =>
  weight / -Math.log((spreadHash(hashOf(name, start)) + 0.5) / 2 ** 32);
