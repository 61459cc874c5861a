/** Pieces of a secret of this length count as the secret: nobody writes so many of its letters by chance. */
const pieceLength = 8;

/** Whether a text holds a secret or a telling piece of it. Secrets shorter than a piece are looked for whole. */
export const holdsSecret = (text: string, secret: string | undefined): boolean => {
  if (!secret) return false;
  for (let at = 0; at === 0 || at + pieceLength <= secret.length; at += 1)
    if (text.includes(secret.slice(at, at + pieceLength))) return true;
  return false;
};

/** The text without the secret: what an upstream says may quote the key it was asked with. */
export const blotOut = (text: string, secret: string | undefined): string => {
  if (!secret || !holdsSecret(text, secret)) return text;
  let out = text.replaceAll(secret, blot);
  for (let at = 0; at + pieceLength <= secret.length; at += 1)
    out = out.replaceAll(secret.slice(at, at + pieceLength), blot);
  return out;
};

const blot = '[blotted out]';
