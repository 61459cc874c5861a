import { hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '../core/errors.ts';

export const vaultKeyFile = 'vault.key';
const keyBytes = 32;

/** The key the configuration gives, else that of a file beside the ledger, made where there is none. */
export const vaultKey = (directory: string, configured: string | undefined): Buffer => {
  if (configured !== undefined)
    return Buffer.from(hkdfSync('sha256', configured, 'tierwise vault key', '', keyBytes));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, vaultKeyFile);
  return readKey(path) ?? makeKey(path);
};

const readKey = (path: string): Buffer | undefined => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== keyBytes)
    throw new GatewayError(
      'invalid-config',
      `"${path}" is no key of the vault: put the file back as it was, or remove it (what conversations kept is then forgotten).`,
    );
  // a backup may have given it to others
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  return key;
};

/** Whole or not at all, so that a crash leaves no half of a key behind; of two at once, the first one's holds. */
const makeKey = (path: string): Buffer => {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  } finally {
    rmSync(draft, { force: true });
  }
  const key = readKey(path);
  if (!key) throw new GatewayError('invalid-config', `The key of the vault cannot be kept at "${path}".`);
  return key;
};
