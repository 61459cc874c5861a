import type { Block, ChatRequest, PlainTool, Tool } from '../core/chat.ts';
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
  const { tools, leftOut } = plainTools(request.tools);
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

const plainTools = (
  tools: readonly Tool[],
): { readonly tools: readonly PlainTool[]; readonly leftOut: readonly string[] } => {
  const plain: PlainTool[] = tools.filter((tool) => tool.type !== 'hosted');
  const names = new Set(plain.map(({ name }) => name));
  const leftOut = new Set<string>();
  for (const tool of tools) {
    if (tool.type !== 'hosted') continue;
    if (!tool.members) leftOut.add(tool.kind.slice(0, longestKind));
    for (const member of tool.members ?? []) {
      // two of one name could not be told apart
      if (names.has(member.plain.name)) leftOut.add(tool.kind.slice(0, longestKind));
      else plain.push(member.plain);
      names.add(member.plain.name);
    }
  }
  return { tools: plain, leftOut: [...leftOut] };
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
