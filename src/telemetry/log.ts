import { type DestinationStream, pino } from 'pino';
import type { GatewayError } from '../core/errors.ts';
import type { Exchange } from '../core/exchange.ts';
import { usdText } from '../core/money.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * The log. Every method takes the nouns themselves and picks fields from an allow-list, so that no
 * key, body or header can get in by accident.
 */
export interface Log {
  settled(exchange: Exchange): void;
  /** A fault of ours: with its stack, which names code and never content. */
  fault(error: GatewayError, requestId: string): void;
  /** A request that was answered with an error before it came to a decision: it has no row in the ledger. */
  refused(error: GatewayError, requestId: string): void;
  /** Plain news of the process: started, stopped, configuration re-read. */
  info(message: string): void;
  warn(message: string): void;
}

export const createLog = (level: LogLevel, destination?: DestinationStream): Log => {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    settled: (exchange) => {
      if (!logger.isLevelEnabled('info')) return;
      const { outcome } = exchange;
      logger[outcome === 'failed' || outcome === 'partial' ? 'warn' : 'info'](
        {
          exchange: exchange.id,
          caller: exchange.caller,
          asked: exchange.askedModel.slice(0, 100),
          model: exchange.model,
          tier: exchange.tier,
          route: exchange.decision.route,
          rule: exchange.decision.rule,
          status: exchange.status,
          error: exchange.errorCode ?? undefined,
          attempts: exchange.attempts.length,
          costUsd: usdText(exchange.cost),
          firstByteMs: rounded(exchange.firstByteMs),
          totalMs: rounded(exchange.totalMs),
        },
        outcome,
      );
    },
    fault: (error, requestId) => {
      const cause = error.cause instanceof Error ? error.cause : error;
      logger.error({ exchange: requestId || undefined, code: error.code, stack: stackOf(cause) }, 'fault');
    },
    refused: (error, requestId) =>
      logger.info({ exchange: requestId || undefined, error: error.code, status: error.status }, 'refused'),
    info: (message) => logger.info(message),
    warn: (message) => logger.warn(message),
  };
};

const rounded = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * 10) / 10);

/** Where it happened, without the message: messages may quote a body. */
const stackOf = (error: Error): string =>
  `${error.name}\n${(error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .join('\n')}`;
