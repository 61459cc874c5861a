import type { Decision, Rejected } from '../core/decision.ts';
import type { Model, ModelId } from '../core/model.ts';
import { withoutHosted } from '../dialects/hosted-tools.ts';
import { continuity } from './gates/continuity.ts';
import type { Gate, GateSubject } from './gates/gate.ts';
import { gates } from './gates/index.ts';
import type { Question, RouteParts } from './route-parts.ts';

/** A route's parts, and what it does with tools that a vendor runs. */
export interface SieveParts extends RouteParts {
  readonly leavesOutHosted: boolean;
}

/** The gates before one request. Each model is looked at once, and only where somebody asks. */
export class Sieve {
  readonly #question: Question;
  readonly #parts: SieveParts;
  readonly #gates: readonly Gate[];
  readonly #verdicts = new Map<ModelId, Rejected | undefined>();
  #subject: GateSubject | undefined;

  constructor(question: Question, parts: SieveParts, applied: readonly Gate[] = gates) {
    this.#question = question;
    this.#parts = parts;
    this.#gates = applied;
  }

  /** Undefined where the model may serve. */
  rejectionOf(model: Model): Rejected | undefined {
    if (this.#verdicts.has(model.id)) return this.#verdicts.get(model.id);
    this.#subject ??= subjectOf(this.#question, this.#parts);
    const rejection = firstRejection(model, this.#subject, this.#gates);
    this.#verdicts.set(model.id, rejection);
    return rejection;
  }

  canServe(model: Model | undefined): boolean {
    return model !== undefined && this.rejectionOf(model) === undefined;
  }

  /** Of all models that were looked at, in that order. */
  get rejected(): readonly Rejected[] {
    const rejected: Rejected[] = [];
    for (const verdict of this.#verdicts.values()) if (verdict) rejected.push(verdict);
    return rejected;
  }

  /** Where all that is wished for is elsewhere, a conversation that cannot leave goes on where it is. */
  mayStay(): Model | undefined {
    const { holder, session } = this.#question;
    const where = holder ?? session;
    const last = where && this.#parts.model(where.model);
    const isBound = this.rejected.some(({ gate }) => gate === continuity.name);
    return last && isBound && this.canServe(last) ? last : undefined;
  }
}

/** For the few requests that offer tools which a vendor runs. */
export const leavingOut = (
  { features }: Question,
  { leavesOutHosted }: SieveParts,
): Pick<Decision, 'leavesOutHostedTools'> =>
  leavesOutHosted && features.hasHostedTools ? { leavesOutHostedTools: true } : {};

const subjectOf = (question: Question, parts: SieveParts): GateSubject => ({
  request: question.request,
  withoutHosted: leavingOut(question, parts).leavesOutHostedTools && withoutHosted(question.request)?.request,
  features: question.features,
  session: question.session,
  holder: question.holder,
  allowedModels: question.allowedModels,
  dialectOf: (model) => parts.dialectOf(model, question.request.dialect, question.features.hasTools),
  spokenBy: parts.spokenBy,
  isHealthy: parts.isHealthy,
});

const firstRejection = (
  model: Model,
  subject: GateSubject,
  applied: readonly Gate[],
): Rejected | undefined => {
  for (const gate of applied) {
    const why = gate.check(model, subject);
    if (why !== undefined) return { model: model.id, gate: gate.name, why };
  }
  return undefined;
};
