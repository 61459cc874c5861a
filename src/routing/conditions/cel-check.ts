import type { parse } from '@bufbuild/cel';
import { celLibrary } from './cel-library.ts';
import { celVariables } from './cel-variables.ts';
import { compilePattern } from './text.ts';

/** What an expression uses; known before it is ever evaluated. */
export interface CheckedCel {
  readonly variables: ReadonlySet<string>;
  /** Constant patterns given to `matches`. */
  readonly patterns: readonly string[];
}

/**
 * Types of an expression, worked out at load: unknown names and functions, operands that can never fit
 * and a result that is no yes or no throw RangeError. (The evaluator would tell only on a request.)
 */
export const checkCel = (source: string): CheckedCel => {
  const found = { variables: new Set<string>(), patterns: new Set<string>() };
  const type = typeOf(parsed(source), { found, local: new Set() });
  if (type !== 'bool' && type !== 'any')
    throw new RangeError(`it gives a ${type}, and a condition is true or false`);
  return { variables: found.variables, patterns: [...found.patterns] };
};

type Type = 'bool' | 'int' | 'double' | 'string' | 'list' | 'map' | 'null' | 'any';
type Expression = NonNullable<ReturnType<typeof parse>['expr']>;

interface Scope {
  readonly found: { readonly variables: Set<string>; readonly patterns: Set<string> };
  /** Variables of `exists`, `all` and their like. */
  readonly local: ReadonlySet<string>;
}

const parsed = (source: string): Expression => {
  try {
    return celLibrary().parse(source).expr;
  } catch (cause) {
    throw new RangeError(`it is no CEL expression: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
};

const typeOf = (expression: Expression | undefined, scope: Scope): Type => {
  const kind = expression?.exprKind;
  switch (kind?.case) {
    case 'constExpr':
      return constants[kind.value.constantKind.case ?? ''] ?? 'any';
    case 'identExpr':
      return typeOfName(kind.value.name, scope);
    case 'selectExpr': {
      const operand = typeOf(kind.value.operand, scope);
      if (operand !== 'map' && operand !== 'any')
        throw new RangeError(`a ${operand} has no field "${kind.value.field}"; only \`tags\` has fields`);
      return kind.value.testOnly ? 'bool' : operand === 'map' ? 'string' : 'any';
    }
    case 'callExpr':
      return typeOfCall(kind.value.function, kind.value.target, kind.value.args, scope);
    case 'listExpr':
      for (const element of kind.value.elements) typeOf(element, scope);
      return 'list';
    case 'structExpr':
      for (const { value } of kind.value.entries) typeOf(value, scope);
      return 'map';
    case 'comprehensionExpr': {
      const { iterRange, accuInit, loopCondition, loopStep, result, iterVar, iterVar2, accuVar } = kind.value;
      typeOf(iterRange, scope);
      typeOf(accuInit, scope);
      const inside = { ...scope, local: new Set([...scope.local, iterVar, iterVar2, accuVar]) };
      typeOf(loopCondition, inside);
      typeOf(loopStep, inside);
      return typeOf(result, inside);
    }
    default:
      return 'any';
  }
};

const constants: Readonly<Record<string, Type>> = {
  boolValue: 'bool',
  int64Value: 'int',
  uint64Value: 'int',
  doubleValue: 'double',
  stringValue: 'string',
  nullValue: 'null',
};

const typeOfName = (name: string, { found, local }: Scope): Type => {
  if (local.has(name)) return 'any';
  const variable = celVariables[name];
  if (!variable || !Object.hasOwn(celVariables, name))
    throw new RangeError(`there is no "${name}"; there are ${Object.keys(celVariables).join(', ')}`);
  found.variables.add(name);
  return variable.kind === 'tags' ? 'map' : variable.kind;
};

const typeOfCall = (
  name: string,
  target: Expression | undefined,
  args: readonly Expression[],
  scope: Scope,
): Type => {
  const operands = target ? [target, ...args] : args;
  const types = operands.map((operand) => typeOf(operand, scope));
  const [first = 'any', second = 'any', third = 'any'] = types;
  if (
    name === '_&&_' ||
    name === '_||_' ||
    name === '!_' ||
    name === '@not_strictly_false' ||
    name === '__not_strictly_false__'
  ) {
    for (const type of types) need(type, ['bool'], written(name));
    return 'bool';
  }
  if (name === '_?_:_') {
    need(first, ['bool'], 'the question before "?"');
    return second === third ? second : 'any';
  }
  if (name === '_==_' || name === '_!=_') {
    if (!areComparable(first, second))
      throw new RangeError(`a ${first} is compared with a ${second}: they are never equal`);
    return 'bool';
  }
  if (comparisons.has(name)) {
    need(first, ['int', 'double', 'string'], written(name));
    if (!areComparable(first, second))
      throw new RangeError(`a ${first} is compared with a ${second} by "${written(name)}"`);
    return 'bool';
  }
  if (name === '@in') {
    need(second, ['list', 'map'], 'what stands behind "in"');
    return 'bool';
  }
  if (name === '_[_]') {
    need(first, ['list', 'map'], 'what stands before "["');
    return first === 'map' ? 'string' : 'any';
  }
  if (arithmetic.has(name)) return typeOfSum(name, first, second, types.length);
  return typeOfFunction(name, types, args, scope);
};

const comparisons = new Set(['_<_', '_<=_', '_>_', '_>=_']);
const arithmetic = new Set(['_+_', '_-_', '_*_', '_/_', '_%_', '-_']);

const typeOfSum = (name: string, first: Type, second: Type, count: number): Type => {
  need(first, name === '_+_' ? ['int', 'double', 'string', 'list'] : ['int', 'double'], written(name));
  if (count === 1 || second === 'any') return first;
  if (first === 'any') return second;
  if (first !== second)
    throw new RangeError(
      `"${written(name)}" takes two of a kind, not a ${first} and a ${second}; \`double(x)\` turns an int`,
    );
  return first;
};

/** Functions there are, what they take and give. */
const functions: Readonly<
  Record<string, { readonly takes: readonly (readonly Type[])[]; readonly gives: Type }>
> = {
  contains: { takes: [['string'], ['string']], gives: 'bool' },
  startsWith: { takes: [['string'], ['string']], gives: 'bool' },
  endsWith: { takes: [['string'], ['string']], gives: 'bool' },
  matches: { takes: [['string'], ['string']], gives: 'bool' },
  size: { takes: [['string', 'list', 'map']], gives: 'int' },
  int: { takes: [['int', 'double', 'string']], gives: 'int' },
  double: { takes: [['int', 'double', 'string']], gives: 'double' },
  string: { takes: [['int', 'double', 'string', 'bool']], gives: 'string' },
};

const typeOfFunction = (
  name: string,
  types: readonly Type[],
  args: readonly Expression[],
  { found }: Scope,
): Type => {
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!known)
    throw new RangeError(`there is no function "${name}"; there are ${Object.keys(functions).join(', ')}`);
  if (types.length !== known.takes.length)
    throw new RangeError(`"${name}" takes ${known.takes.length} values, not ${types.length}`);
  for (const [index, takes] of known.takes.entries()) need(types[index] ?? 'any', takes, `"${name}"`);
  const pattern = name === 'matches' ? constantText(args.at(-1)) : undefined;
  if (pattern !== undefined) {
    compilePattern(pattern);
    found.patterns.add(pattern);
  }
  return known.gives;
};

const constantText = (expression: Expression | undefined): string | undefined => {
  const kind = expression?.exprKind;
  if (kind?.case !== 'constExpr' || kind.value.constantKind.case !== 'stringValue') return undefined;
  return kind.value.constantKind.value;
};

const need = (type: Type, wanted: readonly Type[], where: string): void => {
  if (type !== 'any' && !wanted.includes(type))
    throw new RangeError(`${where} takes a ${wanted.join(' or ')}, not a ${type}`);
};

const numbers: ReadonlySet<Type> = new Set<Type>(['int', 'double']);

const areComparable = (first: Type, second: Type): boolean =>
  first === second || first === 'any' || second === 'any' || (numbers.has(first) && numbers.has(second));

const written = (name: string): string => name.replaceAll('_', '');
