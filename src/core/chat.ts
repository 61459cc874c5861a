import type { JsonObject, JsonValue } from './json.ts';
import type { DialectName, Effort } from './model.ts';

/**
 * A request as no vendor writes it: the union of what the dialects can say. It is read from every
 * request (for features and gates) and written only where the upstream's dialect is another one.
 */
export interface ChatRequest {
  readonly dialect: DialectName;
  /** What the caller asked for: a model id, a tier, a route or "auto". */
  readonly model: string;
  /** Instructions before the first turn, in order. */
  readonly system: readonly Block[];
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelTools?: boolean;
  readonly maxOutputTokens?: number;
  readonly sampling: Sampling;
  readonly stop: readonly string[];
  readonly format: OutputFormat;
  readonly reasoning: ReasoningWish;
  readonly stream: boolean;
  /** The caller of a Chat stream asked for the usage chunk; in other dialects always true. */
  readonly wantsUsage: boolean;
  /** Answers wanted side by side. */
  readonly choices: number;
  readonly logprobs?: { readonly top: number };
  readonly endUser?: string;
  readonly metadata?: JsonObject;
  readonly serviceTier?: string;
  readonly verbosity?: string;
  /** What a Responses caller wants kept, and what it goes on from. */
  readonly state?: StateWish;
  /** A Chat caller of before tool calls had ids: `functions` in, one `function_call` out. */
  readonly usesFunctions?: boolean;
  /** Fields with no canonical meaning, by the caller's name for them: kept on the same dialect, warned of on another. */
  readonly extras: JsonObject;
}

/** Conversations that are kept where they were answered (WIRE 3.4). */
export interface StateWish {
  /** The answer is to be kept; Responses callers want so unless they say otherwise. */
  readonly store: boolean;
  /** The kept response this one goes on from. */
  readonly previousId?: string;
  readonly conversation?: string;
  readonly isBackground: boolean;
  /** Parts of the input are named, not sent: only who holds them knows them. */
  readonly hasReferences: boolean;
}

export interface Turn {
  /** `system`: an instruction in the middle of the conversation. */
  readonly role: 'user' | 'assistant' | 'system';
  readonly blocks: readonly Block[];
  readonly name?: string;
}

export type Block =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | AudioBlock
  | ToolCallBlock
  | ToolResultBlock
  | ReasoningBlock
  | RefusalBlock
  | VendorBlock;

/** Every block may end a prefix that the caller wants cached. */
interface Cacheable {
  readonly cache?: '5m' | '30m' | '1h' | '12h';
}

export interface TextBlock extends Cacheable {
  readonly type: 'text';
  readonly text: string;
}

export interface ImageBlock extends Cacheable {
  readonly type: 'image';
  readonly source: MediaSource;
  readonly detail?: string;
}

export interface DocumentBlock extends Cacheable {
  readonly type: 'document';
  readonly source: MediaSource | { readonly type: 'text'; readonly text: string };
  readonly title?: string;
  readonly context?: string;
}

export interface AudioBlock extends Cacheable {
  readonly type: 'audio';
  /** "wav" or "mp3". */
  readonly format: string;
  readonly data: string;
}

/** Where a picture or paper is. A `file` id is bound to the account it was uploaded to. */
export type MediaSource =
  | { readonly type: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'file'; readonly fileId: string };

export interface ToolCallBlock extends Cacheable {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** As the model wrote it, valid JSON or not; "" means {}. For a `custom` call: free text. */
  readonly argumentsText: string;
  readonly kind: 'function' | 'custom';
  /** The reasoning behind the call, where its vendor wants it back on the call itself. */
  readonly opaque?: OpaqueReasoning;
}

export interface ToolResultBlock extends Cacheable {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly blocks: readonly Block[];
  readonly isError: boolean;
}

export interface ReasoningBlock {
  readonly type: 'reasoning';
  readonly text: string;
  /** What only its owner can read; dropped where the target is another. */
  readonly opaque?: OpaqueReasoning;
}

export interface OpaqueReasoning {
  readonly vendor: 'anthropic' | 'openai' | 'google';
  readonly kind: 'signature' | 'redacted' | 'encrypted' | 'thought-signature';
  readonly data: string;
  /** The vendor's id of the item it stands in: "rs_…". */
  readonly id?: string;
  /** Who made it, where that is known: another account or model of the same vendor may refuse it. */
  readonly owner?: ReasoningOwner;
}

export interface ReasoningOwner {
  /** The name in the configuration. */
  readonly provider: string;
  /** What the provider calls the model. */
  readonly model: string;
}

export interface RefusalBlock {
  readonly type: 'refusal';
  readonly text: string;
}

/** Something only this dialect has (a server tool's result, a search result …), kept raw. */
export interface VendorBlock extends Cacheable {
  readonly type: 'vendor';
  readonly dialect: DialectName;
  readonly kind: string;
  /** Where it stood in the caller's body: "messages.3.content.0". */
  readonly path: string;
  readonly raw: JsonValue;
  /** The same for whoever is offered the members of grouped tools as tools of their own. */
  readonly plain?: readonly Block[];
}

export type Tool =
  | PlainTool
  /** A tool the vendor runs (web search, code, MCP …): mapped to another vendor never, left out for one where a route says so. */
  | {
      readonly type: 'hosted';
      readonly dialect: DialectName;
      readonly kind: string;
      readonly raw: JsonValue;
      /** Where it is only a group of the caller's own tools: those. */
      readonly members?: readonly GroupMember[];
    };

/** A tool of a group, and what it is where there are no groups: its name there tells both. */
export interface GroupMember {
  /** Left out where calls are made by the bare name. */
  readonly group?: string;
  readonly name: string;
  readonly plain: PlainTool;
}

/** A tool that the caller runs. */
export type PlainTool =
  | {
      readonly type: 'function';
      readonly name: string;
      readonly description?: string;
      /** JSON schema of the arguments; undefined where the caller gave none. */
      readonly schema?: JsonObject;
      readonly strict?: boolean;
      readonly cache?: '5m' | '30m' | '1h' | '12h';
    }
  | {
      readonly type: 'custom';
      readonly name: string;
      readonly description?: string;
      readonly grammar?: JsonValue;
    };

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'named'; readonly name: string }
  | { readonly type: 'subset'; readonly names: readonly string[]; readonly isRequired: boolean };

export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly logitBias?: JsonObject;
}

export type OutputFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'schema';
      readonly name: string;
      readonly schema: JsonObject;
      readonly isStrict: boolean;
      readonly description?: string;
    };

/** What the caller said of reasoning; {} where nothing was said, and then nothing is sent. */
export interface ReasoningWish {
  readonly mode?: 'off' | 'on' | 'adaptive';
  readonly effort?: Effort;
  readonly budgetTokens?: number;
  readonly isShown?: boolean;
}

/** The text of some blocks, tool results and documents included, joined by new lines. */
export const textOf = (blocks: readonly Block[]): string => {
  const parts: string[] = [];
  for (const block of blocks) {
    if (block.type === 'text' || block.type === 'refusal') parts.push(block.text);
    else if (block.type === 'tool-result') parts.push(textOf(block.blocks));
    else if (block.type === 'document' && block.source.type === 'text') parts.push(block.source.text);
  }
  return parts.join('\n');
};
