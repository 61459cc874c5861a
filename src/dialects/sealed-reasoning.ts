import type { Block, OpaqueReasoning } from '../core/chat.ts';

/**
 * Reasoning that only another vendor can read, in the one field a caller's own dialect has for such
 * (a signature, an encrypted content, a thought signature). Clients send it back word for word; on the
 * way in it is known by its mark, given to its owner and kept from everybody else (WIRE 7.4).
 */
export const sealReasoning = ({ vendor, kind, data, id, owner }: OpaqueReasoning): string =>
  mark +
  Buffer.from(
    JSON.stringify([vendor, kind, data, id ?? null, owner?.provider ?? null, owner?.model ?? null]),
  ).toString('base64url');

/** What was sealed; undefined where the text is a vendor's own, or a seal that was tampered with. */
export const openSealed = (text: string): OpaqueReasoning | undefined => {
  if (!isSealed(text)) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(text.slice(mark.length), 'base64url').toString());
    if (!Array.isArray(parts) || parts.length !== 6) return undefined;
    const [vendor, kind, data, id, provider, model] = parts as unknown[];
    if (!isVendor(vendor) || !isKind(kind) || typeof data !== 'string') return undefined;
    return {
      vendor,
      kind,
      data,
      ...(typeof id === 'string' && { id }),
      ...(typeof provider === 'string' && typeof model === 'string' && { owner: { provider, model } }),
    };
  } catch {
    return undefined;
  }
};

/** Made by us, whole or not: no vendor is ever sent it. */
export const isSealed = (text: string): boolean => text.startsWith(mark);

/** In a body's bytes: a first look that spares most requests a second. */
export const sealMark = Buffer.from('"tierwise.1.');

const mark = 'tierwise.1.';

/** The seal of reasoning that is nothing but text: nobody can read more out of it, and it goes to no vendor that signs. */
export const bareSeal = mark;

/**
 * Reasoning that belongs on a call stands right before it on the way to a caller, under the call's id: here
 * it goes back onto the call.
 */
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

const isVendor = (value: unknown): value is OpaqueReasoning['vendor'] =>
  value === 'anthropic' || value === 'openai' || value === 'google';

const isKind = (value: unknown): value is OpaqueReasoning['kind'] =>
  value === 'signature' || value === 'redacted' || value === 'encrypted' || value === 'thought-signature';
