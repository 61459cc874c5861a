import type { JsonValue } from '../../core/json.ts';
import { countTokens } from './tokens.ts';
import type { Segment } from './wire.ts';

/** What the frame of a message costs beside its text. */
const frameTokens = 4;
const pictureTokens = 765;
const paperTokens = 1500;

/** Gathers the parts of a prompt, in the order in which prefixes are cached. */
export class PromptBuilder {
  readonly segments: Segment[] = [];
  #role = '';

  /** A message begins: its frame is counted with its first part. */
  message(role: string): void {
    this.#role = role;
  }

  text(text: string, cache?: Segment['cache']): void {
    this.#push(text, countTokens(text), cache);
  }

  /** Tools and calls count by their JSON. */
  json(value: JsonValue | undefined, cache?: Segment['cache']): void {
    this.text(JSON.stringify(value) ?? '', cache);
  }

  picture(source: string, cache?: Segment['cache']): void {
    this.#push(`[picture ${source.length} ${source.slice(-40)}]`, pictureTokens, cache);
  }

  paper(source: string, cache?: Segment['cache']): void {
    this.#push(`[paper ${source.length} ${source.slice(-40)}]`, paperTokens, cache);
  }

  /** Not part of the prompt, but what follows is only cached together with it. */
  condition(text: string): void {
    this.segments.push({ text: `[${text}]`, tokens: 0 });
  }

  /** A breakpoint behind everything so far. */
  mark(cache: Segment['cache']): void {
    const last = this.segments.pop();
    if (last) this.segments.push({ ...last, ...(cache && { cache }) });
  }

  get tokens(): number {
    return this.segments.reduce((sum, { tokens }) => sum + tokens, 0);
  }

  #push(text: string, tokens: number, cache: Segment['cache']): void {
    const isFirst = this.#role !== '';
    this.segments.push({
      text: isFirst ? `<${this.#role}>${text}` : text,
      tokens: tokens + (isFirst ? frameTokens : 0),
      ...(cache && { cache }),
    });
    this.#role = '';
  }
}
