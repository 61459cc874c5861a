import { codeIn, lastNumber } from '../checks.ts';
import { defineKind } from '../task.ts';
import { fenced, fields, functionName, people, scaled, systems } from '../words.ts';

export const wrongLine = defineKind({
  name: 'wrong-line',
  category: 'debugging',
  matrixTier: 'mid',
  weight: 5,
  hardShare: 0.22,
  simple: [0.2, 0.52],
  style: 'explained',
  make: (random, size) => {
    const name = functionName(random);
    const wanted = random.pick(fields);
    const [fixed, faulty, observed] = random.pick<[string, string, string]>([
      [
        `  const last = rows[rows.length - 1];`,
        `  const last = rows[rows.length];`,
        `TypeError: Cannot read properties of undefined (reading '${wanted}')`,
      ],
      [
        `  const chosen = rows.filter((row) => row.${wanted} > 0);`,
        `  const chosen = rows.filter((row) => { row.${wanted} > 0; });`,
        'the list is always empty',
      ],
      [
        `  const sum = rows.reduce((all, row) => all + Number(row.${wanted}), 0);`,
        `  const sum = rows.reduce((all, row) => all + row.${wanted}, '');`,
        `"1223" instead of 47`,
      ],
      [`  const day = date.getDate();`, `  const day = date.getDay();`, '3 on the 14th'],
    ]);
    const others = random
      .some(fields, scaled(size, 2, 7) + random.whole(0, 8))
      .map((field) => `  const ${field}List = rows.map((row) => row.${field});`);
    const at = random.whole(0, others.length);
    const code = [
      `function ${name}(rows, date) {`,
      ...others.toSpliced(at, 0, faulty),
      '  return finish(rows);',
      '}',
    ].join('\n');
    const given = fenced(code, 'js');
    const ask = random.pick([
      `This fails in ${random.pick(systems)}: ${observed}. Find out why and give me the corrected line in a code block.\n${given}`,
      `Why do I get this?\n\n${observed}\n\n${given}\n\nPut the fixed line (only that) into a code block.`,
      `${people[random.whole(0, 5)]} reported: ${observed}. Expected it to work. Which line has to change, and to what? Answer with the new line in a code block.\n${given}`,
    ]);
    return {
      ask,
      right: fenced(fixed.trim(), 'js'),
      wrongs: [fenced(faulty.trim(), 'js'), fenced((others[0] ?? '').trim(), 'js')],
      check: (answer) => {
        const said = codeIn(answer)
          .split('\n')
          .map((each) => each.trim());
        return said.includes(fixed.trim()) && !said.includes(faulty.trim());
      },
    };
  },
});

export const lostUpdate = defineKind({
  name: 'lost-update',
  category: 'debugging',
  matrixTier: 'mid',
  weight: 2,
  hardShare: 0.4,
  simple: [0.25, 0.56],
  style: 'explained',
  make: (random, size) => {
    const workers = random.some(people, scaled(size, 2, 5));
    const start = random.whole(10, 400);
    const amounts = workers.map(() => random.whole(3, 60));
    // each worker reads, then writes what it read plus its amount
    const left = workers.map(() => 2);
    const seen = workers.map(() => 0);
    const log: string[] = [];
    let value = start;
    while (left.some((each) => each > 0)) {
      const at = random.pick(left.flatMap((each, index) => (each > 0 ? [index] : [])));
      if (left[at] === 2) {
        seen[at] = value;
        log.push(`${workers[at]} reads the balance`);
      } else {
        value = (seen[at] ?? 0) + (amounts[at] ?? 0);
        log.push(`${workers[at]} adds ${amounts[at]} to what was read and writes it back`);
      }
      left[at] = (left[at] ?? 0) - 1;
    }
    const serial = start + amounts.reduce((sum, amount) => sum + amount, 0);
    const ask = random.pick([
      `A race in our ${random.pick(systems)} service, nothing is locked. The balance starts at ${start}. Trace:\n${log.map((each) => `- ${each}`).join('\n')}\nWhat is the balance at the end? Explain, and finish with the number.`,
      `Help me debug a lost update. Initial balance ${start}, then this happened in order:\n\n${log.join('\n')}\n\nWhich final balance does that leave? Last thing you write: the number.`,
    ]);
    return {
      ask,
      right: `So the balance ends at ${value}`,
      wrongs: [
        value === serial ? `So the balance ends at ${serial - 1}` : `So the balance ends at ${serial}`,
        `So the balance ends at ${value + (amounts[0] ?? 1)}`,
      ],
      check: (answer) => lastNumber(answer) === value,
    };
  },
});
