import type { Block, ChatRequest, GroupMember, PlainTool, Tool } from '../core/chat.ts';
import { returnToCalls } from './sealed-reasoning.ts';

/** A request as a vendor can have it that runs none of its tools. */
export interface WithoutHosted {
  readonly request: ChatRequest;
  /** Kinds of the tools that were left out; groups of the caller's own tools are not lost, but taken apart. */
  readonly leftOut: readonly string[];
}

/**
 * The request without what its own vendor runs, for routes that would rather have an answer from another vendor
 * than none (WIRE 7.1). Undefined where such a tool has to be called: then the answer would be another.
 */
export const withoutHosted = (request: ChatRequest): WithoutHosted | undefined => {
  const { own, members, leftOut } = takeApart(request.tools);
  const tools = [...own, ...members.map(({ plain }) => plain)];
  if (!isFree(request, tools)) return undefined;
  const { toolChoice, parallelTools, ...rest } = request;
  return {
    request: {
      ...rest,
      tools,
      system: plainBlocks(request.system),
      turns: request.turns.map((turn) =>
        turn.blocks.some(hasPlain) ? { ...turn, blocks: returnToCalls(plainBlocks(turn.blocks)) } : turn,
      ),
      // neither says anything where there is nothing to call, and some vendors refuse both then
      ...(tools.length > 0 && toolChoice && { toolChoice }),
      ...(tools.length > 0 && parallelTools !== undefined && { parallelTools }),
    },
    leftOut,
  };
};

export interface TakenApart {
  readonly own: readonly PlainTool[];
  /** Of all groups. */
  readonly members: readonly GroupMember[];
  readonly leftOut: readonly string[];
}

/** The caller's own tools, and what becomes of the others. */
export const takeApart = (tools: readonly Tool[]): TakenApart => {
  const own = tools.filter((tool) => tool.type !== 'hosted');
  const names = new Set(own.map(({ name }) => name));
  const members: GroupMember[] = [];
  const leftOut = new Set<string>();
  for (const tool of tools) {
    if (tool.type !== 'hosted') continue;
    if (!tool.members) leftOut.add(tool.kind.slice(0, longestKind));
    for (const member of tool.members ?? []) {
      // two of one name could not be told apart
      if (names.has(member.plain.name)) leftOut.add(tool.kind.slice(0, longestKind));
      else members.push(member);
      names.add(member.plain.name);
    }
  }
  return { own, members, leftOut: [...leftOut] };
};

/** Of what a caller sends, so much is told in a header. */
const longestKind = 40;

/** Whether nothing that is asked for needs a tool that is not there any more. */
const isFree = ({ toolChoice, extras }: ChatRequest, tools: readonly PlainTool[]): boolean => {
  if (extras.tool_choice !== undefined) return false;
  const has = (name: string): boolean => tools.some((tool) => tool.name === name);
  switch (toolChoice?.type) {
    case 'required':
      return tools.length > 0;
    case 'named':
      return has(toolChoice.name);
    case 'subset':
      return toolChoice.names.every(has);
    default:
      return true;
  }
};

const plainBlocks = (blocks: readonly Block[]): readonly Block[] =>
  blocks.some(hasPlain)
    ? blocks.flatMap((block) => (block.type === 'vendor' && block.plain ? block.plain : [block]))
    : blocks;

const hasPlain = (block: Block): boolean => block.type === 'vendor' && block.plain !== undefined;
