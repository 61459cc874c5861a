import type { Result } from './run.ts';
import { type Figure, isPassed } from './scenario.ts';

/** A row a figure, in Markdown: it is pasted into the reference as it is. */
export const report = (results: readonly Result[]): string => {
  const lines = ['| | scenario | figure | measured | pass mark | |', '| --- | --- | --- | --- | --- | --- |'];
  for (const { id, title, figures } of results)
    figures.forEach((figure, at) => {
      const head = at === 0 ? `**${id}** | ${title}` : ' | ';
      lines.push(
        `| ${head} | ${figure.what} | ${valueText(figure.value, figure.unit)} | ${markText(figure)} | ${isPassed(figure) ? 'pass' : '**FAIL**'} |`,
      );
    });
  const failed = results.filter((result) => !result.isPassed);
  lines.push(
    '',
    failed.length === 0
      ? `All ${results.length} scenarios pass.`
      : `${failed.length} of ${results.length} scenarios fail: ${failed.map(({ id }) => id).join(', ')}.`,
    '',
  );
  return lines.join('\n');
};

const valueText = (value: number, unit: string): string => {
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${unit ? ` ${unit}` : ''}`;
};

const markText = ({ most, least, unit }: Figure): string => {
  if (most !== undefined && most === least) return valueText(most, unit);
  const marks = [
    ...(least === undefined ? [] : [`≥ ${valueText(least, unit)}`]),
    ...(most === undefined ? [] : [`≤ ${valueText(most, unit)}`]),
  ];
  return marks.length === 0 ? '–' : marks.join(', ');
};
