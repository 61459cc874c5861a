import type { Admitted, Decided } from '../core/exchange.ts';
import type { Embedder, EmbeddingSource } from './embedder.ts';
import type { Outlet } from './outlet.ts';
import type { Snapshot } from './snapshot.ts';
import type { Timing } from './timing.ts';

/**
 * Decides with what an embeddings endpoint makes of the ask, where the policy in force was trained with that and
 * has a say in this request; without it where it does not come in time. Throws as deciding does.
 */
export const decideEmbedded = async (
  admitted: Admitted,
  source: EmbeddingSource,
  snapshot: Snapshot,
  outlet: Outlet,
  timing: Timing,
  embedder: Embedder,
): Promise<Decided> => {
  const kind = source.kind();
  // what comes with a key of its caller's own goes to that provider only
  if (!kind || admitted.ownKey) return snapshot.decide(admitted);
  const described = snapshot.decide(admitted, { isRehearsal: true });
  // where no policy was asked, a rehearsal leaves nothing out
  if (described.decision.policy === undefined) return described;
  if (!wantsEmbedding(described)) return snapshot.decide(admitted, { described });
  const { note, embedding, attempt } = await embedder.ask({
    source,
    kind,
    decided: described,
    outlet,
    timing,
  });
  const decided = again(admitted, described, embedding, snapshot);
  return {
    ...decided,
    decision: { ...decided.decision, embedding: note },
    ...(attempt && { embedded: attempt }),
  };
};

/** Whether a policy that knew more of the ask could send the request elsewhere. */
export const wantsEmbedding = ({ ask = '', decision }: Decided): boolean => {
  const { mode, policy, features, switching } = decision;
  if (mode !== 'route' || policy === undefined || ask.trim() === '') return false;
  if (switching?.verdict === 'locked') return false;
  return !features.isToolLoop || switching?.verdict === 'moved';
};

/** What was paid for has to be settled: where nobody is left by now, the first plan stands and finds out itself. */
const again = (
  admitted: Admitted,
  described: Decided,
  embedding: Float32Array | undefined,
  snapshot: Snapshot,
): Decided => {
  try {
    return snapshot.decide(admitted, { described, embedding });
  } catch {
    return described;
  }
};
