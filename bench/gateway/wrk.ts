import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadJob, LoadResult } from './load.ts';
import { loadCore, startPinned } from './process.ts';

export const hasWrk = (): boolean => {
  try {
    execFileSync('wrk', ['-v'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    // it prints its version and then complains that no address was given
    return (error as { code?: string }).code !== 'ENOENT';
  }
};

/** The same load by `wrk`, which takes less of the core that it shares with the upstream. Answers' sizes are not looked at. */
export const makeLoadWithWrk = async (job: LoadJob, folder: string): Promise<LoadResult> => {
  const script = join(folder, 'request.lua');
  writeFileSync(script, lua(job));
  const started = startPinned({
    core: loadCore,
    command: 'wrk',
    args: [
      ...['--threads', '1', '--connections', String(job.connections), '--duration', `${job.seconds}s`],
      ...['--script', script, `http://127.0.0.1:${job.port}${job.path}`],
    ],
  });
  try {
    await once(started.child, 'exit');
  } finally {
    await started.stop();
  }
  const said = /^RESULT (.*)$/m.exec(started.lastWords())?.[1];
  if (said === undefined) throw new Error(`wrk gave no result: ${started.lastWords()}`);
  const { requests, failed, microseconds, p50, p99 } = JSON.parse(said) as Record<string, number>;
  const completed = (requests ?? 0) - (failed ?? 0);
  const totalMs = { p50: (p50 ?? 0) / 1000, p99: (p99 ?? 0) / 1000 };
  return {
    completed,
    failed: failed ?? 0,
    perSecond: completed / ((microseconds ?? 0) / 1e6),
    totalMs,
    firstByteMs: totalMs,
    parts: {},
    ...(failed && { firstFailure: `${failed} answers were errors` }),
  };
};

const lua = (job: LoadJob): string => `
wrk.method = "POST"
wrk.body = ${quoted(job.body)}
wrk.headers["content-type"] = "application/json"
${Object.entries(job.headers)
  .map(([name, value]) => `wrk.headers[ ${quoted(name)} ] = ${quoted(value)}`)
  .join('\n')}
done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format('RESULT {"requests":%d,"failed":%d,"microseconds":%d,"p50":%d,"p99":%d}',
    summary.requests, failed, summary.duration, latency:percentile(50), latency:percentile(99)))
end
`;

const quoted = (text: string): string => {
  if (text.includes(']=]')) throw new Error('the request cannot be quoted for wrk');
  return `[=[${text}]=]`;
};
