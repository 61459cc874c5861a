import { GatewayError } from '../core/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts';

/**
 * Fields of a caller's object, checked. Null counts as absent: that is how OpenAI takes it.
 * `path` is the field's full name for the error; it is only made where the check fails.
 */
export type Path = string | (() => string);

/** The request is wrong in a way that every upstream would refuse. `message` begins with what is wrong with the field. */
export const refuse = (path: Path, message: string): never => {
  const param = typeof path === 'string' ? path : path();
  throw new GatewayError('invalid-request', `\`${param}\` ${message}`, { param });
};

export const optionalString = (value: JsonValue | undefined, path: Path): string | undefined => {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : refuse(path, `has to be a string; it is ${kindOf(value)}.`);
};

export const requiredString = (value: JsonValue | undefined, path: Path): string =>
  typeof value === 'string' && value !== ''
    ? value
    : refuse(path, `has to be a string that is not empty; it is ${kindOf(value)}.`);

export const optionalNumber = (value: JsonValue | undefined, path: Path): number | undefined => {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : refuse(path, `has to be a number; it is ${kindOf(value)}.`);
};

export const optionalInteger = (value: JsonValue | undefined, path: Path): number | undefined => {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number' && Number.isSafeInteger(value)
    ? value
    : refuse(path, `has to be a whole number; it is ${kindOf(value)}.`);
};

export const optionalBoolean = (value: JsonValue | undefined, path: Path): boolean | undefined => {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'boolean'
    ? value
    : refuse(path, `has to be true or false; it is ${kindOf(value)}.`);
};

export const optionalObject = (value: JsonValue | undefined, path: Path): JsonObject | undefined => {
  if (value === undefined || value === null) return undefined;
  return isObject(value) ? value : refuse(path, `has to be an object; it is ${kindOf(value)}.`);
};

export const requiredObject = (value: JsonValue | undefined, path: Path): JsonObject =>
  isObject(value) ? value : refuse(path, `has to be an object; it is ${kindOf(value)}.`);

export const optionalArray = (value: JsonValue | undefined, path: Path): readonly JsonValue[] | undefined => {
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value)
    ? (value as JsonValue[])
    : refuse(path, `has to be a list; it is ${kindOf(value)}.`);
};

/** How a value is called in an error: never its content, which may be long or secret. */
export const kindOf = (value: JsonValue | undefined): string => {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (value === '') return 'an empty string';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number')
    return Number.isInteger(value) ? `${value}` : 'a fraction or too large a number';
  return typeof value === 'boolean' ? `${value}` : `a ${typeof value}`;
};
