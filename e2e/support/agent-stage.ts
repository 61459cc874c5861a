import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SeenRequest, startUpstream, type Upstream } from '../../src/simulator/upstream/upstream.ts';
import { type Agent, type Desk, layDesk, type TypeOptions } from './agents.ts';
import { type ConfigFile, startGateway } from './gateway-process.ts';
import { type Recorded, startRecorder } from './recorder.ts';
import type { ProgramResult } from './run-program.ts';

/** An agent at its desk, a recorder before the gateway, and a simulated upstream behind it. */
export interface AgentStage {
  readonly desk: Desk;
  /** The base URL as the agent is told it, without a version path. */
  readonly url: string;
  readonly upstream: Upstream;
  /** Types a line and waits for the agent to end. */
  ask(line: string, words: readonly string[], more?: TypeOptions): Promise<Turn>;
  close(): Promise<void>;
}

export interface Turn {
  readonly result: ProgramResult;
  /** What the agent sent meanwhile, and what of it came to the upstream. */
  readonly sent: readonly Recorded[];
  readonly arrived: readonly SeenRequest[];
}

export interface StageOptions {
  readonly agent: Agent;
  /** Of the gateway, told where the upstream is; without one the agent talks to the upstream itself. */
  readonly config?: (upstreamUrl: string) => ConfigFile;
}

export const setStage = async ({ agent, config }: StageOptions): Promise<AgentStage> => {
  const desk = layDesk(agent);
  const upstream = await startUpstream({ speed: 0, keepRequests: 1000 });
  const gateway = config && (await startGateway({ config: config(upstream.url) }));
  const front = await startRecorder(gateway?.url ?? upstream.url);
  return {
    ...{ desk, upstream, url: front.url },
    ask: async (line, words, more) => {
      const [sentBefore, arrivedBefore] = [front.requests.length, upstream.requests().length];
      const result = await desk.type(line, words, more);
      return {
        result,
        sent: front.requests.slice(sentBefore),
        arrived: upstream.requests().slice(arrivedBefore),
      };
    },
    close: async () => {
      await front.close();
      await gateway?.remove();
      await upstream.close();
      desk.remove();
    },
  };
};

/** Writes down which addresses a program and its children connect or send to. */
export const watchingConnections = (desk: Desk): { wrapper: readonly string[]; foreign(): string[] } => {
  const file = join(desk.home, 'connections');
  return {
    wrapper: ['strace', '--follow-forks', '--trace=connect,sendto', `--output=${file}`],
    foreign: () =>
      [...readFileSync(file, 'utf8').matchAll(/inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/g)]
        .map(([, v4, v6]) => v4 ?? v6 ?? '')
        .filter((address) => !/^127\.|^::1$|^::ffff:127\./.test(address)),
  };
};
