import { codeIn, sameCode } from '../checks.ts';
import { defineKind } from '../task.ts';
import { fenced, fields, functionName, lowerFirst, nouns, scaled, systems, verbs } from '../words.ts';

export const rename = defineKind({
  name: 'rename',
  category: 'refactoring',
  matrixTier: 'mid',
  weight: 4,
  hardShare: 0.12,
  simple: [0.12, 0.48],
  style: 'explained',
  make: (random, size) => {
    const [oldName = '', newName = ''] = random.some(nouns, 2).map(lowerFirst);
    const limit = random.whole(20, 900);
    const lines = random
      .some(fields, scaled(size, 3, 7) + random.whole(0, 6))
      .map(
        (field) => `  if (${oldName}.${field} > ${limit}) report('${field}', ${oldName}.${field}, ${limit});`,
      );
    const before = [
      `function ${functionName(random)}(${oldName}) {`,
      ...lines,
      `  return ${oldName};`,
      '}',
    ].join('\n');
    const constant = `${random.pick(verbs).toUpperCase()}_LIMIT`;
    const renamed = before.replaceAll(new RegExp(`\\b${oldName}\\b`, 'g'), newName);
    const after = `const ${constant} = ${limit};\n\n${renamed.replaceAll(String(limit), constant)}`;
    const given = fenced(before, 'js');
    const ask = random.pick([
      `Refactor: rename the parameter ${oldName} to ${newName} everywhere, and pull the number ${limit} out into a constant ${constant} above the function.\n${given}`,
      `Please clean this up. ${oldName} should be called ${newName}, and ${limit} is a magic number: name it ${constant} and declare it at the top.\n${given}`,
      `${given}\n\nReplace the literal by a const ${constant} before the function and use ${newName} instead of ${oldName}. No other changes.`,
    ]);
    const left =
      after.slice(0, after.lastIndexOf(newName)) +
      oldName +
      after.slice(after.lastIndexOf(newName) + newName.length);
    return {
      ask,
      right: fenced(after, 'js'),
      wrongs: [fenced(left, 'js'), fenced(renamed, 'js')],
      check: (answer) => sameCode(codeIn(answer), after),
    };
  },
});

export const multiFile = defineKind({
  name: 'multi-file-refactoring',
  category: 'refactoring',
  matrixTier: 'frontier',
  weight: 5,
  hardShare: 0.82,
  simple: [0.34, 0.58],
  style: 'essay',
  make: (random, size) => {
    const files = random.some(systems, scaled(size, 5, 9) + random.whole(0, 2));
    const symbol = functionName(random);
    const [home = '', ...rest] = files;
    const target = `${home}-core`;
    // who uses the symbol directly, and who only through somebody else's re-export
    const direct = random.some(rest, scaled(size, 2, 4));
    const barrel = random.pick(direct);
    const through = rest.filter((file) => !direct.includes(file) && random.happens(0.4));
    const text = [
      `${home}.ts: export function ${symbol}(…) { … }`,
      ...rest.map((file) => {
        if (file === barrel) return `${file}.ts: export { ${symbol} } from './${home}.ts';`;
        if (direct.includes(file)) return `${file}.ts: import { ${symbol} } from './${home}.ts';`;
        if (through.includes(file)) return `${file}.ts: import { ${symbol} } from './${barrel}.ts';`;
        return `${file}.ts: import { ${functionName(random)} } from './${random.pick(rest)}.ts';`;
      }),
    ];
    const expected = [home, ...direct].toSorted();
    const listOf = (names: readonly string[]): string =>
      `Files: ${names.map((name) => `${name}.ts`).join(', ')}`;
    const ask = random.pick([
      `We are splitting a module. ${symbol} moves from ${home}.ts to the new ${target}.ts, without leaving a re-export behind. Plan the change across these files and end with a line "Files: a.ts, b.ts" naming every existing file that has to be edited, in alphabetical order.\n\n${text.join('\n')}`,
      `Large refactoring ahead: move ${symbol} out of ${home}.ts into ${target}.ts; no alias stays in ${home}.ts, public paths of other modules must keep working. Which existing files change? Explain, then finish with "Files: …" (alphabetical).\n\n${fenced(text.join('\n'))}`,
      `${fenced(text.join('\n'))}\n\nHow would you carry ${symbol} over to ${target}.ts across the code base, touching as few files as possible? Last line: "Files: " and the existing files to edit, sorted.`,
    ]);
    return {
      ask,
      right: listOf(expected),
      wrongs: [
        listOf(expected.filter((name) => name !== barrel)),
        listOf(
          [
            ...new Set([...expected, ...through, rest.find((file) => !direct.includes(file)) ?? 'index']),
          ].toSorted(),
        ),
      ],
      check: (answer) => {
        const said = answer.split('\n').findLast((each) => /\bfiles:/i.test(each));
        const names = (said ?? '').match(/[\w-]+(?=\.ts)/g) ?? [];
        return names.toSorted().join() === expected.join();
      },
    };
  },
});
