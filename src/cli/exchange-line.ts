import type { Exchange } from '../core/exchange.ts';
import type { Signal } from '../core/signal.ts';
import { answerTokens, promptTokens } from '../core/usage.ts';
import { mostTrusted } from '../ledger/signals.ts';
import { countText, durationText, moneyText, shareText, timeText } from './figures.ts';
import { tierPaint } from './model-tables.ts';
import { plain } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface LineStyle extends Pick<Terminal, 'paint'> {
  /** Lines are cut to this width; undefined where nobody looks (a pipe), and then nothing is shortened. */
  readonly width: number | undefined;
  /** There are several callers to tell apart. */
  readonly hasCallers: boolean;
}

/** Characters of an id that are enough to find it again. */
export const shortIdLength = 7;

/** One exchange on one line: when, what was asked for, who answered, at what cost, and why. */
export const exchangeLine = (
  exchange: Exchange,
  { paint, width, hasCallers }: LineStyle,
  labels: readonly Signal[] = [],
): string => {
  const isShort = width !== undefined;
  const { id, decision, tier, cost, baselineCost, baselineModel, isEstimated, status, outcome } = exchange;
  const time = timeText(exchange.receivedAt);
  const tokens = exchange.attempts.reduce(
    (sum, { usage }) => ({
      prompt: sum.prompt + promptTokens(usage),
      answer: sum.answer + answerTokens(usage),
    }),
    { prompt: 0, answer: 0 },
  );
  const saved = baselineCost - cost;
  const savedText = baselineModel === null ? '–' : shareText(saved, baselineCost);
  const money = `${isEstimated ? '~' : ''}${moneyText(cost)}`;
  const statusPaint = outcome === 'ok' ? paint.green : outcome === 'client-gone' ? paint.yellow : paint.red;
  const fields = [
    paint.dim(isShort ? time.slice(11) : time),
    paint.dim(isShort ? id.slice(-shortIdLength) : id),
    ...(hasCallers ? [pad(plain(exchange.caller), isShort ? 10 : 0)] : []),
    tierPaint(tier, paint)(pad(tier ?? '–', isShort ? 8 : 0)),
    askedText(exchange, isShort ? modelWidth(width, hasCallers) : 0),
    statusPaint(String(status)),
    padStart(`${countText(tokens.prompt)}→${countText(tokens.answer)}`, isShort ? 9 : 0),
    padStart(money, isShort ? 9 : 0),
    (saved < 0n ? paint.red : paint.green)(padStart(savedText, isShort ? 5 : 0)),
    padStart(durationText(exchange.totalMs), isShort ? 6 : 0),
  ];
  const head = fields.join('  ');
  const why = plain([labelText(labels), whyText(exchange, decision)].filter(Boolean).join(' · '));
  if (!isShort) return `${head}  ${why}`;
  const room = width - plainLength(head) - 2;
  return room >= 8 ? `${head}  ${paint.dim(cut(why, room))}` : head;
};

const askedText = ({ askedModel, model, decision }: Exchange, width: number): string => {
  const went = model ?? decision.plan[0]?.ask[0] ?? '–';
  const text = plain(askedModel === went ? went : `${askedModel} → ${went}`);
  return width === 0 || text.length <= width
    ? pad(text, width)
    : pad(
        cut(
          plain(askedModel === went ? went : `${cut(askedModel, 12)} → ${went.slice(went.indexOf('/') + 1)}`),
          width,
        ),
        width,
      );
};

const whyText = (
  { errorCode, warnings, attempts }: Exchange,
  { rule, mode, wouldBe, reasons }: Exchange['decision'],
): string =>
  [
    mode === 'observe' && wouldBe ? `would be ${wouldBe.model}` : undefined,
    rule ?? reasons[0],
    errorCode ?? undefined,
    attemptsText(attempts),
    warnings.length > 0 ? `dropped: ${warnings.join(', ')}` : undefined,
  ]
    .filter(Boolean)
    .join(' · ');

/** What is asked about the request before it is decided is no attempt to answer it. */
const attemptsText = (attempts: Exchange['attempts']): string | undefined => {
  const { length } = attempts.filter(({ role }) => role !== 'embedding');
  return length > 1 ? `${length} attempts${passedOverText(attempts)}` : undefined;
};

/** What of them answered, and was not good enough to go out. */
const passedOverText = (attempts: Exchange['attempts']): string => {
  const { length } = attempts.filter(({ passedOver }) => passedOver !== undefined);
  return length === 0 ? '' : `, ${length} passed over`;
};

/** What is left for the models when the other columns, and on wide terminals the reason, have theirs. */
const modelWidth = (width: number, hasCallers: boolean): number => {
  const left = width - (hasCallers ? 84 : 72);
  return Math.max(16, Math.min(36, left > 44 ? left - 20 : left));
};

const labelText = (labels: readonly Signal[]): string => {
  const counts = mostTrusted(labels);
  return counts ? `${counts.score} by ${counts.source}${counts.label ? `: ${counts.label}` : ''}` : '';
};

const plainLength = (text: string): number => plain(text).length;
const pad = (text: string, width: number): string => (width === 0 ? text : cut(text, width).padEnd(width));
const padStart = (text: string, width: number): string => text.padStart(width);
const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
