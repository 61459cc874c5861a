import { compileRe2 } from './re2.ts';

/**
 * What of a JSON value does not fit a schema, in words that begin with its place ("`$.items[2].price` is missing");
 * undefined where all of it fits. Keywords that are not known here hold, and so does everything once a schema asks
 * for more looks than `mostChecks`: a check that gives up must not refuse.
 */
export const misfitOf = (value: unknown, schema: unknown): string | undefined =>
  new Check(schema).check(value, schema, '$', 0);

const mostChecks = 100_000;
/** Steps of a pattern that take as long as one look. */
const stepsInLook = 100;
/** Looks to read a character of a pattern, and to repeat it. */
const looksToRead = 5;
const looksToRepeat = 0.5;
/** Characters that are resolved or written out as fast. */
const charsInLook = 10;
/** Of schemas in schemas: `{"$ref":"#"}` would never end. */
const deepest = 200;

type Schema = Readonly<Record<string, unknown>>;

class Check {
  readonly #root: unknown;
  readonly #patterns = new Map<string, Pattern | undefined>();
  readonly #resolved = new Map<string, unknown>();
  readonly #choices = new Map<unknown, ReadonlySet<string>>();
  #left = mostChecks;

  constructor(root: unknown) {
    this.#root = root;
  }

  check(value: unknown, schema: unknown, path: string, depth: number): string | undefined {
    if (schema === false) return `\`${path}\` may not be there`;
    if (!isRecord(schema) || this.#left-- <= 0 || depth > deepest) return undefined;
    return (
      this.#checkRefs(value, schema, path, depth) ??
      typeMisfit(value, schema, path) ??
      this.#checkChoice(value, schema, path) ??
      (typeof value === 'string' ? this.#checkText(value, schema, path) : undefined) ??
      (typeof value === 'number' ? numberMisfit(value, schema, path) : undefined) ??
      (Array.isArray(value) ? this.#checkList(value, schema, path, depth) : undefined) ??
      (isRecord(value) ? this.#checkObject(value, schema, path, depth) : undefined) ??
      this.#checkCombined(value, schema, path, depth)
    );
  }

  #checkRefs(value: unknown, { $ref }: Schema, path: string, depth: number): string | undefined {
    if (typeof $ref !== 'string') return undefined;
    if (!this.#resolved.has($ref)) {
      if (!this.#spend($ref.length / charsInLook)) return undefined;
      this.#resolved.set($ref, this.#resolve($ref));
    }
    return this.check(value, this.#resolved.get($ref), path, depth + 1);
  }

  /** False where nothing may be looked at any more: then all of it holds. */
  #spend(looks: number): boolean {
    this.#left -= looks;
    return this.#left > 0;
  }

  /** The same text for the same value, whatever the order of its members; undefined where that takes too long. */
  #canonical(value: unknown): string | undefined {
    const text = this.#left > 0 ? canonical(value) : undefined;
    return text !== undefined && this.#spend(text.length / charsInLook) ? text : undefined;
  }

  #checkChoice(value: unknown, schema: Schema, path: string): string | undefined {
    const { enum: choices } = schema;
    if (!('const' in schema) && !Array.isArray(choices)) return undefined;
    const own = this.#canonical(value);
    if (own === undefined) return undefined;
    if ('const' in schema && !this.#isAmong(own, schema, [schema.const]))
      return `\`${path}\` is not the one value that it has to be`;
    return Array.isArray(choices) && !this.#isAmong(own, choices, choices)
      ? `\`${path}\` is none of the values that it may be`
      : undefined;
  }

  /** `of`: where the choices stand; they are written out once. */
  #isAmong(own: string, of: unknown, choices: readonly unknown[]): boolean {
    let known = this.#choices.get(of);
    if (!known) {
      const texts = choices.map((choice) => this.#canonical(choice));
      // of what could not be read all holds
      if (texts.includes(undefined)) return true;
      known = new Set(texts as string[]);
      this.#choices.set(of, known);
    }
    return known.has(own);
  }

  #checkText(text: string, { minLength, maxLength, pattern }: Schema, path: string): string | undefined {
    if ((isNumber(minLength) || isNumber(maxLength)) && this.#spend(text.length / charsInLook)) {
      // characters, not their halves
      const { length } = [...text];
      if (isNumber(minLength) && length < minLength)
        return `\`${path}\` is shorter than ${minLength} characters`;
      if (isNumber(maxLength) && length > maxLength)
        return `\`${path}\` is longer than ${maxLength} characters`;
    }
    return typeof pattern === 'string' && !this.#matches(pattern, text)
      ? `\`${path}\` does not match its pattern`
      : undefined;
  }

  /** One that cannot be had, or that would take too long, holds. */
  #matches(source: string, text: string): boolean {
    if (!this.#patterns.has(source)) {
      const isShort = this.#spend(source.length * (looksToRead + looksToRepeat * repeatsIn(source)));
      this.#patterns.set(source, isShort ? compiled(source) : undefined);
    }
    const pattern = this.#patterns.get(source);
    return (
      !pattern ||
      !this.#spend((pattern.programSize() * text.length) / stepsInLook) ||
      pattern.matcher(text).find()
    );
  }

  /** Of this document only; others are not fetched, so they hold. */
  #resolve(ref: string): unknown {
    if (!ref.startsWith('#')) return true;
    let found: unknown = this.#root;
    for (const part of ref.slice(1).split('/').slice(1)) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return true;
      found = (found as Schema)[key];
    }
    return found;
  }

  #checkList(list: readonly unknown[], schema: Schema, path: string, depth: number): string | undefined {
    const { minItems, maxItems, uniqueItems, prefixItems, items, contains } = schema;
    if (isNumber(minItems) && list.length < minItems) return `\`${path}\` has fewer than ${minItems} items`;
    if (isNumber(maxItems) && list.length > maxItems) return `\`${path}\` has more than ${maxItems} items`;
    if (uniqueItems === true && this.#hasTwice(list)) return `\`${path}\` has the same item twice`;
    const first = Array.isArray(prefixItems) ? prefixItems : [];
    for (let at = 0; at < list.length; at++) {
      const misfit = this.check(list[at], at < first.length ? first[at] : items, `${path}[${at}]`, depth + 1);
      if (misfit) return misfit;
    }
    const isContained =
      contains === undefined || list.some((item) => !this.check(item, contains, path, depth + 1));
    return isContained ? undefined : `\`${path}\` has no item of the kind that it has to contain`;
  }

  #hasTwice(list: readonly unknown[]): boolean {
    const seen = new Set<string>();
    for (const item of list) {
      const text = this.#canonical(item);
      if (text === undefined) return false;
      if (seen.has(text)) return true;
      seen.add(text);
    }
    return false;
  }

  #checkObject(object: Schema, schema: Schema, path: string, depth: number): string | undefined {
    const { required, properties, patternProperties, additionalProperties, minProperties, maxProperties } =
      schema;
    const keys = Object.keys(object);
    if (Array.isArray(required) && this.#spend(required.length / charsInLook))
      for (const key of required)
        if (typeof key === 'string' && !Object.hasOwn(object, key)) return `\`${path}.${key}\` is missing`;
    if (isNumber(minProperties) && keys.length < minProperties)
      return `\`${path}\` has fewer than ${minProperties} members`;
    if (isNumber(maxProperties) && keys.length > maxProperties)
      return `\`${path}\` has more than ${maxProperties} members`;
    const named = isRecord(properties) ? properties : {};
    const patterns = isRecord(patternProperties) ? Object.entries(patternProperties) : [];
    for (const key of keys) {
      const here = `${path}.${key.slice(0, 64)}`;
      const fitting = patterns.filter(([pattern]) => this.#matches(pattern, key)).map(([, each]) => each);
      if (Object.hasOwn(named, key)) fitting.push(named[key]);
      for (const each of fitting.length > 0 ? fitting : [additionalProperties]) {
        const misfit = this.check(object[key], each, here, depth + 1);
        if (misfit) return misfit;
      }
    }
    return undefined;
  }

  #checkCombined(value: unknown, schema: Schema, path: string, depth: number): string | undefined {
    const { allOf, anyOf, oneOf, not } = schema;
    const misfits = (list: unknown): readonly (string | undefined)[] =>
      Array.isArray(list) ? list.map((each) => this.check(value, each, path, depth + 1)) : [];
    const broken = misfits(allOf).find((misfit) => misfit !== undefined);
    if (broken) return broken;
    const any = misfits(anyOf);
    if (any.length > 0 && !any.includes(undefined)) return any.length === 1 ? any[0] : noneOf(path, any);
    const one = misfits(oneOf);
    const fits = one.filter((misfit) => misfit === undefined).length;
    if (one.length > 0 && fits === 0) return one.length === 1 ? one[0] : noneOf(path, one);
    if (fits > 1) return `\`${path}\` fits more than one of the kinds it has to be exactly one of`;
    return not !== undefined && this.check(value, not, path, depth + 1) === undefined
      ? `\`${path}\` is what it may not be`
      : undefined;
  }
}

const noneOf = (path: string, misfits: readonly (string | undefined)[]): string =>
  `\`${path}\` is none of the ${misfits.length} kinds it may be`;

const isRecord = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === 'number';

const typeMisfit = (value: unknown, { type, nullable }: Schema, path: string): string | undefined => {
  if (type === undefined || (nullable === true && value === null)) return undefined;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  return types.some((each) => isOfType(value, each))
    ? undefined
    : `\`${path}\` has to be of type ${types.join(' or ')}`;
};

const isOfType = (value: unknown, type: unknown): boolean => {
  switch (type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    case 'null':
      return value === null;
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
};

const numberMisfit = (
  number: number,
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: Schema,
  path: string,
): string | undefined => {
  if (isNumber(minimum) && number < minimum) return `\`${path}\` is less than ${minimum}`;
  if (isNumber(maximum) && number > maximum) return `\`${path}\` is more than ${maximum}`;
  if (isNumber(exclusiveMinimum) && number <= exclusiveMinimum)
    return `\`${path}\` is not more than ${exclusiveMinimum}`;
  if (isNumber(exclusiveMaximum) && number >= exclusiveMaximum)
    return `\`${path}\` is not less than ${exclusiveMaximum}`;
  if (!isNumber(multipleOf) || multipleOf <= 0) return undefined;
  const times = number / multipleOf;
  return Math.abs(times - Math.round(times)) > 1e-9
    ? `\`${path}\` is no multiple of ${multipleOf}`
    : undefined;
};

type Pattern = ReturnType<typeof compileRe2>;

/** In linear time, whatever the pattern. */
const compiled = (source: string): Pattern | undefined => {
  try {
    return compileRe2(source);
  } catch {
    return undefined;
  }
};

/** How often at most a piece of a pattern stands in what is compiled of it. */
const repeatsIn = (source: string): number => {
  let product = 1;
  for (const [, least, most] of source.matchAll(/\{(\d{1,4})(?:,(\d{1,4}))?/g))
    product = Math.min(mostRepeats, product * Math.max(1, Number(least), Number(most ?? 0)));
  return product;
};

/** RE2 refuses more. */
const mostRepeats = 1000;

/** Undefined where it stands in itself so deep that it cannot be written. */
const canonical = (value: unknown): string | undefined => {
  try {
    return (
      JSON.stringify(value, (_key, inner: unknown) =>
        isRecord(inner)
          ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
          : inner,
      ) ?? 'undefined'
    );
  } catch {
    return undefined;
  }
};
