import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProgramResult, runProgram } from './run-program.ts';

/** A coding agent as `npm run e2e:clients` installs it. */
export interface Agent {
  /** What its users type. */
  readonly name: string;
  /** The command behind that name. */
  readonly command: readonly string[];
  readonly isInstalled: boolean;
  /** So that it talks to nobody but its base URL, and needs no answer from a person. */
  readonly environment: Readonly<Record<string, string>>;
}

const installed = (folder: string, path: string): string =>
  join(import.meta.dirname, '../clients', folder, 'node_modules', path);

// port 9 is nobody's: whatever else it would like to reach fails at once
const nobodyElse = {
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '127.0.0.1,localhost',
  NO_COLOR: '1',
};

const claudeCodePath = installed('claude-code', '@anthropic-ai/claude-code/cli-wrapper.cjs');
export const claudeCode: Agent = {
  name: 'claude',
  command: [process.execPath, claudeCodePath],
  isInstalled: existsSync(claudeCodePath),
  environment: { DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
};

const codexPath = installed('codex', '@openai/codex/bin/codex.js');
export const codex: Agent = {
  name: 'codex',
  command: [process.execPath, codexPath],
  isInstalled: existsSync(codexPath),
  environment: nobodyElse,
};

const opencodePath = installed('opencode', `opencode-${process.platform}-${process.arch}/bin/opencode`);
export const opencode: Agent = {
  name: 'opencode',
  command: [opencodePath],
  isInstalled: existsSync(opencodePath),
  environment: {
    ...nobodyElse,
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
  },
};

const geminiCliPath = installed('gemini-cli', '@google/gemini-cli/bundle/gemini.js');
export const geminiCli: Agent = {
  name: 'gemini',
  command: [process.execPath, geminiCliPath],
  isInstalled: existsSync(geminiCliPath),
  environment: nobodyElse,
};

/** A folder of its own for an agent: its home, where it works, and a file that says something. */
export interface Desk {
  readonly home: string;
  readonly work: string;
  /** What "note.txt" in the working folder says. */
  readonly note: string;
  /** Runs a line as a person would type it, words added behind it. */
  type(line: string, words: readonly string[], more?: TypeOptions): Promise<ProgramResult>;
  remove(): void;
}

export interface TypeOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Put before the agent: `['strace', '-f']`. */
  readonly wrapper?: readonly string[];
}

export const layDesk = (agent: Agent): Desk => {
  const folder = mkdtempSync(join(tmpdir(), `tierwise-${agent.name}-`));
  const [home, work, bin] = ['home', 'work', 'bin'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [home, work, bin]) mkdirSync(each);
  const note = 'The bridge opens at noon.';
  writeFileSync(join(work, 'note.txt'), `${note}\n`);
  const command = join(bin, agent.name);
  writeFileSync(command, `#!/bin/sh\nexec ${agent.command.map(quoted).join(' ')} "$@"\n`);
  chmodSync(command, 0o755);
  return {
    ...{ home, work, note },
    type: (line, words, { environment = {}, wrapper = [] } = {}) =>
      runProgram({
        command: [...wrapper, 'sh', '-c', `${line} "$@"`, 'sh', ...words],
        environment: {
          ...agent.environment,
          ...{ PATH: `${bin}:${process.env.PATH ?? ''}`, HOME: home, TMPDIR: folder },
          ...environment,
        },
        folder: work,
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
