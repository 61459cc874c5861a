import { codeIn } from '../checks.ts';
import { defineKind } from '../task.ts';
import { fenced, fields, nouns, scaled } from '../words.ts';

export const switchCompletion = defineKind({
  name: 'switch-completion',
  category: 'completion',
  matrixTier: 'light',
  weight: 5,
  hardShare: 0.01,
  simple: [0.02, 0.24],
  style: 'bare',
  make: (random, size) => {
    const members = random.some(fields, scaled(size, 4, 7) + random.whole(0, 8));
    const noun = random.pick(nouns);
    const line = (member: string): string => `    case '${member}': return '${noun} ${member}';`;
    const head = [
      `function label${noun}(kind) {`,
      '  switch (kind) {',
      ...members.slice(0, 2).map(line),
    ].join('\n');
    const rest = members.slice(2);
    const ask = random.pick([
      `Complete the switch for the remaining kinds (${rest.join(', ')}), same pattern:\n${fenced(head, 'js')}`,
      `// kinds: ${members.join(', ')}\n${head}\n    // TODO: the other cases\n\nContinue from here.`,
      `Fill in the rest of the cases, one line each, for ${rest.join(', ')}.\n\n${fenced(head, 'js')}`,
    ]);
    return pattern(ask, rest.map(line));
  },
});

export const getterCompletion = defineKind({
  name: 'getter-completion',
  category: 'completion',
  matrixTier: 'light',
  weight: 3,
  hardShare: 0.01,
  simple: [0.02, 0.24],
  style: 'bare',
  make: (random, size) => {
    const members = random.some(fields, scaled(size, 3, 6) + random.whole(0, 7));
    const noun = random.pick(nouns);
    const line = (member: string): string => `  get ${member}() { return this.row.${member}; }`;
    const rest = members.slice(1);
    const given = fenced(`class ${noun} {\n${line(members[0] ?? '')}`, 'js');
    const ask = random.pick([
      `Write the getters for ${rest.join(', ')} the way the first one is written.\n${given}`,
      `${given}\n\nSame for ${rest.join(' and ')} please.`,
      `Continue the class with getters: ${rest.join(', ')}.\n\n${given}`,
    ]);
    return pattern(ask, rest.map(line));
  },
});

/** Lines that have to be there, whatever stands around them. */
const pattern = (ask: string, lines: readonly string[]) => ({
  ask,
  right: fenced(lines.join('\n'), 'js'),
  wrongs: [
    fenced(lines.slice(0, -1).join('\n') || '// nothing to add', 'js'),
    fenced([...lines.slice(0, -1), (lines.at(-1) ?? '').replace('return', 'retrun')].join('\n'), 'js'),
  ],
  check: (answer: string) => {
    const said = new Set(
      codeIn(answer)
        .split('\n')
        .map((each) => each.trim()),
    );
    return lines.every((each) => said.has(each.trim()));
  },
});
