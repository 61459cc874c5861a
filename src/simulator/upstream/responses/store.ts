import type { JsonObject } from '../../../core/json.ts';

export interface StoredResponse {
  readonly organisation: string;
  /** As it is told to whoever asks for it. */
  readonly response: JsonObject;
  /** Of the conversation so far, what came before included. */
  readonly input: readonly JsonObject[];
  readonly output: readonly JsonObject[];
}

const mostKept = 20_000;

/** What the vendor keeps between calls, for the organisation it belongs to. */
export class ResponseStore {
  readonly #responses = new Map<string, StoredResponse>();
  readonly #items = new Map<string, { readonly organisation: string; readonly item: JsonObject }>();
  /** Which reasoning each call was thought out in: neither comes back without the other. */
  readonly #reasoningOf = new Map<string, string>();

  keep(id: string, stored: StoredResponse): void {
    keepNewest(this.#responses, id, stored);
    for (const item of stored.output)
      if (typeof item.id === 'string')
        keepNewest(this.#items, item.id, { organisation: stored.organisation, item });
  }

  /** Undefined for those of others, too. */
  response(id: string, organisation: string): StoredResponse | undefined {
    const stored = this.#responses.get(id);
    return stored?.organisation === organisation ? stored : undefined;
  }

  item(id: string, organisation: string): JsonObject | undefined {
    const stored = this.#items.get(id);
    return stored?.organisation === organisation ? stored.item : undefined;
  }

  forget(id: string): void {
    for (const { id: itemId } of this.#responses.get(id)?.output ?? [])
      if (typeof itemId === 'string') this.#items.delete(itemId);
    this.#responses.delete(id);
  }

  pair(callItemId: string, reasoningId: string): void {
    keepNewest(this.#reasoningOf, callItemId, reasoningId);
  }

  reasoningOf(callItemId: string): string | undefined {
    return this.#reasoningOf.get(callItemId);
  }
}

const keepNewest = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
  map.set(key, value);
  if (map.size <= mostKept) return;
  for (const oldest of map.keys()) {
    if (map.size <= mostKept * 0.9) return;
    map.delete(oldest);
  }
};
