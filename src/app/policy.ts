import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { GatewayError } from '../core/errors.ts';
import type { Predictor } from '../core/prediction.ts';
import { type PolicyPlace, policyAt } from './policy-file.ts';

export interface PolicyParts {
  /** The policy that ships with the package; undefined where none does. */
  readonly builtIn: () => Predictor | undefined;
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
}

/** Writers of a file take several steps: wait until they are through. */
const settleMs = 150;

/** The policy in force, and the file it comes from: watched, and swapped between two requests when it changes. */
export class PolicyInForce {
  readonly #parts: PolicyParts;
  #place: PolicyPlace | undefined;
  #policy: Predictor | undefined;
  #isUsed = false;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** What was said of the file last: a broken one is told of once. */
  #told = '';

  constructor(parts: PolicyParts) {
    this.#parts = parts;
  }

  get current(): Predictor | undefined {
    return this.#policy;
  }

  /** Reads the policy of a place; `use` puts it in force. Throws where it cannot be used; the old one then stays. */
  prepare(place: PolicyPlace | undefined): { readonly use: () => void } {
    const policy = this.#readOrKeep(place);
    return {
      use: () => {
        if (place?.path !== this.#place?.path) this.#follow(place);
        this.#place = place;
        this.#swap(policy, this.#isUsed);
        this.#isUsed = true;
      },
    };
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #read(place: PolicyPlace | undefined): Predictor | undefined {
    if (!place) return this.#parts.builtIn();
    const { path, isRequired } = place;
    try {
      const found = policyAt(path);
      if (found) return found;
    } catch (cause) {
      throw refusal(path, cause);
    }
    if (isRequired) throw refusal(path, new Error('There is no such file.'));
    return this.#parts.builtIn();
  }

  /** Nothing of an operator's is wrong where what learning wrote is broken. */
  #readOrKeep(place: PolicyPlace | undefined): Predictor | undefined {
    try {
      return this.#read(place);
    } catch (cause) {
      if (place?.isRequired) throw cause;
      this.#parts.warn((cause as GatewayError).message);
      return this.#policy ?? this.#parts.builtIn();
    }
  }

  #swap(policy: Predictor | undefined, isTold: boolean): void {
    const before = this.#policy?.policy;
    this.#told = '';
    if (policy?.policy === before) return;
    this.#policy = policy;
    if (!isTold) return;
    const now = policy ? `The policy ${policy.policy} is in force` : 'No policy is in force';
    this.#parts.info(before === undefined ? `${now}.` : `${now}; it was ${before}.`);
  }

  #follow(place: PolicyPlace | undefined): void {
    const watcher = place && this.#watch(place);
    this.close();
    this.#watcher = watcher;
    // it may have changed between its reading and now
    if (watcher) this.#lookSoon();
  }

  #watch({ path, isRequired }: PolicyPlace): FSWatcher {
    const folder = dirname(path);
    if (!isRequired) mkdirSync(folder, { recursive: true, mode: 0o700 });
    const name = basename(path);
    // the folder, not the file: whoever publishes puts a new file in its place, and config maps swap a link beside it
    const watcher = watch(folder, { persistent: false }, (_, changed) => {
      if (changed === name || changed === null || changed.startsWith('..')) this.#lookSoon();
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  }

  #lookSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lookAgain(), settleMs).unref();
  }

  #lookAgain(): void {
    try {
      this.#swap(this.#read(this.#place), true);
    } catch (cause) {
      const { message } = cause as GatewayError;
      if (message === this.#told) return;
      this.#told = message;
      this.#parts.warn(`${message} ${this.#policy?.policy ?? 'No policy'} stays in force.`);
    }
  }
}

const refusal = (path: string, cause: unknown): GatewayError =>
  new GatewayError('invalid-config', `The policy ${path} was refused: ${(cause as Error).message}`, {
    cause,
  });
