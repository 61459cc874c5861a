import type { Acceptance, Decision, EmbeddingNote, PlanStep, SwitchNote, Weighed } from '../core/decision.ts';
import type { Features } from '../core/features.ts';
import { switchText } from '../routing/switch-text.ts';
import { countText, durationText, moneyText, shareText } from './figures.ts';
import { tierPaint } from './model-tables.ts';
import { plain, tableText } from './table.ts';
import type { Terminal } from './terminal.ts';
import { labelled, labelledLines, labelWidth } from './wrap.ts';

/** Why a request goes (or went) where: rule, plan, what was turned down, and what it was read from. */
export const decisionText = (
  decision: Decision,
  { paint, columns }: Pick<Terminal, 'paint' | 'columns'>,
): string => {
  const { route, strategy, rule, tier, plan, reasons, rejected, features, predictedCost, mode, wouldBe } =
    decision;
  const { policy, embedding, weighed, switching, propensity } = decision;
  const steps = plan.flatMap(stepLines);
  const lines = [
    labelled(
      'route',
      `${route} (${strategy}${mode === 'route' ? '' : `, ${modes[mode]}`})`,
      columns,
      paint.dim,
    ),
    ...(rule === undefined ? [] : [labelled('rule', paint.cyan(plain(rule)), columns, paint.dim)]),
    labelled('because', plain(reasons.join('; ')), columns, paint.dim),
    ...(policy === undefined ? [] : [labelled('policy', plain(policy), columns, paint.dim)]),
    ...(embedding ? [labelled('embedding', embeddingText(embedding), columns, paint.dim)] : []),
    ...(weighed && weighed.length > 0
      ? [labelledLines('weighed', weighedLines(weighed, { paint, columns }), paint.dim)]
      : []),
    ...(propensity === 1
      ? []
      : [labelled('lots drawn', `with a chance of ${shareText(propensity, 1)}`, columns, paint.dim)]),
    ...(switching ? [labelled('session', plain(conversationText(switching)), columns, paint.dim)] : []),
    labelledLines('tier', [tierPaint(tier, paint)(tier)], paint.dim),
    labelledLines(
      'plan',
      steps.map((step, index) => (index === 0 ? paint.bold(step) : step)),
      paint.dim,
    ),
    ...(wouldBe
      ? [
          labelled(
            'would be',
            `${wouldBe.model} (${wouldBe.tier}${wouldBe.rule ? `, rule "${plain(wouldBe.rule)}"` : ''})`,
            columns,
            paint.dim,
          ),
        ]
      : []),
    ...(rejected.length === 0
      ? []
      : [
          labelledLines(
            'rejected',
            rejected.map(({ model, gate, why }) => `${model}  ${paint.yellow(gate)}  ${plain(why)}`),
            paint.dim,
          ),
        ]),
    labelled('features', featuresText(features), columns, paint.dim),
    labelled('predicted', moneyText(predictedCost), columns, paint.dim),
  ];
  return lines.join('\n');
};

const modes: Readonly<Record<Decision['mode'], string>> = {
  route: 'routed',
  observe: 'only observed: sent where the caller asked',
  pinned: 'the caller named the model',
};

const embeddingText = ({ model, outcome, waitedMs }: EmbeddingNote): string =>
  `${model}: ${embeddingOutcomes[outcome]}${waitedMs > 0 ? ` (${durationText(waitedMs)})` : ''}`;

const embeddingOutcomes: Readonly<Record<EmbeddingNote['outcome'], string>> = {
  cached: 'remembered from the same ask',
  answered: 'answered in time',
  late: 'too late, decided without',
  failed: 'failed, decided without',
  resting: 'left alone after failing, decided without',
};

/** A judged step has a second line. */
const stepLines = ({ ask, acceptIf }: PlanStep, index: number): readonly string[] => {
  const asked = `${index + 1}. ${ask.join(' and ')}`;
  return acceptIf ? [`${asked}, if its answer is accepted:`, `   ${acceptanceText(acceptIf)}`] : [asked];
};

/** What has to hold, all of it. */
const acceptanceText = ({ refuse, agreement, verifier, tests = [] }: Acceptance): string =>
  [
    ...(refuse.length > 0 ? [`no ${refuse.join(', ')}`] : []),
    ...(agreement === undefined ? [] : [`answers that agree by ${agreement}`]),
    ...(verifier ? [`${verifier.atLeast} or more from ${verifier.model}`] : []),
    ...(tests.length > 0 ? [`${tests.length} tests pass`] : []),
  ].join('; ') || 'whatever it says';

/** What of a conversation's money was weighed. */
const conversationText = (switching: SwitchNote): string => {
  const { from, to, verdict, turnsLeft, savingPerTurn, cacheLoss, reasoningLoss } = switching;
  const where = from === to ? `with ${from}` : `${from} ${verdict === 'moved' ? 'to' : 'rather than'} ${to}`;
  if (turnsLeft === 0 && cacheLoss === 0n) return `${switchText(switching)} · ${where}`;
  const parts = [
    `${moneyText(savingPerTurn)} less a call`,
    `${countText(Math.round(turnsLeft))} more calls likely`,
    `${moneyText(cacheLoss)} at once`,
    ...(reasoningLoss > 0n ? [`${moneyText(reasoningLoss)} to think again`] : []),
  ];
  return `${switchText(switching)} · ${where} · ${parts.join(', ')}`;
};

/** What the policy knew of each candidate, the chosen one first. */
const weighedLines = (
  weighed: readonly Weighed[],
  { paint, columns }: Pick<Terminal, 'paint' | 'columns'>,
): readonly string[] =>
  tableText(
    [
      { title: 'model', shrinks: true },
      { title: 'success', align: 'right' },
      { title: 'beside frontier', align: 'right' },
      { title: 'outcomes', align: 'right' },
      { title: 'cost', align: 'right' },
    ],
    weighed.map(({ model, success, gap, evidence, cost }) => [
      model,
      `${percent(success.value)} % (${percent(success.low)} to ${percent(success.high)})`,
      gap.low === 0 && gap.high === 0
        ? '–'
        : `${points(gap.value)} (${points(gap.low)} to ${points(gap.high)})`,
      countText(Math.floor(evidence)),
      moneyText(cost),
    ]),
    { paint, columns: columns - labelWidth },
  ).split('\n');

const percent = (share: number): string => String(Math.round(share * 100));

const points = (share: number): string => {
  const rounded = Math.round(share * 100);
  return rounded > 0 ? `+${rounded}` : String(rounded);
};

/** Features that say something; what is usual is left out. */
export const featuresText = (features: Features): string => {
  const { promptTokens, askTokens, turns, toolCount, toolDepth, images, documents, audios } = features;
  const many = (count: number, noun: string) =>
    count > 0 ? `${count} ${noun}${count === 1 ? '' : 's'}` : undefined;
  return [
    features.task === 'unsure'
      ? 'task unsure'
      : `task ${features.task} (${shareText(features.taskConfidence, 1)} sure)`,
    `${countText(promptTokens)} prompt tokens, ${countText(askTokens)} of them the ask`,
    features.maxOutputTokens === null ? undefined : `at most ${countText(features.maxOutputTokens)} out`,
    many(turns, 'turn'),
    many(toolCount, 'tool'),
    features.isToolForced ? 'a tool call demanded' : undefined,
    features.isToolLoop ? `in a tool loop, ${toolDepth} deep` : undefined,
    many(images, 'image'),
    many(documents, 'document'),
    many(audios, 'recording'),
    features.hasHostedTools ? 'hosted tools' : undefined,
    features.hasCode ? `code ${shareText(features.codeShare, 1)} of the ask` : undefined,
    features.structured === 'none'
      ? undefined
      : `answer as ${features.structured === 'json' ? 'JSON' : 'a schema'}`,
    features.wantsReasoning ? 'reasoning wanted' : undefined,
    features.hasPrefill ? 'answer begun by the caller' : undefined,
    features.askCount > 1 ? `${features.askCount} asks in one` : undefined,
    features.script === 'latin' || features.script === 'none' ? undefined : `${features.script} script`,
  ]
    .filter(Boolean)
    .join(' · ');
};
