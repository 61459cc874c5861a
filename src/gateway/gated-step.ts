import type { Acceptance, PlanStep } from '../core/decision.ts';
import { usdText } from '../core/money.ts';
import { type Reply, ReplyGatherer } from '../core/reply.ts';
import { evidenceIn } from './acceptance.ts';
import { mostAgreed } from './agreement.ts';
import { tryParse } from './answer-bytes.ts';
import { failedTest } from './answer-tests.ts';
import type { Asked, Asker, Errand, Made } from './asker.ts';
import type { Carrier } from './carry.ts';
import { ascii, earlyHeaders, modelHeaders } from './headers.ts';
import { type HeldAnswer, Holding } from './holding.ts';
import type { Ready } from './mend.ts';
import { markOf } from './verifier.ts';

/** A step whose answer goes out only if it is found good enough. */
export type JudgedStep = PlanStep & { readonly acceptIf: Acceptance };

export interface GateParts extends Errand {
  readonly parts: Errand['parts'] & { readonly carrier: Carrier };
  readonly asker: Asker;
}

/** What became of a judged step. */
export type Gated =
  /** It is out. */
  | { readonly type: 'accepted'; readonly made: Made }
  /** Its answers stay here; the next step is to be asked. */
  | { readonly type: 'passed-over' }
  /** There was nothing to judge. */
  | { readonly type: 'unanswered'; readonly asked: Asked };

/** An answer that was heard to its end. */
interface Contestant {
  readonly made: Made;
  readonly held: HeldAnswer;
  readonly reply: Reply;
  /** What speaks against it by itself. */
  readonly against: string | undefined;
}

/**
 * Asks the models of a step side by side and hears them to their ends. One answer goes out, where it passes all
 * that the step asks for; of the others not a byte is seen, and each says why in its record.
 */
export const askGated = async (
  step: JudgedStep,
  ready: readonly Ready[],
  gate: GateParts,
): Promise<Gated> => {
  const { decided, outlet, tally, asker } = gate;
  if (ready.length === 0) return { type: 'unanswered', asked: { type: 'unasked' } };
  const holding = new Holding(outlet, decided.request.stream ? () => earlyHeaders(decided, true) : undefined);
  const isWanted = () => !outlet.isGone && !outlet.cutBy;
  try {
    tally.plan(ready.length);
    const asked = await Promise.all(
      ready.map(async (one) => {
        const held = holding.hold();
        return { held, asked: asFailed(await asker.ask(one, held), gate) };
      }),
    );
    if (!isWanted()) return { type: 'unanswered', asked: { type: 'stopped' } };
    const contestants = asked.flatMap(({ held, asked: one }) =>
      one.type === 'heard' ? [contestantOf(one.made, held, step, gate)] : [],
    );
    if (contestants.length === 0)
      return { type: 'unanswered', asked: weightiest(asked.map((one) => one.asked)) };
    const { chosen, why } = await choose(contestants, step, gate);
    if (!isWanted()) return { type: 'unanswered', asked: { type: 'stopped' } };
    for (const { made, against } of contestants)
      if (made !== chosen?.made)
        tally.amend(made.attempt, { passedOver: against ?? why ?? 'the answer beside it went out' });
    if (!chosen) {
      tally.plan(1);
      return { type: 'passed-over' };
    }
    release(chosen, gate);
    return { type: 'accepted', made: chosen.made };
  } finally {
    holding.close();
  }
};

/** What broke off in the middle is a failure like any other where nobody has seen its beginning. */
const asFailed = (asked: Asked, { tally }: GateParts): Asked => {
  if (asked.type !== 'heard' || asked.made.heard.outcome !== 'cut') return asked;
  const { heard } = asked.made;
  const { error } = heard;
  const attempt = tally.amend(asked.made.attempt, { outcome: 'failed' });
  const made: Made = { ...asked.made, heard: { ...heard, outcome: 'failed', error }, attempt };
  return { type: 'failed', made, error, raw: undefined, isFinal: false };
};

/** Of several that gave no answer, the one that decides how it goes on. */
const weightiest = (asked: readonly Asked[]): Asked =>
  asked.find((one) => (one.type === 'failed' && one.isFinal) || (one.type === 'stopped' && one.error)) ??
  asked.find(({ type }) => type === 'failed') ??
  (asked[0] as Asked);

const contestantOf = (
  made: Made,
  held: HeldAnswer,
  { acceptIf }: JudgedStep,
  gate: GateParts,
): Contestant => {
  const { request, tags } = gate.decided;
  if (held.isTooLong)
    return { made, held, reply: nothing, against: 'too long to be held until it is judged' };
  const reply = readHeld(made, held, request.stream);
  if (!reply) return { made, held, reply: nothing, against: 'it cannot be read' };
  const against =
    evidenceIn(reply, request, acceptIf.refuse) ??
    failedTest(reply, [...(acceptIf.tests ?? []), ...(tags.tests ?? [])]);
  return { made, held, reply, against };
};

const nothing = new ReplyGatherer().reply();

/** As its caller would read it: what is judged is what would go out. */
const readHeld = ({ tried }: Made, { body }: HeldAnswer, isStream: boolean): Reply | undefined => {
  const { caller } = tried.target;
  if (!isStream) {
    const whole = tryParse(body);
    return whole && caller.readReply(whole);
  }
  const reader = caller.readStream();
  const gatherer = new ReplyGatherer();
  for (const event of reader.push(body)) gatherer.add(event);
  for (const event of reader.end()) gatherer.add(event);
  return gatherer.hasEnded ? gatherer.reply() : undefined;
};

interface Choice {
  readonly chosen: Contestant | undefined;
  /** What speaks against all of them. */
  readonly why?: string;
}

/** The first that nothing speaks against, or the one that the others agree with most. */
const choose = async (
  contestants: readonly Contestant[],
  { ask, acceptIf }: JudgedStep,
  gate: GateParts,
): Promise<Choice> => {
  const sound = contestants.filter(({ against }) => against === undefined);
  const { agreement, verifier } = acceptIf;
  let chosen = sound[0];
  if (!chosen) return { chosen };
  if (agreement !== undefined) {
    const { at, alike } = mostAgreed(
      sound.map(({ reply }) => reply),
      ask.length,
    );
    if (alike < agreement)
      return {
        chosen: undefined,
        why: `disagreement: ${shareText(alike)} alike, ${shareText(agreement)} needed`,
      };
    chosen = sound[at] as Contestant;
  }
  if (!verifier) return { chosen };
  // nobody vouches for himself
  const mark = ask.includes(verifier.model) ? undefined : await markOf(chosen.reply, verifier.model, gate);
  if (mark === undefined) return { chosen: undefined, why: 'not proven: the verifier gave no mark' };
  return mark < verifier.atLeast
    ? { chosen: undefined, why: `not proven: mark ${shareText(mark)}, ${shareText(verifier.atLeast)} needed` }
    : { chosen };
};

const release = ({ made, held }: Contestant, { tally }: GateParts): void => {
  const { told } = tally;
  held.release(
    {
      'x-tierwise-cost': usdText(tally.cost),
      ...(told !== undefined && { 'x-tierwise-attempts': ascii(told) }),
    },
    modelHeaders(made.tried.target.model),
  );
};

const shareText = (share: number): string => share.toFixed(2);
