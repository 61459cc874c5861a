import { GatewayError } from '../core/errors.ts';
import type { Holder } from '../core/exchange.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import type { World } from '../kit/world.ts';
import type { Vault } from '../sessions/vault.ts';

/** A response that its caller may name later. */
export type StoredResponse =
  /** Its provider keeps it: the conversation can go on there only. */
  { readonly type: 'elsewhere'; readonly holder: Holder; readonly session: string } | ResponseKeptHere;

/** Nobody else keeps it: the conversation can go on anywhere. */
export interface ResponseKeptHere {
  readonly type: 'here';
  readonly session: string;
  readonly previousId?: string;
  /** What the caller sent with it, as items. */
  readonly input: readonly JsonValue[];
  /** As it was told, with its output. */
  readonly response: JsonObject;
  readonly keptAt: number;
}

/** More turns than these fit into no model's window … */
const longestChain = 2000;
/** … nor do more characters. A few bytes name all of them, so they are not bounded by any body's limit. */
export const longestText = 32 * 1024 * 1024;

/** What Responses callers want kept: in the vault, so encrypted, for its tenant alone, and for a while. */
export class StoredResponses {
  readonly #vault: Vault;
  readonly #world: World;
  readonly #keepMs: number;

  constructor(vault: Vault, world: World, keepMs: number) {
    this.#vault = vault;
    this.#world = world;
    this.#keepMs = keepMs;
  }

  keepElsewhere(
    tenant: string,
    id: string,
    kept: { readonly holder: Holder; readonly session: string },
  ): void {
    this.#keep(tenant, id, { type: 'elsewhere', ...kept });
  }

  keepHere(tenant: string, id: string, kept: Omit<ResponseKeptHere, 'type' | 'keptAt'>): void {
    this.#keep(tenant, id, { type: 'here', ...kept, keptAt: this.#world.now() });
  }

  /** Throws `not-found`, for those of other tenants, too. */
  async find(tenant: string, id: string): Promise<StoredResponse> {
    return JSON.parse(await this.#read(tenant, id)) as StoredResponse;
  }

  /** For a conversation that lives on it, so it is kept for longer; undefined where it is not kept here. */
  async findHere(tenant: string, id: string): Promise<ResponseKeptHere | undefined> {
    const text = await this.#vault.find(tenant, keyOf(id));
    const found = text === undefined ? undefined : (JSON.parse(text) as StoredResponse);
    if (found?.type !== 'here') return undefined;
    this.#renew(tenant, id, found);
    return found;
  }

  forget(tenant: string, id: string): void {
    this.#vault.forget(tenant, keyOf(id));
  }

  /** All that was said up to this response, itself included. What the conversation still lives on is kept for longer. */
  async itemsUpTo(tenant: string, id: string, last: StoredResponse): Promise<readonly JsonValue[]> {
    const turns: (readonly JsonValue[])[] = [];
    let here = last;
    let at = id;
    let textLength = 0;
    for (let length = 0; here.type === 'here'; length++) {
      if (length > longestChain) throw notFound(id);
      this.#renew(tenant, at, here);
      turns.push(outputOf(here.response), here.input);
      if (here.previousId === undefined) return turns.reverse().flat();
      at = here.previousId;
      const text = await this.#read(tenant, at);
      textLength += text.length;
      if (textLength > longestText) throw tooLong(id);
      here = JSON.parse(text) as StoredResponse;
    }
    throw notFound(at);
  }

  async #read(tenant: string, id: string): Promise<string> {
    const text = id.length <= longestId ? await this.#vault.find(tenant, keyOf(id)) : undefined;
    if (text === undefined) throw notFound(id);
    return text;
  }

  #renew(tenant: string, id: string, here: ResponseKeptHere): void {
    const now = this.#world.now();
    if (now - here.keptAt > this.#keepMs / 2) this.#keep(tenant, id, { ...here, keptAt: now });
  }

  #keep(tenant: string, id: string, stored: StoredResponse): void {
    this.#vault.keep(tenant, keyOf(id), JSON.stringify(stored), this.#keepMs);
  }
}

const keyOf = (id: string): string => `response:${id}`;
/** Of ids that anybody gives. */
const longestId = 256;

export const outputOf = ({ output }: JsonObject): readonly JsonValue[] =>
  Array.isArray(output) ? (output as JsonValue[]) : [];

const notFound = (id: string): GatewayError =>
  new GatewayError(
    'not-found',
    `There is no response "${id.slice(0, 80)}": it was never stored, is stored no longer, or belongs to another key. Send the whole conversation as \`input\` instead.`,
    { param: 'previous_response_id' },
  );

const tooLong = (id: string): GatewayError =>
  new GatewayError(
    'context-too-long',
    `The conversation that is kept up to "${id.slice(0, 80)}" is over ${longestText} characters; send what is needed of it as \`input\` instead.`,
    { param: 'previous_response_id' },
  );
