import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts';

/** What free texts in an instance are made of. */
export interface InstanceWords {
  /** For fields that sound like the answer itself. */
  readonly answer: string;
  /** Names found in the prompt, for fields that sound like places, people or things. */
  readonly names: readonly string[];
  /** Of a file named in the prompt, for fields that sound like one. */
  readonly path?: string | undefined;
  /** What need not be there is left out, as models leave out optional arguments. */
  readonly isSparing?: boolean;
}

/** A value that a JSON schema accepts, for schemas as people write them for models; strings are made of the words. */
export const instanceOf = (schema: JsonObject, words: InstanceWords): JsonValue =>
  someValue(schema, { words, root: schema }, 'answer', 0);

interface Making {
  readonly words: InstanceWords;
  readonly root: JsonObject;
}

const deepest = 12;

const someValue = (schema: JsonValue | undefined, making: Making, name: string, depth: number): JsonValue => {
  if (!isObject(schema) || depth > deepest) return null;
  if ('const' in schema) return schema.const ?? null;
  if (Array.isArray(schema.enum)) return chosen(schema.enum as readonly JsonValue[], making.words);
  if (typeof schema.$ref === 'string')
    return someValue(resolve(schema.$ref, making.root), making, name, depth + 1);
  if (Array.isArray(schema.allOf)) return someValue(merged(schema, making.root), making, name, depth + 1);
  const branches = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(branches))
    return someValue(
      branches.find((branch) => isObject(branch) && branch.type !== 'null'),
      making,
      name,
      depth + 1,
    );
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(schema, making, depth);
    case 'array':
      return arrayOf(schema, making, name, depth);
    case 'integer':
      return wholeOf(schema);
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return stringOf(schema, making.words, name);
  }
};

const typeOf = (schema: JsonObject): string => {
  const types = Array.isArray(schema.type) ? (schema.type as readonly JsonValue[]) : [schema.type];
  const type = types.find((each) => typeof each === 'string' && each !== 'null') ?? types[0];
  if (typeof type === 'string') return type;
  if (isObject(schema.properties)) return 'object';
  return 'items' in schema ? 'array' : 'string';
};

const objectOf = (schema: JsonObject, making: Making, depth: number): JsonObject => {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required)
    ? schema.required.filter((each) => typeof each === 'string')
    : [];
  // near the bottom of a schema that refers to itself only what must be there is there
  const isSparing = depth > deepest / 2 || (making.words.isSparing && required.length > 0);
  const names = isSparing ? required : [...new Set([...Object.keys(properties), ...required])];
  return Object.fromEntries(
    names.map((name) => [name, someValue(properties[name] ?? { type: 'string' }, making, name, depth + 1)]),
  );
};

const arrayOf = (schema: JsonObject, making: Making, name: string, depth: number): readonly JsonValue[] => {
  const least =
    typeof schema.minItems === 'number' ? Math.min(schema.minItems, 50) : depth > deepest / 2 ? 0 : 1;
  if (Array.isArray(schema.prefixItems))
    return schema.prefixItems.map((item) => someValue(item, making, name, depth + 1));
  return Array.from({ length: least }, () =>
    someValue(schema.items ?? { type: 'string' }, making, name, depth + 1),
  );
};

const wholeOf = (schema: JsonObject): number => {
  const step = typeof schema.multipleOf === 'number' && schema.multipleOf > 0 ? schema.multipleOf : 1;
  return Math.ceil(Math.round(numberOf(schema)) / step) * step;
};

const numberOf = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject): number => {
  const least =
    typeof minimum === 'number'
      ? minimum
      : typeof exclusiveMinimum === 'number'
        ? exclusiveMinimum + 1
        : null;
  const most =
    typeof maximum === 'number'
      ? maximum
      : typeof exclusiveMaximum === 'number'
        ? exclusiveMaximum - 1
        : null;
  const usual = 3;
  return Math.max(least ?? Number.NEGATIVE_INFINITY, Math.min(most ?? Number.POSITIVE_INFINITY, usual));
};

const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-05-04T09:30:00Z',
  date: '2026-05-04',
  time: '09:30:00Z',
  duration: 'PT1H',
  email: 'someone@example.com',
  hostname: 'host.example.com',
  uri: 'https://example.com/',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '3f2b8c1e-5a4d-4e6f-9b7a-0c1d2e3f4a5b',
};

const stringOf = (schema: JsonObject, words: InstanceWords, name: string): string => {
  const { format, minLength, maxLength } = schema;
  if (typeof format === 'string' && formats[format] !== undefined) return formats[format];
  const isNamed = /city|location|place|name|country|person|user|customer|subject|topic/i.test(name);
  const text =
    (isNamed ? words.names[0] : undefined) ??
    (/path|file/i.test(name) ? words.path : undefined) ??
    (/^(?:cmd|command)$/i.test(name) && words.path ? `cat ${words.path}` : undefined) ??
    (/query|answer|text|summary|content|message|title|reason|prompt|^input$/i.test(name)
      ? words.answer
      : `simulated ${name}`);
  const least = typeof minLength === 'number' ? Math.min(minLength, 10_000) : 0;
  const most = typeof maxLength === 'number' ? maxLength : 10_000;
  return text.padEnd(least, '.').slice(0, most);
};

/** The choice that the prompt names, else the first. */
const chosen = (choices: readonly JsonValue[], { answer }: InstanceWords): JsonValue =>
  choices.find(
    (choice) => typeof choice === 'string' && answer.toLowerCase().includes(choice.toLowerCase()),
  ) ??
  choices[0] ??
  null;

const resolve = (reference: string, root: JsonObject): JsonValue | undefined => {
  let at: JsonValue | undefined = root;
  for (const key of reference.replace(/^#\/?/, '').split('/').filter(Boolean))
    at = isObject(at) ? at[key.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  return at;
};

const merged = ({ allOf, ...own }: JsonObject, root: JsonObject): JsonObject => {
  const parts = (allOf as readonly JsonValue[]).map((part) =>
    isObject(part) && typeof part.$ref === 'string' ? resolve(part.$ref, root) : part,
  );
  const properties: Record<string, JsonValue | undefined> = {};
  const required: JsonValue[] = [];
  const rest: Record<string, JsonValue | undefined> = {};
  for (const part of [...parts.filter(isObject), own]) {
    Object.assign(rest, part);
    if (isObject(part.properties)) Object.assign(properties, part.properties);
    required.push(...asList(part.required));
  }
  return { ...rest, properties, required };
};

const asList = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);
