import { readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Config, ConfigReading } from './config.ts';
import type { Finding } from './config-findings.ts';

export interface WatchParts {
  /** Reads the file anew. */
  readonly read: () => ConfigReading;
  /** The text of the configuration in force. */
  readonly text: string;
  /** Puts a sound configuration in force. Where it throws, the old one stays. */
  readonly apply: (config: Config) => Promise<void> | void;
  /** Told of what is wrong with a file that was refused, and of the warnings of one that was taken. */
  readonly told: (outcome: 'applied' | 'refused', findings: readonly Finding[], cause?: unknown) => void;
}

export interface ConfigWatch {
  /** Re-reads now, changed or not. Resolves when it is in force or refused. */
  reload(): Promise<void>;
  close(): void;
}

/** Editors and deployments write a file in several steps: wait until they are through. */
const settleMs = 150;

/** What is wrong outside the file can be mended without touching it, and nobody tells us. */
const lookAgainMs = 1000;

/** Re-reads a file when it changes and at SIGHUP. A broken file is refused and the old configuration stays. */
export const watchConfig = (file: string, { read, text, apply, told }: WatchParts): ConfigWatch => {
  let current = text;
  let timer: NodeJS.Timeout | undefined;
  let isToCome = false;
  let isClosed = false;
  /** What was said of the file last, where only the policy it names was wrong. */
  let complaint = '';
  let queue = Promise.resolve();

  const reread = async (isForced: boolean): Promise<void> => {
    const mayBeSame = isForced || isToCome;
    // whatever else is written in that folder is told too: a log beside the file must not have it parsed all the time
    if (!mayBeSame && isStill(file, current)) return;
    const { config, findings, text: fresh } = read();
    if (!mayBeSame && fresh === current) return;
    current = fresh;
    isToCome = !config && findings.some(({ code }) => code === 'bad-policy');
    if (isToCome && !isClosed) lookSoon(lookAgainMs);
    const before = complaint;
    complaint = isToCome ? JSON.stringify(findings) : '';
    if (!config) {
      if (isForced || complaint === '' || complaint !== before) told('refused', findings);
      return;
    }
    try {
      await apply(config);
      told('applied', findings);
    } catch (cause) {
      told('refused', findings, cause);
    }
  };
  // one after the other: two half-applied configurations would be neither
  const enqueue = (isForced: boolean): Promise<void> => {
    queue = queue.then(() => reread(isForced));
    return queue;
  };
  const onHangUp = () => void enqueue(true);
  // the folder, not the file: most editors and all mounted config maps put a new file in its place
  const lookSoon = (afterMs = settleMs): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void enqueue(false), afterMs).unref();
  };
  const watcher = watch(dirname(file), { persistent: false }, () => lookSoon());
  // it may have changed between the first reading and now
  lookSoon();
  watcher.on('error', () => watcher.close());
  process.on('SIGHUP', onHangUp);

  return {
    reload: () => enqueue(true),
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      watcher.close();
      process.off('SIGHUP', onHangUp);
    },
  };
};

/** False where it cannot be told: reading says why. */
const isStill = (file: string, text: string): boolean => {
  try {
    return readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
};
