import { says } from '../checks.ts';
import { defineKind } from '../task.ts';
import { fenced, fields, functionName, lowerFirst, nouns, scaled, systems } from '../words.ts';

export const docComment = defineKind({
  name: 'doc-comment',
  category: 'documentation',
  matrixTier: 'mid',
  weight: 4,
  hardShare: 0.1,
  simple: [0.12, 0.45],
  style: 'explained',
  make: (random, size) => {
    const name = functionName(random);
    const noun = random.pick(nouns);
    const parameters = random.some(fields, scaled(size, 2, 4) + random.whole(0, 3));
    const thrown = random.pick(['RangeError', 'TypeError', 'SyntaxError']);
    const code = [
      `export function ${name}(${parameters.join(', ')}) {`,
      `  if (!${parameters[0]}) throw new ${thrown}('${parameters[0]} is missing');`,
      `  return new ${noun}({ ${parameters.join(', ')} });`,
      '}',
    ].join('\n');
    const given = fenced(code, 'js');
    const ask = random.pick([
      `Write a JSDoc comment for this function, with @param for each parameter, @returns and @throws.\n${given}`,
      `Document this for the ${random.pick(systems)} team (JSDoc: every parameter, result, errors):\n${given}`,
      `${given}\n\nAdd complete JSDoc to it, please.`,
    ]);
    const comment = (named: readonly string[], error: string): string =>
      fenced(
        [
          '/**',
          ` * Makes a ${lowerFirst(noun)} out of its parts.`,
          ...named.map((parameter) => ` * @param ${parameter} - the ${parameter} of the ${lowerFirst(noun)}`),
          ` * @returns the new ${noun}`,
          ` * @throws {${error}} where ${parameters[0]} is missing`,
          ' */',
        ].join('\n'),
        'js',
      );
    return {
      ask,
      right: comment(parameters, thrown),
      wrongs: [comment(parameters.slice(0, -1), thrown), comment(parameters, 'Error')],
      check: (answer) =>
        parameters.every((parameter) =>
          new RegExp(`@param\\s+(?:\\{[^}\\n]*\\}\\s*)?\\[?${parameter}\\b`).test(answer),
        ) &&
        /@returns?\b/.test(answer) &&
        /@throws\b/.test(answer) &&
        says(answer, thrown),
    };
  },
});
