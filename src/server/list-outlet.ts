import type { GatewayError } from '../core/errors.ts';
import type { Outlet } from '../gateway/outlet.ts';
import { type SseEvent, SseParser } from '../kit/sse.ts';

/**
 * Gemini's streams without `alt=sse`: what goes in as server-sent events comes out as one JSON list, an
 * element for each event. Signs of life become white space, which a list may hold anywhere.
 */
export class ListOutlet implements Outlet {
  readonly #outlet: Outlet;
  readonly #events = new SseParser();
  #isList = false;
  #elements = 0;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  get hasStarted(): boolean {
    return this.#outlet.hasStarted;
  }

  get isGone(): boolean {
    return this.#outlet.isGone;
  }

  get cutBy(): GatewayError | undefined {
    return this.#outlet.cutBy;
  }

  start(status: number, headers: Readonly<Record<string, string | number>>): void {
    this.#isList = String(headers['content-type']).startsWith('text/event-stream');
    const { 'content-length': _, ...rest } = headers;
    if (this.#isList)
      this.#outlet.start(status, { ...rest, 'content-type': 'application/json; charset=utf-8' });
    else this.#outlet.start(status, headers);
  }

  write(chunk: Buffer | string): boolean {
    if (!this.#isList) return this.#outlet.write(chunk);
    return this.#outlet.write(this.#elementsOf(this.#events.push(Buffer.from(chunk))) || '\n');
  }

  end(chunk?: Buffer | string, trailers?: Readonly<Record<string, string>>): void {
    if (!this.#isList) {
      this.#outlet.end(chunk, trailers);
      return;
    }
    const last = chunk === undefined ? [] : this.#events.push(Buffer.from(chunk));
    const text = this.#elementsOf([...last, ...this.#events.end()]);
    this.#outlet.end(`${text}${this.#elements === 0 ? '[' : ''}\n]\n`, trailers);
  }

  destroy(): void {
    this.#outlet.destroy();
  }

  onDrain(resume: () => void): void {
    this.#outlet.onDrain(resume);
  }

  onGone(tell: () => void): void {
    this.#outlet.onGone(tell);
  }

  onCut(tell: (error: GatewayError) => void): void {
    this.#outlet.onCut(tell);
  }

  #elementsOf(events: readonly SseEvent[]): string {
    let text = '';
    for (const { data } of events) {
      text += this.#elements === 0 ? '[' : ',\n';
      text += data;
      this.#elements += 1;
    }
    return text;
  }
}
