import type { Random } from '../../chance.ts';
import { codeIn, sameCode } from '../checks.ts';
import { defineKind, type TaskCore } from '../task.ts';
import { cities, fenced, fields, functionName, people, scaled, systems } from '../words.ts';

export const jsonFormatting = defineKind({
  name: 'json-formatting',
  category: 'formatting',
  matrixTier: 'light',
  weight: 5,
  hardShare: 0.01,
  simple: [0.02, 0.24],
  style: 'bare',
  make: (random, size) => {
    const value = Object.fromEntries(
      random
        .some(fields, scaled(size, 3, 10) + random.whole(0, 12))
        .map((field): [string, unknown] => [field, valueFor(random)]),
    );
    const minified = JSON.stringify(value);
    const expected = JSON.stringify(value, null, 2);
    const ask = random.pick([
      `Pretty-print this JSON with two spaces of indentation:\n${minified}`,
      `Format this with 2-space indentation, change nothing else.\n\n${fenced(minified, 'json')}`,
      `${minified}\n\nMake that readable please (2 spaces, same order of keys).`,
      `Our ${random.pick(systems)} log has this on one line. Indent it by two spaces: ${minified}`,
    ]);
    return whole(random, ask, expected, 'json');
  },
});

export const importSorting = defineKind({
  name: 'import-sorting',
  category: 'formatting',
  matrixTier: 'light',
  weight: 3,
  hardShare: 0.01,
  simple: [0.02, 0.24],
  style: 'bare',
  make: (random, size) => {
    const lines = random
      .some(systems, scaled(size, 3, 8) + random.whole(0, 6))
      .map((system) => `import { ${functionName(random)} } from './${system}.ts';`);
    const expected = lines.toSorted((left, right) => (pathOf(left) < pathOf(right) ? -1 : 1)).join('\n');
    const given = fenced(lines.join('\n'), 'ts');
    const ask = random.pick([
      `Sort these imports by path, alphabetically:\n${given}`,
      `Lint complains about import order. Put these in alphabetical order of their path.\n${given}`,
      `${given}\nSort by module path, keep each line as it is.`,
    ]);
    return whole(random, ask, expected, 'ts');
  },
});

export const bracketFix = defineKind({
  name: 'bracket-fix',
  category: 'formatting',
  matrixTier: 'light',
  weight: 4,
  hardShare: 0.03,
  simple: [0.03, 0.28],
  style: 'bare',
  make: (random, size) => {
    const name = functionName(random);
    const middle = random
      .some(fields, scaled(size, 1, 5) + random.whole(0, 8))
      .map((field) => `  console.log(format('${field}', input.${field}));`);
    const expected = [
      `function ${name}(input) {`,
      ...middle,
      `  return input.${random.pick(fields)};`,
      '}',
    ].join('\n');
    const [broken, message] = random.pick<[string, string]>([
      [expected.replace(') {', ' {'), "SyntaxError: Unexpected token '{'"],
      [expected.replace('));', ');'), 'SyntaxError: missing ) after argument list'],
      [expected.slice(0, -2), 'SyntaxError: Unexpected end of input'],
    ]);
    const ask = random.pick([
      `This does not parse, fix the syntax and nothing else:\n${fenced(broken, 'js')}`,
      `${message}\n\n${fenced(broken, 'js')}\n\nFix it. Only the missing character.`,
      `Missing bracket somewhere in here?\n${fenced(broken, 'js')}\nGive me the corrected version.`,
    ]);
    return { ...whole(random, ask, expected, 'js'), wrongs: [fenced(broken, 'js')] };
  },
});

export const markdownTable = defineKind({
  name: 'markdown-table',
  category: 'formatting',
  matrixTier: 'light',
  weight: 3,
  hardShare: 0.01,
  simple: [0.02, 0.24],
  style: 'bare',
  make: (random, size) => {
    const rows = random
      .some(people, scaled(size, 2, 6) + random.whole(0, 9))
      .map((person) => [person, random.pick(cities), String(random.whole(1, 90))]);
    const all = [['name', 'city', 'tickets'], ...rows];
    const csv = all.map((row) => row.join(',')).join('\n');
    const table = (lines: readonly (readonly string[])[]): string =>
      lines
        .flatMap((row, at) => [
          `| ${row.join(' | ')} |`,
          ...(at === 0 ? [`|${' --- |'.repeat(row.length)}`] : []),
        ])
        .join('\n');
    const cells = (text: string): string =>
      text
        .split('\n')
        .filter((row) => row.includes('|') && !/^[|\s:-]+$/.test(row))
        .map((row) =>
          row
            .split('|')
            .map((cell) => cell.trim())
            .filter(Boolean)
            .join(','),
        )
        .join('\n');
    const ask = random.pick([
      `Turn this CSV into a Markdown table:\n${csv}`,
      `I need the following as a table in Markdown for the wiki.\n\n${csv}`,
      `csv -> markdown table\n${fenced(csv)}`,
    ]);
    const dropped = random.whole(1, rows.length);
    return {
      ask,
      right: table(all),
      wrongs: [table(all.filter((_, at) => at !== dropped))],
      check: (answer) => cells(answer) === csv,
    };
  },
});

const valueFor = (random: Random): unknown =>
  random.pick<() => unknown>([
    () => random.whole(1, 9000),
    () => random.pick(cities),
    () => random.happens(0.5),
    () => ({ [random.pick(fields)]: random.pick(people), rank: random.whole(1, 9) }),
    () => random.some(cities, 2),
  ])();

const pathOf = (line: string): string => line.slice(line.indexOf("'"));

/** A task whose answer is one text, to the letter. The wrong ones lose, double or swap a line. */
const whole = (random: Random, ask: string, expected: string, language: string): TaskCore => {
  const lines = expected.split('\n');
  const at = random.whole(0, lines.length - 2);
  const swapped = lines.with(at, lines[at + 1] ?? '').with(at + 1, lines[at] ?? '');
  const wrongs = [lines.toSpliced(at + 1, 1), lines.toSpliced(at, 0, lines[at] ?? ''), swapped];
  return {
    ask,
    right: fenced(expected, language),
    wrongs: wrongs
      .map((each) => each.join('\n'))
      .filter((each) => !sameCode(each, expected))
      .map((each) => fenced(each, language)),
    check: (answer) => sameCode(codeIn(answer), expected),
  };
};
