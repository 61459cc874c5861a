import { didYouMean } from './near-names.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A text with its `${NAME}` and `${NAME:-default}` filled in, and what was wrong with them. */
export interface Filled {
  readonly text: string;
  /** Variables whose values now stand in the text. */
  readonly names: readonly string[];
  readonly problems: readonly VariableProblem[];
}

export interface VariableProblem {
  readonly code: 'unset-variable' | 'bad-variable';
  readonly message: string;
  readonly suggestion: string;
  /** Where in the text, and how long. */
  readonly offset: number;
  readonly length: number;
}

/** Fills in environment variables; `$${` stands for a literal `${`. An empty variable counts as unset. */
export const fillVariables = (text: string, environment: Environment): Filled => {
  const names: string[] = [];
  const problems: VariableProblem[] = [];
  const filled = text.replace(
    reference,
    (whole, escaped: string | undefined, body: string | undefined, offset: number) => {
      if (escaped !== undefined) return '${';
      const parts = /^([A-Za-z_]\w*)(?::-([\s\S]*))?$/.exec(body ?? '');
      const at = { offset, length: whole.length };
      if (!parts) {
        problems.push({
          code: 'bad-variable',
          message: `"${whole}" is not a reference to an environment variable.`,
          suggestion: `Write \${NAME}, \${NAME:-default}, or $\${ for a plain "\${".`,
          ...at,
        });
        return '';
      }
      const [, name = '', fallback] = parts;
      const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
      if (value) {
        names.push(name);
        return value;
      }
      if (fallback !== undefined) return fallback;
      problems.push({
        code: 'unset-variable',
        message: `The environment variable ${name} is ${value === '' ? 'empty' : 'not set'}.`,
        suggestion:
          didYouMean(name, setNames(environment)) ?? `Set it, or give a default: \${${name}:-value}.`,
        ...at,
      });
      return '';
    },
  );
  return { text: filled, names, problems };
};

const reference = /(\$\$\{)|\$\{([^}]*)(?:\}|$)/g;

const setNames = (environment: Environment): readonly string[] =>
  Object.keys(environment).filter((name) => environment[name]);
