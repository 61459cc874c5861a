import type { Carrier } from '../gateway/carry.ts';
import { StoredResponses } from '../gateway/stored-responses.ts';
import type { World } from '../kit/world.ts';
import { type Experience, SessionMemory } from '../sessions/session-memory.ts';
import { Vault } from '../sessions/vault.ts';
import { vaultKey } from '../storage/vault-key.ts';
import { openVaultShelf } from '../storage/vault-shelf.ts';
import type { Config } from './config.ts';

/** Some 520 bytes each. */
const maxSessions = 50_000;
/** Whoever comes back later finds no cache warm anyway. */
const rememberMs = 24 * 60 * 60 * 1000;

export const newMemory = (world: World, learns: Experience): SessionMemory =>
  new SessionMemory(world, { maxSessions, keepMs: rememberMs, learns });

/** What conversations keep, beside the ledger. The ledger's lock has to be held. */
export const openCarrier = async (
  { ledger: { path: directory }, vault }: Config,
  memory: SessionMemory,
  world: World,
  warn: (message: string) => void,
): Promise<Carrier> => {
  const key = vaultKey(directory, vault.key);
  const { shelf, rows } = await openVaultShelf({
    directory,
    maxBytes: vault.diskBytes,
    loadBytes: vault.memoryBytes,
    world,
    warn,
  });
  const { memoryBytes: maxBytes, keepMs, keepResponsesMs } = vault;
  const kept = new Vault({ key, shelf, rows, world, maxBytes, keepMs });
  return { memory, vault: kept, stored: new StoredResponses(kept, world, keepResponsesMs) };
};
