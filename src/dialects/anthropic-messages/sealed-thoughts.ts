import type { ChatRequest, OpaqueReasoning } from '../../core/chat.ts';
import type { ReplyCall } from '../dialect.ts';
import { bareSeal, sealReasoning } from '../sealed-reasoning.ts';
import { dialectName } from './wire.ts';

/**
 * Other vendors' thoughts as thinking blocks of a Messages caller (WIRE 7.4). Only who asked for thinking is
 * shown any; their signature is a seal, which `cutThoughts` keeps from Anthropic.
 */
export const carriesReasoning = ({ dialect, reasoning }: ChatRequest): boolean =>
  dialect === dialectName && (reasoning.mode === 'on' || reasoning.mode === 'adaptive');

/** What stands as a thought's signature: the vendor's own, a seal, or the mark of a thought that was never signed. */
export const signatureFor = (opaque: OpaqueReasoning | undefined, { owner }: ReplyCall): string => {
  if (!opaque) return bareSeal;
  if (opaque.vendor === 'anthropic' && opaque.kind === 'signature') return opaque.data;
  return sealReasoning({ ...opaque, owner: opaque.owner ?? owner });
};

/** A thought that belongs on a call itself stands right before it, under the call's id as the caller knows it. */
export const callSignature = (opaque: OpaqueReasoning, callId: string, call: ReplyCall): string =>
  signatureFor({ ...opaque, id: callId }, call);
