import type { Attempt, Exchange } from '../core/exchange.ts';
import type { Signal } from '../core/signal.ts';
import { promptTokens } from '../core/usage.ts';
import { decisionText } from './decision-text.ts';
import { countText, durationText, moneyText, shareText, timeText } from './figures.ts';
import { plain } from './table.ts';
import type { Terminal } from './terminal.ts';
import { labelled, labelledLines } from './wrap.ts';

/** Everything that is kept of one exchange. */
export const exchangeText = (
  exchange: Exchange,
  labels: readonly Signal[],
  terminal: Pick<Terminal, 'paint' | 'columns'>,
): string => {
  const { paint, columns } = terminal;
  const { cost, baselineCost, baselineModel, warnings, tags, texts, errorCode, firstByteMs } = exchange;
  const line = (label: string, text: string) => labelled(label, text, columns, paint.dim);
  const saved = baselineCost - cost;
  const tagged = Object.entries(tags).map(([key, value]) => (value === '' ? key : `${key}=${value}`));
  const isOk = exchange.outcome === 'ok';
  return [
    line('exchange', `${paint.bold(exchange.id)}  ${timeText(exchange.receivedAt)}`),
    line(
      'asked',
      `${plain(exchange.askedModel)} by ${plain(exchange.caller)} (${exchange.dialect}${exchange.isStream ? ', streamed' : ''})`,
    ),
    line('session', plain(exchange.session)),
    ...(exchange.agent === undefined ? [] : [line('agent', plain(exchange.agent))]),
    ...(tagged.length > 0 ? [line('tags', plain(tagged.join(', ')))] : []),
    line(
      'outcome',
      (isOk ? paint.green : paint.red)(
        `${exchange.outcome} ${exchange.status}${errorCode ? ` ${errorCode}` : ''}`,
      ),
    ),
    line(
      'took',
      `${durationText(exchange.totalMs)}${firstByteMs === null ? '' : `, first byte after ${durationText(firstByteMs)}`}`,
    ),
    line(
      'cost',
      `${moneyText(cost)}${exchange.isEstimated ? ' (estimated)' : ''}${baselineModel === null ? '' : `; ${moneyText(baselineCost)} at ${baselineModel}: saved ${moneyText(saved)} (${shareText(saved, baselineCost)})`}`,
    ),
    ...(warnings.length > 0 ? [line('dropped', plain(warnings.join(', ')))] : []),
    '',
    decisionText(exchange.decision, terminal),
    '',
    labelledLines(
      'attempts',
      exchange.attempts.length === 0
        ? ['none']
        : exchange.attempts.flatMap((attempt) => attemptLines(attempt, terminal)),
      paint.dim,
    ),
    ...(labels.length > 0 ? ['', labelledLines('labels', labels.map(labelText), paint.dim)] : []),
    ...(texts
      ? ['', paint.dim('prompt'), safeText(texts.prompt), '', paint.dim('answer'), safeText(texts.answer)]
      : []),
  ].join('\n');
};

const attemptLines = (attempt: Attempt, { paint }: Pick<Terminal, 'paint'>): readonly string[] => {
  const { model, outcome, status, usage, cost, isEstimated, startedMs, totalMs } = attempt;
  const { code, message, endReason, passedOver, role } = attempt;
  const cached = usage.cacheReadTokens > 0 ? ` (${countText(usage.cacheReadTokens)} cached)` : '';
  const reasoned = usage.reasoningTokens > 0 ? ` + ${countText(usage.reasoningTokens)} reasoning` : '';
  const tokens = `${countText(promptTokens(usage))}${cached} → ${countText(usage.outputTokens)}${reasoned} tokens`;
  const cameTo =
    passedOver === undefined
      ? (outcome === 'ok' ? paint.green : paint.red)(outcome)
      : paint.yellow('passed over');
  const head = `${paint.bold(model)}${role ? `  ${role}` : ''}  ${cameTo} ${status ?? '–'}  ${tokens}  ${isEstimated ? '~' : ''}${moneyText(cost)}  ${durationText(totalMs)} from ${durationText(startedMs)}`;
  const why = [
    passedOver && plain(passedOver),
    code,
    message && plain(message),
    endReason && endReason !== 'stop' ? `ended: ${endReason}` : undefined,
  ]
    .filter(Boolean)
    .join(': ');
  return why === '' ? [head] : [head, `  ${paint.yellow(why)}`];
};

const labelText = ({ source, score, at, label, comment }: Signal): string =>
  [`${score} by ${source}`, label && plain(label), comment && plain(comment), timeText(at)]
    .filter(Boolean)
    .join('  ');

/** Of several lines, each made safe for a terminal. */
const safeText = (text: string): string => text.split('\n').map(plain).join('\n');
