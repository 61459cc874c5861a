import type { GatewayError } from '../core/errors.ts';
import type { Log } from '../telemetry/log.ts';
import { exchangeLine } from './exchange-line.ts';
import type { Terminal } from './terminal.ts';

/** The log where a person looks on: a line an exchange, as `logs --follow` has it. */
export const terminalLog = (
  level: string,
  hasCallers: boolean,
  { print, tell, paint, paintTold, columns }: Terminal,
): Log => {
  const tells = (least: string): boolean => levels.indexOf(least) >= levels.indexOf(level);
  return {
    settled: (exchange) => {
      const isBad = exchange.outcome === 'failed' || exchange.outcome === 'partial';
      if (tells(isBad ? 'warn' : 'info'))
        print(exchangeLine(exchange, { paint, width: columns, hasCallers }));
    },
    fault: (error, requestId) => {
      if (tells('error'))
        tell(`${paintTold.red('fault')}  ${requestId} ${error.code}\n${paintTold.dim(stackOf(error))}`);
    },
    refused: (error, requestId) => {
      if (tells('info')) tell(paintTold.dim(`${requestId}  refused: ${error.status} ${error.code}`));
    },
    info: (message) => {
      if (tells('info')) tell(paintTold.dim(message));
    },
    warn: (message) => {
      if (tells('warn')) tell(paintTold.yellow(message));
    },
  };
};

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/** Where it happened; the message may quote what a caller sent. */
const stackOf = (error: GatewayError): string => {
  const cause = error.cause instanceof Error ? error.cause : error;
  return (cause.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .join('\n');
};
