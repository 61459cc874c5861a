import { randomUUID } from 'node:crypto';
import type Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from '../src/core/exchange.ts';
import type { LedgerReader } from '../src/ledger/ledger.ts';
import { startUpstream, type Upstream } from '../src/simulator/upstream/upstream.ts';
import { anthropicClient } from './support/anthropic-conversation.ts';
import { type GatewayProcess, runTierwise, startGateway } from './support/gateway-process.ts';
import { ledgerIn, settledExchange } from './support/ledger.ts';
import { simulatedProvider, simulatedTiers } from './support/simulated-providers.ts';

/** The tools of Claude Code, as it was recorded; what they take does not matter here. */
const tools = (
  ['Agent', 'Bash', 'Edit', 'ListAgents', 'Read', 'ReportFindings', 'ScheduleWakeup', 'Skill'] as const
).map(
  (name): Anthropic.Tool => ({
    name,
    description: `${name}. ${'How it is to be used, at some length. '.repeat(20)}`,
    input_schema: { type: 'object', properties: { what: { type: 'string' } }, required: ['what'] },
  }),
);
const marked = { cache_control: { type: 'ephemeral' } } as const;
const instructions = 'You are an interactive agent that helps users with software engineering tasks. '.repeat(
  40,
);

/** What Claude Code sends on the side for a new conversation: no tools, and a title wanted. */
const titleSystem =
  'Generate a concise, sentence-case title (3-7 words) for this coding session. Return JSON.';

interface Made {
  readonly exchange: Exchange;
  readonly switchHeader: string | null;
  readonly isToolLoop: boolean;
}

/** A conversation over Claude Code's wire: asks, answers calls of tools, and writes down what became of each call. */
class CodingSession {
  readonly made: Made[] = [];
  readonly #messages: Anthropic.MessageParam[] = [];
  readonly #session = randomUUID();
  readonly #client: Anthropic;
  readonly #ledger: LedgerReader;
  #calls = 0;

  constructor(url: string, ledger: LedgerReader) {
    this.#client = anthropicClient(url);
    this.#ledger = ledger;
  }

  /** Goes on until the model says that it is done. `resultOf`: what the tools give, by the number of the round. */
  async ask(text: string, resultOf: (round: number) => { text: string; isError?: boolean }): Promise<void> {
    this.#messages.push({ role: 'user', content: [{ type: 'text', text }] });
    for (let round = 0; ; round += 1) {
      const { content } = await this.#call(round > 0);
      this.#messages.push({ role: 'assistant', content: content.map((block) => this.#varied(block)) });
      const calls = content.filter((block) => block.type === 'tool_use');
      if (calls.length === 0) return;
      const { text: result, isError = false } = resultOf(round);
      this.#messages.push({
        role: 'user',
        content: calls.map(({ id }) => ({
          ...{ type: 'tool_result', tool_use_id: id, content: result },
          ...(isError && { is_error: true }),
        })),
      });
    }
  }

  async askForTitle(): Promise<Exchange> {
    const { response } = await this.#client.messages
      .create(
        {
          model: 'claude-haiku-4-5',
          max_tokens: 100,
          system: titleSystem,
          messages: [{ role: 'user', content: 'The tests of the parser fail.' }],
        },
        { headers: this.#headers() },
      )
      .withResponse();
    return settledExchange(this.#ledger, response.headers.get('x-tierwise-exchange'));
  }

  async #call(isToolLoop: boolean): Promise<Anthropic.Message> {
    const last = this.#messages.at(-1) as Anthropic.MessageParam;
    const marks = (last.content as Anthropic.ContentBlockParam[]).map((block, at, all) =>
      at === all.length - 1 ? { ...block, ...marked } : block,
    ) as Anthropic.ContentBlockParam[];
    this.#calls += 1;
    const request = {
      model: 'claude-opus-5-5',
      max_tokens: 4000,
      system: [
        { type: 'text' as const, text: `x-anthropic-billing-header: call=${this.#calls}` },
        { type: 'text' as const, text: instructions, ...marked },
      ],
      tools,
      messages: [...this.#messages.slice(0, -1), { role: 'user' as const, content: marks }],
    };
    const options = { headers: this.#headers() };
    const stream = this.#client.messages.stream(request, options);
    const { response } = await stream.withResponse();
    const message = await stream.finalMessage();
    const exchange = await settledExchange(this.#ledger, response.headers.get('x-tierwise-exchange'));
    this.made.push({ exchange, switchHeader: response.headers.get('x-tierwise-switch'), isToolLoop });
    return message;
  }

  /** The simulated model makes the very same call in every round, as only an agent that loops would. */
  #varied(block: Anthropic.ContentBlock): Anthropic.ContentBlock {
    return block.type === 'tool_use' ? { ...block, input: { what: `step ${this.#calls}` } } : block;
  }

  #headers(): Record<string, string> {
    return { 'user-agent': 'claude-cli/2.1.330 (external, cli)', 'x-claude-code-session-id': this.#session };
  }
}

describe('a coding session of forty calls', () => {
  let upstream: Upstream;
  let gateway: GatewayProcess;
  let ledger: LedgerReader;
  let session: CodingSession;
  let title: Exchange;

  beforeAll(async () => {
    upstream = await startUpstream({ speed: 0 });
    gateway = await startGateway({
      config: {
        providers: { sim: simulatedProvider('simulated-anthropic', upstream.url) },
        tiers: simulatedTiers('sim', 'simulated-anthropic'),
        intercept: [{ match: 'claude-*', route: 'auto' }],
      },
    });
    ledger = await ledgerIn(gateway.folder);
    session = new CodingSession(gateway.url, ledger);
    const passed = { text: 'All tests passed.' };
    await session.ask('Use the Bash tool to debug the failing parser tests. sim-steps=7', () => passed);
    title = await session.askForTitle();
    await session.ask('Use the Bash tool to fix the bug in the lexer, too. sim-steps=9', () => passed);
    // three results of tools in a row tell of an error, then it works
    await session.ask('Use the Bash tool to fix the import in the writer. sim-steps=9', (round) =>
      round < 3 ? { text: `Error: cannot find module ${round}`, isError: true } : passed,
    );
    await session.ask('Use the Bash tool to fix the spelling of the flag. sim-steps=5', () => passed);
    await session.ask('Use the Bash tool to debug the slow test. sim-steps=5', () => passed);
  }, 60_000);
  afterAll(async () => {
    await ledger?.close();
    await gateway?.remove();
    await upstream?.close();
  });

  const moves = (): readonly Made[] =>
    session.made.filter((made, at) => at > 0 && made.exchange.model !== session.made[at - 1]?.exchange.model);

  it('has its calls answered, all of them', () => {
    expect(session.made).toHaveLength(40);
    expect(session.made.map(({ exchange }) => exchange.outcome)).toEqual(session.made.map(() => 'ok'));
    expect(upstream.refusals()).toEqual([]);
  });

  it('goes up when its tools fail three times in a row, and comes back: no other switch is made', () => {
    expect(
      moves().map(({ exchange: { decision, tier }, isToolLoop }) => [
        tier,
        isToolLoop,
        decision.switching?.why,
      ]),
    ).toEqual([
      ['frontier', true, 'escalation: 3 errors in a row'],
      ['mid', false, 'comes back'],
    ]);
  });

  it('never leaves a tool loop but for that', () => {
    const inLoop = session.made.filter(({ isToolLoop }) => isToolLoop);

    expect(inLoop.length).toBeGreaterThan(30);
    expect(moves().filter(({ isToolLoop }) => isToolLoop)).toHaveLength(1);
  });

  it('has its side calls answered by the light tier, and does not follow them', () => {
    expect(title).toMatchObject({ tier: 'light', decision: { features: { task: 'background' } } });
    expect(title.decision.switching).toBeUndefined();
    expect(title.session).not.toBe(session.made[0]?.exchange.session);
  });

  it('reads its cache at every call but the moves', () => {
    const cold = session.made.slice(1).filter(({ exchange }) => {
      const usage = exchange.attempts[0]?.usage;
      return usage !== undefined && usage.cacheReadTokens === 0;
    });

    expect(cold.length).toBeLessThanOrEqual(moves().length);
  });

  it('has the expected value of every switch in the trail, and of every stay that was weighed', () => {
    const [first, ...later] = session.made;

    expect(first?.exchange.decision.switching).toBeUndefined();
    for (const { exchange, switchHeader } of later) {
      const { switching } = exchange.decision;
      expect(switching?.from).toMatch(/^sim\//);
      expect(switchHeader).toContain(`${switching?.verdict}: ${switching?.why}`);
    }
    const [up, back] = moves().map(({ exchange }) => exchange.decision.switching);
    // quality costs money, coming back earns it
    expect(up?.expectedValue).toBeLessThan(0n);
    expect(back?.expectedValue).toBeGreaterThan(0n);
    expect(back?.turnsLeft).toBeGreaterThan(1);
  });

  it('is told on the terminal', async () => {
    const [up] = moves();
    const { stdout } = await runTierwise(['logs', up?.exchange.id ?? ''], gateway.folder);

    expect(stdout).toContain('moved: escalation: 3 errors in a row');
    expect(stdout).toMatch(/more calls likely/);
  });
});
