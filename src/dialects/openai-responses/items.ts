import type { GroupMember, OpaqueReasoning } from '../../core/chat.ts';
import type { JsonObject } from '../../core/json.ts';
import { customNames } from '../custom-calls.ts';
import type { ReplyCall } from '../dialect.ts';
import { longNames } from '../names.ts';
import { bareSeal, sealReasoning } from '../sealed-reasoning.ts';
import { membersByName } from './tool-groups.ts';

/** The items of an answer, as they stand once they are whole. */

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** A call, by names that its caller gave. */
export interface CallHead {
  readonly callId: string;
  readonly name: string;
  readonly group?: string;
}

type WholeCall = CallHead & { readonly argumentsText: string };

export const textPart = (text: string): JsonObject => ({
  type: 'output_text',
  text,
  annotations: [],
  logprobs: [],
});

export const refusalPart = (refusal: string): JsonObject => ({ type: 'refusal', refusal });

export const messageItem = (id: string, status: ItemStatus, content: readonly JsonObject[]): JsonObject => ({
  id,
  type: 'message',
  status,
  content,
  role: 'assistant',
});

export const functionItem = (id: string, status: ItemStatus, call: WholeCall): JsonObject => ({
  id,
  type: 'function_call',
  status,
  arguments: call.argumentsText,
  call_id: call.callId,
  name: call.name,
  ...(call.group !== undefined && { namespace: call.group }),
});

export const customItem = (id: string, status: ItemStatus, call: WholeCall): JsonObject => ({
  id,
  type: 'custom_tool_call',
  status,
  call_id: call.callId,
  input: call.argumentsText,
  name: call.name,
  ...(call.group !== undefined && { namespace: call.group }),
});

export const summaryPart = (text: string): JsonObject => ({ type: 'summary_text', text });

export const reasoningItem = (id: string, text: string, sealed: string | undefined): JsonObject => ({
  id,
  type: 'reasoning',
  summary: text === '' ? [] : [summaryPart(text)],
  ...(sealed !== undefined && { encrypted_content: sealed }),
});

/**
 * What stands as `encrypted_content`: OpenAI's own data as it is, other vendors' under a seal, and the
 * mark of mere text where there is neither. Whatever we made is known again when it comes back.
 */
export const sealedContent = (opaque: OpaqueReasoning | undefined, { owner }: ReplyCall): string => {
  if (!opaque) return bareSeal;
  if (opaque.vendor === 'openai' && opaque.kind === 'encrypted') return opaque.data;
  return sealReasoning({ ...opaque, owner: opaque.owner ?? owner });
};

/** Whether thoughts have to be shown though nobody asked for them: a signature covers the very words. */
export const needsWords = (opaque: OpaqueReasoning): boolean => opaque.kind === 'signature';

/** Names and kinds of the caller's tools, as the caller knows them. */
export class CallerTools {
  readonly #names: ReadonlyMap<string, string>;
  readonly #custom: ReadonlySet<string>;
  readonly #members: ReadonlyMap<string, GroupMember> | undefined;

  constructor({ request: { tools } }: ReplyCall) {
    this.#members = membersByName(tools);
    const all = this.#members ? [...tools, ...[...this.#members.values()].map(({ plain }) => plain)] : tools;
    this.#names = longNames(all);
    this.#custom = customNames(all);
  }

  /** How the caller names it: by itself, or within its group. */
  named(name: string): { readonly name: string; readonly group?: string } {
    const long = this.name(name);
    return this.#members?.get(long) ?? { name: long };
  }

  name(name: string): string {
    return this.#names.get(name) ?? name;
  }

  /** A call of a custom tool by a model that knows functions only. */
  isWrapped(name: string, kind: 'function' | 'custom'): boolean {
    return kind === 'function' && this.#custom.has(this.name(name));
  }
}
