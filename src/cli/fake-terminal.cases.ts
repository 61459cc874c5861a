import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished } from 'vitest';
import { realWorld } from '../kit/world.ts';
import { commands } from './commands/index.ts';
import { createPaint } from './paint.ts';
import { runCommandLine } from './program.ts';
import type { Terminal } from './terminal.ts';

export interface Said {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** A folder of its own, in which command lines can be run and listened to. */
export interface FakeShell {
  readonly folder: string;
  run(words: readonly string[], more?: Partial<FakeOptions>): Promise<Said>;
}

export interface FakeOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly input: string;
  readonly signal: AbortSignal;
  readonly onPrint: (line: string) => void;
  readonly columns: number;
}

export const fakeShell = (): FakeShell => {
  const folder = mkdtempSync(join(tmpdir(), 'tierwise-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    run: async (
      words,
      { environment = {}, input = '', signal = new AbortController().signal, onPrint, columns = 100 } = {},
    ) => {
      const out: string[] = [];
      const err: string[] = [];
      const terminal: Terminal = {
        print: (line = '') => {
          out.push(line);
          onPrint?.(line);
        },
        tell: (line = '') => {
          err.push(line);
          onPrint?.(line);
        },
        progress: () => undefined,
        readInput: async () => input,
        paint: createPaint(false),
        paintTold: createPaint(false),
        columns,
        isOutputShown: true,
        isInteractive: false,
        showsProgress: false,
        environment,
        folder,
        world: realWorld,
        version: '0.0.0',
        interrupted: signal,
      };
      const exitCode = await runCommandLine(words, commands, terminal);
      return {
        exitCode,
        out: stripVTControlCharacters(out.join('\n')),
        err: stripVTControlCharacters(err.join('\n')),
      };
    },
  };
};
