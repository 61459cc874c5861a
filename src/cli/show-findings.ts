import { type Finding, pathText } from '../app/config-findings.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

/** Each finding with its line and a mark under what is meant, then how many there are. */
export const findingsText = (findings: readonly Finding[], paint: Paint, columns: number): string =>
  [...findings.map((finding) => findingBlock(finding, paint, columns)), summaryText(findings, paint)].join(
    '\n\n',
  );

export const summaryText = (findings: readonly Finding[], paint: Paint): string => {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const parts = [
    errors > 0 && paint.red(errors === 1 ? '1 error' : `${errors} errors`),
    warnings > 0 && paint.yellow(warnings === 1 ? '1 warning' : `${warnings} warnings`),
  ];
  return parts.filter(Boolean).join(', ');
};

const findingBlock = (
  { severity, place, path, message, suggestion }: Finding,
  paint: Paint,
  columns: number,
): string => {
  const colour = severity === 'error' ? paint.red : paint.yellow;
  const where = place ? `${place.file}:${place.line}:${place.column}` : '';
  const head = [colour(paint.bold(severity)), paint.bold(where), paint.cyan(pathText(path))]
    .filter((part) => part !== '')
    .join('  ');
  const gutter = place ? String(place.line) : '';
  const lines = [head];
  if (place) {
    const { text, mark } = excerpt(
      place.lineText,
      place.column - 1,
      place.length,
      columns - gutter.length - 6,
    );
    lines.push(
      `  ${paint.dim(`${gutter} │`)} ${text}`,
      `  ${' '.repeat(gutter.length)} ${paint.dim('│')} ${colour(mark)}`,
    );
  }
  lines.push(...wrap(message, columns - 4).map((line) => `    ${line}`));
  if (suggestion)
    lines.push(
      ...wrap(suggestion, columns - 6).map(
        (line, index) => `  ${index === 0 ? paint.green('→') : ' '} ${line}`,
      ),
    );
  return lines.join('\n');
};

/** The part of a long line in which the marked place stands. */
const excerpt = (
  line: string,
  start: number,
  length: number,
  width: number,
): { text: string; mark: string } => {
  const from = start < width - 10 ? 0 : Math.max(0, start - Math.floor(width / 2));
  const text = line.slice(from, from + width).trimEnd();
  const shown = Math.max(1, Math.min(length, text.length - (start - from)));
  return { text, mark: ' '.repeat(start - from) + '^'.repeat(shown) };
};
