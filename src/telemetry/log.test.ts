import { describe, expect, it } from 'vitest';
import { GatewayError } from '../core/errors.ts';
import { createLog } from './log.ts';

describe('the log', () => {
  it('tells where a fault happened and never what was said', () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line: string) => lines.push(line) });

    log.fault(new GatewayError('internal', 'x', { cause: new Error('canary sk-secret in a body') }), 'ID');

    expect(lines.join()).toContain('log.test.ts');
    expect(lines.join()).not.toContain('canary');
  });

  it('keeps quiet below its level', () => {
    const lines: string[] = [];

    createLog('error', { write: (line: string) => lines.push(line) }).info('started');

    expect(lines).toEqual([]);
  });
});
