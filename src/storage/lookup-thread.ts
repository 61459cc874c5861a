import { Worker } from 'node:worker_threads';
import { GatewayError } from '../core/errors.ts';
import type { LabelledExchange } from '../ledger/signals.ts';
import type { Found, LookUp } from './lookup-messages.ts';

/** A thread of its own for single exchanges, started with the first that is looked for: most gateways never need it. */
export class LookupThread {
  readonly #directory: string;
  readonly #waiting = new Map<number, PromiseWithResolvers<LabelledExchange | undefined>>();
  #worker: Worker | undefined;
  #last = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  find(id: string, caller: string): Promise<LabelledExchange | undefined> {
    this.#worker ??= this.#start();
    const number = ++this.#last;
    const answer = Promise.withResolvers<LabelledExchange | undefined>();
    this.#waiting.set(number, answer);
    this.#worker.postMessage({ number, id, caller } satisfies LookUp);
    return answer.promise;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL(`./lookup-worker.${extension}`, import.meta.url), {
      workerData: this.#directory,
      name: 'ledger-lookup',
      execArgv: [],
    });
    worker.unref();
    worker.on('message', (message: Found) => {
      const answer = this.#waiting.get(message.number);
      this.#waiting.delete(message.number);
      if ('reason' in message) answer?.reject(unreadable(message.reason));
      else answer?.resolve(message.found);
    });
    worker.on('error', (error) => this.#end(error.message));
    worker.on('exit', () => this.#end('its thread ended'));
    return worker;
  }

  /** Whoever waits is told; the next question starts another thread. */
  #end(reason: string): void {
    this.#worker = undefined;
    for (const answer of this.#waiting.values()) answer.reject(unreadable(reason));
    this.#waiting.clear();
  }
}

const unreadable = (reason: string): GatewayError =>
  new GatewayError('ledger-down', `The ledger cannot be read just now (${reason}); try again in a moment.`);

// the compiler rewrites imports, not URLs
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
