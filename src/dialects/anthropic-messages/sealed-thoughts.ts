import type { Block, ChatRequest, OpaqueReasoning } from '../../core/chat.ts';
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

/** The reverse: such thoughts go back onto their calls. */
export const returnToCalls = (blocks: readonly Block[]): readonly Block[] => {
  const returned: Block[] = [];
  for (let at = 0; at < blocks.length; at++) {
    const block = blocks[at] as Block;
    const next = blocks[at + 1];
    const opaque = block.type === 'reasoning' ? block.opaque : undefined;
    if (next?.type !== 'tool-call' || opaque?.kind !== 'thought-signature' || opaque.id !== next.id) {
      returned.push(block);
      continue;
    }
    const { id: _callId, ...own } = opaque;
    returned.push({ ...next, opaque: own });
    at += 1;
  }
  return returned;
};
