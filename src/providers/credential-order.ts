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
  const start = hashText(session, 0x811c9dc5);
  return credentials
    .map((credential) => ({ credential, score: scoreOf(credential, start) }))
    .sort((one, other) => other.score - one.score)
    .map(({ credential }) => credential);
};

const scoreOf = ({ name, weight }: Credential, start: number): number =>
  weight / -Math.log((spread(hashText(name, start)) + 0.5) / 2 ** 32);

const hashText = (text: string, start: number): number => {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
};

/** Neighbouring sums of names come out far apart. */
const spread = (hash: number): number => {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
};
