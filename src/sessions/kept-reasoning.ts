import type { ChatRequest, ReasoningOwner, Turn } from '../core/chat.ts';
import { opaqueOf } from './history.ts';
import {
  type KeptTurn,
  keyOfTurn,
  type QuestionKey,
  questionKey,
  restoreTurn,
  type TurnListener,
} from './kept-turn.ts';
import { Prefix } from './prefix.ts';
import type { Vault } from './vault.ts';

/** Who made a piece of reasoning, and behind which words where that binds it. */
interface Making {
  readonly owner: ReasoningOwner;
  readonly prefix?: string;
}

const dayMs = 86_400_000;
/** Conversations are taken up again after days, and who said what takes little room. */
const makerDays = 30;

/** The reasoning of one conversation that the vault holds. */
export class KeptReasoning {
  readonly #vault: Vault;
  readonly #tenant: string;
  readonly #session: string;

  constructor(vault: Vault, tenant: string, session: string) {
    this.#vault = vault;
    this.#tenant = tenant;
    this.#session = session;
  }

  /** Puts back what was kept of answers that came without. What is not touched is the very same object. */
  restore(request: ChatRequest): ChatRequest {
    if (this.#vault.isEmpty || !request.turns.some(isBare)) return request;
    let asked: Turn | undefined;
    let question: QuestionKey | undefined;
    let hasRestored = false;
    const turns = request.turns.map((turn) => {
      if (turn.role === 'user') {
        asked = turn;
        question = undefined;
      }
      if (!isBare(turn)) return turn;
      question ??= questionKey(asked);
      const kept = this.#recall(keyOfTurn(turn, question));
      if (!kept) return turn;
      const restored = restoreTurn(turn, kept);
      hasRestored ||= restored !== turn;
      return restored;
    });
    return hasRestored ? { ...request, turns } : request;
  }

  /** Of an answer to this request, whose caller cannot carry it. */
  keep(request: ChatRequest, answer: TurnListener, owner: ReasoningOwner): void {
    const kept = answer.kept(owner);
    if (!kept) return;
    const question = questionKey(request.turns.findLast(({ role }) => role === 'user'));
    const key = `${this.#session} ${answer.key(question)}`;
    this.#vault.keep(this.#tenant, key, JSON.stringify(kept));
  }

  /** Who said what; `prefix` where it is bound to what was said before. */
  sign(opaqueData: readonly string[], owner: ReasoningOwner, prefix?: string): void {
    const making: Making = { owner, ...(prefix !== undefined && { prefix }) };
    for (const data of opaqueData)
      this.#vault.keep(this.#tenant, makingKey(data), JSON.stringify(making), makerDays * dayMs);
  }

  ownerOf(data: string): ReasoningOwner | undefined {
    return this.#vault.isEmpty ? undefined : this.#making(data)?.owner;
  }

  /** Whether all the reasoning of a bound model stands behind the very words that it was said after. */
  isUnbroken(request: ChatRequest): boolean {
    const prefix = new Prefix(request);
    return request.turns.every((turn) => {
      const before = turn.blocks.flatMap((block) => opaqueOf(block)?.data ?? []);
      const isInPlace =
        before.length === 0 || before.every((data) => this.#making(data)?.prefix === prefix.value());
      prefix.add(turn);
      return isInPlace;
    });
  }

  #recall(key: string): KeptTurn | undefined {
    const text = this.#vault.recall(this.#tenant, `${this.#session} ${key}`);
    return text === undefined ? undefined : (JSON.parse(text) as KeptTurn);
  }

  /** Known whatever a client calls the conversation: what is encrypted or signed comes but once. */
  #making(data: string): Making | undefined {
    const text = this.#vault.recall(this.#tenant, makingKey(data));
    return text === undefined ? undefined : (JSON.parse(text) as Making);
  }
}

/** Enough of it to know it by: all vendors' data is encrypted or signed, and most of it is long. */
const makingKey = (data: string): string => `made:${data.length}:${data.slice(16, 80)}:${data.slice(-64)}`;

/** An answer without anything that only its maker could read. */
const isBare = ({ role, blocks }: Turn): boolean =>
  role === 'assistant' && !blocks.some((block) => opaqueOf(block) !== undefined);
