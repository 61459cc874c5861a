import { readOptions } from './options.ts';
import { report } from './report.ts';
import { play, type Result } from './run.ts';
import { scenarios } from './scenarios/index.ts';

const options = readOptions(process.argv.slice(2));
const chosen = scenarios.filter(({ id, isQuick }) =>
  options.only ? options.only.includes(id) : options.isFull || isQuick,
);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const results: Result[] = [];
for (const scenario of chosen) {
  const result = await play(scenario, options);
  results.push(result);
  say(
    `${result.isPassed ? 'pass' : 'FAIL'}  ${scenario.id.padEnd(3)} ${scenario.title} (${(result.tookMs / 1000).toFixed(1)} s)`,
  );
}
process.stdout.write(options.isJson ? `${JSON.stringify(results, undefined, 2)}\n` : report(results));
process.exit(results.every(({ isPassed }) => isPassed) ? 0 : 1);
