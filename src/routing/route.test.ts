import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../core/chat.ts';
import type { Decision } from '../core/decision.ts';
import type { GatewayError } from '../core/errors.ts';
import type { Features } from '../core/features.ts';
import type { Model, ModelId } from '../core/model.ts';
import type { NanoUsd } from '../core/money.ts';
import { describe as describeRequest } from '../features/describe.ts';
import { requestOf } from '../features/request-of.cases.ts';
import type { SessionState } from '../sessions/session-memory.ts';
import { fixedPredictor } from '../testing/fixed-predictor.ts';
import { sampleModel } from '../testing/sample-model.ts';
import { subjectOf } from './conditions/subject-of.cases.ts';
import { Pace } from './pace.ts';
import { compileRoute, type Question, type RouteParts, routeSchema } from './route.ts';

const small = sampleModel('small', { tier: 'light', contextTokens: 8_000 });
const tiny = sampleModel('tiny', { tier: 'light', capabilities: { tools: false } });
const middle = sampleModel('middle', { tier: 'mid' });
const large = sampleModel('large', { tier: 'frontier', provider: 'vendor' });
const models = new Map<string, Model>([small, tiny, middle, large].map((model) => [model.id, model]));

interface World {
  readonly config?: unknown;
  readonly sick?: readonly Model[];
  readonly request?: Partial<ChatRequest>;
  readonly features?: Partial<Features>;
  readonly question?: Partial<Question>;
  readonly parts?: Partial<RouteParts>;
}

const decide = ({ config = {}, sick = [], request, features, question, parts }: World): Decision => {
  const route = compileRoute(routeSchema.parse(config), {
    name: 'auto',
    tiers: {
      light: [small.id, tiny.id],
      mid: [middle.id],
      frontier: [large.id],
    },
    model: (id) => models.get(id),
    baseline: large,
    dialectOf: ({ provider }) => (provider === 'vendor' ? 'anthropic-messages' : 'openai-chat'),
    spokenBy: (provider) => [provider === 'vendor' ? 'anthropic-messages' : 'openai-chat'],
    isHealthy: (model) => !sick.includes(model),
    expectedCost: (model, { promptTokens }) => BigInt(model.contextTokens + promptTokens) as NanoUsd,
    ...parts,
  });
  const whole = requestOf('What is it?', request);
  const read = { ...describeRequest(whole, 100).features, ...features };
  return route({
    request: whole,
    features: read,
    subject: subjectOf({ ...read, tags: {} }),
    allowedModels: undefined,
    named: undefined,
    asked: undefined,
    ...question,
  });
};

const asked = (plan: Decision): readonly ModelId[] => plan.plan.flatMap(({ ask }) => ask);
const failure = (world: World): GatewayError => {
  try {
    decide(world);
  } catch (error) {
    return error as GatewayError;
  }
  throw new Error('nothing was refused');
};
const fixed = (use: string | readonly string[]) => ({ strategy: { type: 'fixed', use } });

describe('a decision', () => {
  it('plans the wished tier, then dearer ones, each model a step', () => {
    const decision = decide({ config: fixed('light') });

    expect(asked(decision)).toEqual([small.id, tiny.id, middle.id, large.id]);
    expect(decision).toMatchObject({
      route: 'auto',
      strategy: 'fixed',
      tier: 'light',
      mode: 'route',
      propensity: 1,
    });
  });

  it('never falls to a cheaper tier', () => {
    expect(asked(decide({ config: fixed('frontier') }))).toEqual([large.id]);
    expect(failure({ config: fixed('frontier'), sick: [large] }).code).toBe('no-healthy-model');
  });

  it('leaves out whom a gate refuses, and says why', () => {
    const decision = decide({ config: fixed('light'), features: { promptTokens: 20_000, hasTools: true } });

    expect(asked(decision)).toEqual([middle.id, large.id]);
    expect(decision.tier).toBe('mid');
    expect(decision.rejected).toMatchObject([
      { model: small.id, gate: 'context' },
      { model: tiny.id, gate: 'tools', why: 'it takes no tools' },
    ]);
  });

  it('passes over models that are unhealthy', () => {
    expect(asked(decide({ config: fixed('light'), sick: [small] }))).toEqual([tiny.id, middle.id, large.id]);
  });

  it('predicts the cost of the first model', () => {
    expect(decide({ config: fixed('mid'), features: { promptTokens: 7 } }).predictedCost).toBe(200_007n);
  });

  it('uses the selection matrix where nothing is configured', () => {
    expect(decide({ features: { task: 'security', taskConfidence: 0.9 } })).toMatchObject({
      strategy: 'rules',
      rule: 'security analysis',
      tier: 'frontier',
    });
    expect(decide({ features: { task: 'unsure' } }).tier).toBe('mid');
  });

  it('is plain data that survives being stored', () => {
    const { predictedCost: _, ...rest } = decide({});

    expect(JSON.parse(JSON.stringify(rest))).toEqual(rest);
  });
});

describe('a decision without anybody left', () => {
  it('tells a prompt that is too long for all', () => {
    const error = failure({ features: { promptTokens: 900_000 } });

    expect(error.code).toBe('context-too-long');
    expect(error.message).toContain('900000');
  });

  it('tells to send a conversation whole that its vendor keeps', () => {
    const error = failure({ request: { extras: { thread: { previous_message_id: 'msg_1' } } } });

    expect(error).toMatchObject({ code: 'thread-unsupported', param: 'thread' });
  });

  it('tells what no model can do, each with its reason', () => {
    const error = failure({ config: fixed(['provider/tiny']), features: { hasTools: true } });

    expect(error.code).toBe('no-capable-model');
    expect(error.message).toContain('provider/tiny: it takes no tools');
  });

  it('tells that waiting helps where only health stands in the way', () => {
    const error = failure({ sick: [small, tiny, middle, large] });

    expect(error).toMatchObject({ code: 'no-healthy-model', status: 503, canRetry: true });
    expect(error.retryAfterMs).toBeGreaterThan(0);
  });

  it('tells a key that may use none of them', () => {
    expect(failure({ question: { allowedModels: ['other/*'] } }).code).toBe('forbidden');
  });
});

describe('a caller who names', () => {
  it('a model gets that model and no other', () => {
    const decision = decide({ question: { named: { type: 'model', model: small } } });

    expect(asked(decision)).toEqual([small.id]);
    expect(decision.mode).toBe('pinned');
  });

  it('a model is judged by its vendor on its own protocol, and by us on another', () => {
    const long = { promptTokens: 900_000 };

    expect(asked(decide({ features: long, question: { named: { type: 'model', model: small } } }))).toEqual([
      small.id,
    ]);
    expect(failure({ features: long, question: { named: { type: 'model', model: large } } }).code).toBe(
      'context-too-long',
    );
  });

  it('a model the key may not use is refused', () => {
    const question = { named: { type: 'model', model: small }, allowedModels: ['vendor/*'] } as const;

    expect(failure({ question }).code).toBe('forbidden');
  });

  it('a tier gets that tier, whatever the rules say', () => {
    const decision = decide({
      features: { task: 'security' },
      question: { named: { type: 'tier', tier: 'light' } },
    });

    expect(asked(decision)[0]).toBe(small.id);
    expect(decision.reasons).toEqual(['the caller asked for light']);
  });
});

describe('observe mode', () => {
  const config = { mode: 'observe' };

  it('sends where the caller asked and records what would have been', () => {
    const decision = decide({ config, features: { task: 'formatting' }, question: { asked: large } });

    expect(asked(decision)).toEqual([large.id]);
    expect(decision).toMatchObject({
      mode: 'observe',
      tier: 'frontier',
      wouldBe: { model: small.id, tier: 'light', rule: 'formatting and syntax fixes' },
    });
  });

  it('watches those too who name a model and were never intercepted', () => {
    const named = { type: 'model', model: middle } as const;
    const decision = decide({ config, features: { task: 'security' }, question: { named, asked: middle } });

    expect(asked(decision)).toEqual([middle.id]);
    expect(decision).toMatchObject({ mode: 'observe', wouldBe: { model: large.id, tier: 'frontier' } });
  });

  it('sends to the baseline where no model was asked for', () => {
    expect(asked(decide({ config }))).toEqual([large.id]);
  });

  it('fails no request for a route that finds nobody', () => {
    const decision = decide({ config, sick: [small, tiny, middle, large], question: { asked: middle } });

    expect(asked(decision)).toEqual([middle.id]);
    expect(decision.wouldBe).toBeUndefined();
  });
});

describe('the configuration of a route', () => {
  it('is whole without a word', () => {
    expect(routeSchema.parse({})).toEqual({
      mode: 'route',
      sessions: {
        hold: true,
        spendCap: 0.1,
        escalate: { toolErrors: 3, repeats: 2, reasks: 1, turns: 5 },
      },
      passThroughKeys: [],
      hostedTools: 'refuse',
      hedge: false,
    });
  });

  it.each([
    { mode: 'guess' },
    { strategy: { type: 'magic' } },
    { tiers: { huge: ['x'] } },
    { tiers: { light: [] } },
    { strategy: { type: 'rules', rules: [{ name: 'a', when: { cel: 'nope' }, use: 'mid' }] } },
  ])('refuses %o', (config) => {
    expect(routeSchema.safeParse(config).success).toBe(false);
  });
});

describe('a conversation that cannot leave its provider', () => {
  const session: SessionState = {
    model: large.id,
    provider: large.provider,
    credential: undefined,
    answers: 1,
    answeredAt: 0,
    isToolLoop: false,
    warmTokens: 0,
    warmUntil: 0,
  };
  const pinned: World = {
    config: fixed([small.id]),
    request: { dialect: 'anthropic-messages', extras: { container: 'cntr_1' } },
    question: { session },
  };

  it('goes on where it is, though the rules wish for others', () => {
    const decision = decide(pinned);

    expect(asked(decision)).toEqual([large.id]);
    expect(decision.rejected).toContainEqual({
      model: small.id,
      gate: 'continuity',
      why: 'the conversation works in a container, which only "vendor" has',
    });
  });

  it('does not go on there where rules keep it inside bounds', () => {
    const bounded = (bound: object) => ({
      strategy: { type: 'hybrid', rules: [{ name: 'bounds', ...bound }] },
    });

    expect(failure({ ...pinned, config: bounded({ among: [small.id] }) }).message).toContain(
      'which only "vendor" has',
    );
    expect(asked(decide({ ...pinned, config: bounded({ among: [small.id, large.id] }) }))).toEqual([
      large.id,
    ]);
  });

  it('goes anywhere once it holds nothing of its provider’s', () => {
    expect(asked(decide({ ...pinned, request: {} }))[0]).toBe(small.id);
  });

  it('is refused where its provider cannot serve it, with the reasons', () => {
    expect(failure({ ...pinned, sick: [large] }).message).toContain('which only "vendor" has');
  });
});

describe('a route with a policy', () => {
  const policy = fixedPredictor({
    [small.id]: { success: 0.9 },
    [tiny.id]: { success: 0.2 },
    [middle.id]: { success: 0.91 },
    [large.id]: { success: 0.92 },
  });
  const parts = { predictor: () => policy };
  const config = { strategy: { type: 'classifier', quality: 0.9 } };

  it('decides by it, and keeps what it knew', () => {
    const decision = decide({ config, parts });

    expect(asked(decision)[0]).toBe(small.id);
    expect(decision).toMatchObject({
      strategy: 'classifier',
      policy: 'fixed@00000000',
      tier: 'light',
      propensity: 1,
      weighed: [{ model: small.id }, { model: large.id }, { model: middle.id }, { model: tiny.id }],
    });
  });

  it('asks only whom the gates let through, and says whom they did not', () => {
    const decision = decide({ config, parts, features: { promptTokens: 20_000 } });

    expect(asked(decision)).not.toContain(small.id);
    expect(decision.rejected).toMatchObject([{ model: small.id, gate: 'context' }]);
  });

  it('looks at the policy anew with every request', () => {
    const policies = [fixedPredictor({}, 'a@1'), policy];
    const changing = { predictor: () => policies.shift() };

    expect(decide({ config, parts: changing }).policy).toBe('a@1');
    expect(decide({ config, parts: changing }).policy).toBe('fixed@00000000');
  });

  it('only records in observe mode', () => {
    const decision = decide({ config: { ...config, mode: 'observe' }, parts });

    expect(asked(decision)).toEqual([large.id]);
    expect(decision).toMatchObject({ policy: 'fixed@00000000', wouldBe: { model: small.id } });
    expect(decision.weighed?.[0]?.model).toBe(small.id);
  });

  it('tells its pace what was decided in the end', () => {
    const pace = new Pace();
    decide({ config: { strategy: { type: 'classifier', spend: 0.3 } }, parts: { ...parts, pace } });

    expect(pace.decisions).toBe(1);
    expect(pace.share).toBeLessThan(1);
  });

  it('lets a caller have the tier or model it names', () => {
    const named = { type: 'tier', tier: 'mid' } as const;

    expect(decide({ config, parts, question: { named } })).toMatchObject({
      tier: 'mid',
      reasons: ['the caller asked for mid'],
    });
    expect(decide({ config, parts, question: { named } }).policy).toBeUndefined();
  });
});
