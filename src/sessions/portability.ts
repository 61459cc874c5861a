import { canonicalName } from '../catalog/names.ts';
import type { OpaqueReasoning, ReasoningOwner } from '../core/chat.ts';
import type { Capabilities, DialectName, Model } from '../core/model.ts';
import type { Thought } from './history.ts';
import type { SessionState } from './session-memory.ts';

/**
 * The portability contract: what of a conversation's opaque reasoning, by its data, has to stay behind when it goes
 * on with a model, so that no vendor ever refuses what another one said. All else stays, tool loops stay whole.
 * Pure. `capabilitiesOf`: of a model that answered earlier; undefined where it is no longer configured.
 */
export const cutFor = (
  thoughts: readonly Thought[],
  candidate: Candidate,
  capabilitiesOf: CapabilitiesOf,
): ReadonlySet<string> => {
  if (thoughts.length === 0) return nothing;
  const cut = new Set<string>();
  for (const thought of thoughts)
    if (!isKept(thought, candidate, capabilitiesOf)) cut.add(thought.opaque.data);
  if (isBroken(thoughts, candidate, cut)) for (const { opaque } of thoughts) cut.add(opaque.data);
  return cut;
};

type CapabilitiesOf = (owner: ReasoningOwner) => Capabilities | undefined;

const nothing: ReadonlySet<string> = new Set();

/** Why a conversation cannot leave the provider that it is with; undefined where it can, or need not. */
export const stayOf = (
  pins: readonly string[],
  provider: string,
  session: SessionState | undefined,
): string | undefined =>
  pins.length > 0 && session && session.provider !== provider
    ? `${pins[0]}, which only "${session.provider}" has`
    : undefined;

/** Who would get the conversation next. */
export interface Candidate {
  /** The name in the configuration. */
  readonly provider: string;
  /** What the provider calls the model. */
  readonly model: string;
  /** In which it would be asked. */
  readonly dialect: DialectName;
  readonly capabilities: Capabilities;
  /** The caller named this very model: what it sends of unknown origin is believed to be the model's own. */
  readonly isNamed: boolean;
}

/** Whether what one model reasoned comes along to another, each asked in its dialect. */
export const keepsThoughts = (from: Model, fromDialect: DialectName, candidate: Candidate): boolean => {
  const vendor = vendorOf[fromDialect];
  if (!vendor) return false;
  const owner = { provider: from.provider, model: from.name };
  return isKept(
    { opaque: { vendor, kind: 'signature', data: '' }, owner },
    candidate,
    () => from.capabilities,
  );
};

/** Whose opaque reasoning has a place in a dialect. */
const vendorOf: Readonly<Record<DialectName, OpaqueReasoning['vendor'] | undefined>> = {
  'openai-chat': undefined,
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
  gemini: 'google',
};

const isKept = (
  { opaque, owner }: Thought,
  candidate: Candidate,
  capabilitiesOf: CapabilitiesOf,
): boolean => {
  if (opaque.vendor !== vendorOf[candidate.dialect]) return false;
  if (!owner) return candidate.isNamed || !candidate.capabilities.boundReasoning;
  if (owner.provider === candidate.provider && owner.model === candidate.model) return true;
  switch (opaque.vendor) {
    case 'anthropic':
      return isSharedClaude(owner, candidate, capabilitiesOf(owner));
    case 'openai':
      return (
        owner.provider === candidate.provider && generationOf(owner.model) === generationOf(candidate.model)
      );
    case 'google':
      return false;
  }
};

/**
 * Signatures hold on every cloud that serves Claude, and newer models pass over each other's. Older ones bill
 * them, and bound ones refuse what was not said to themselves (WIRE 4.4).
 */
const isSharedClaude = (
  owner: ReasoningOwner,
  { model, capabilities }: Candidate,
  makers: Capabilities | undefined,
): boolean =>
  isClaude(owner.model) &&
  isClaude(model) &&
  makers !== undefined &&
  !makers.boundReasoning &&
  !capabilities.boundReasoning &&
  (isSame(owner.model, model) || (!isOlder(makers) && !isOlder(capabilities)));

/** Each cloud writes a model's name in its own way. */
const isSame = (one: string, other: string): boolean =>
  one === other || canonicalName(one) === canonicalName(other);

const isClaude = (model: string): boolean => model.includes('claude');
const isOlder = ({ reasoning }: Capabilities): boolean => reasoning.type !== 'adaptive';

/** "gpt-5.6-sol-2026-07-01" → "gpt-5.6": what is encrypted opens within a generation. */
const generationOf = (model: string): string =>
  /^(?:[\w.]+\/)?((?:gpt-|o)\d+(?:\.\d+)?)/.exec(model)?.[1] ?? model;

/**
 * Bound reasoning was said after everything before it. Where something of that was of unknown origin, nobody
 * can tell whether it was there then: all of it goes, which its owner takes, or none.
 */
const isBroken = (
  thoughts: readonly Thought[],
  { capabilities }: Candidate,
  cut: ReadonlySet<string>,
): boolean =>
  capabilities.boundReasoning && thoughts.some(({ opaque, owner }) => !owner && cut.has(opaque.data));
