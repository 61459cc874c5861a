import type { Block, ChatRequest, OpaqueReasoning, ReasoningOwner } from '../core/chat.ts';

/** A piece of opaque reasoning in a conversation. */
export interface Thought {
  readonly opaque: OpaqueReasoning;
  /** Undefined where nobody knows it any more. */
  readonly owner: ReasoningOwner | undefined;
}

/** In their order; `ownerOf` knows makers of reasoning by its data. */
export const readThoughts = (
  { turns }: ChatRequest,
  ownerOf: (data: string) => ReasoningOwner | undefined,
): readonly Thought[] => {
  let thoughts: Thought[] | undefined;
  for (const { role, blocks } of turns) {
    if (role !== 'assistant') continue;
    for (const block of blocks) {
      const opaque = opaqueOf(block);
      if (!opaque) continue;
      thoughts ??= [];
      thoughts.push({ opaque, owner: opaque.owner ?? ownerOf(opaque.data) });
    }
  }
  return thoughts ?? none;
};

const none: readonly never[] = [];

export const opaqueOf = (block: Block): OpaqueReasoning | undefined =>
  block.type === 'reasoning' || block.type === 'tool-call' ? block.opaque : undefined;

/** The data of all opaque reasoning in an answer. */
export const opaqueDataIn = (blocks: readonly Block[]): readonly string[] => {
  let data: string[] | undefined;
  for (const block of blocks) {
    const opaque = opaqueOf(block);
    if (!opaque) continue;
    data ??= [];
    data.push(opaque.data);
  }
  return data ?? none;
};

/** What lies with the provider that has answered so far, in words, each once: "the conversation names an uploaded file". */
export const readPins = ({ system, turns, extras, state }: ChatRequest): readonly string[] => {
  let pins: Set<string> | undefined;
  const pin = (what: string): void => {
    pins ??= new Set();
    pins.add(what);
  };
  if (typeof extras.container === 'string') pin('the conversation works in a container');
  if (state?.conversation !== undefined) pin('the conversation goes on from one that is kept');
  if (state?.hasReferences) pin('the conversation names messages that are kept');
  const look = (blocks: readonly Block[]): void => {
    for (const block of blocks) {
      if (block.type === 'tool-result') look(block.blocks);
      else if (block.type === 'vendor' && !block.plain)
        pin('the conversation holds what tools of its vendor gave');
      else if ((block.type === 'image' || block.type === 'document') && block.source.type === 'file')
        pin('the conversation names an uploaded file');
    }
  };
  look(system);
  for (const { blocks } of turns) look(blocks);
  return pins ? [...pins] : none;
};
