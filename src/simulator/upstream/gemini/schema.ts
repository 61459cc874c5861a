import { isObject, type JsonValue } from '../../../core/json.ts';
import { listOf, schemasIn } from '../schema-walk.ts';
import { fieldsOf } from './fields.ts';
import { invalid, unknownField } from './problem.ts';

// "$schema" is in no list of theirs, but Google's own Gemini CLI sends it
const jsonSchemaKeywords = fieldsOf(
  '$schema $id $defs $ref $anchor type format title description enum items prefixItems minItems maxItems minimum maximum anyOf oneOf properties additionalProperties required propertyOrdering',
);

const openApiKeywords = fieldsOf(
  'type format title description nullable enum items minItems maxItems properties required propertyOrdering minProperties maxProperties minimum maximum minLength maxLength pattern example anyOf default',
);

const types = fieldsOf('string number integer boolean array object null');

/** JSON schema, as far as answers are held to it; those of tools may say more. */
export const checkResponseSchema = (root: JsonValue | undefined, path: string): void => {
  if (!isObject(root)) throw invalid(`Invalid value at '${path}': expected a JSON schema.`, path);
  for (const { schema, path: at } of schemasIn(root, path)) {
    const extra = Object.keys(schema).find((keyword) => !jsonSchemaKeywords.has(keyword));
    if (extra !== undefined) throw invalid(`Unsupported JSON schema keyword "${extra}" at '${at}'.`, at);
    const beside =
      '$ref' in schema ? Object.keys(schema).find((keyword) => !keyword.startsWith('$')) : undefined;
    if (beside !== undefined) throw invalid(`"${beside}" stands beside a $ref at '${at}'.`, at);
  }
};

/** The OpenAPI subset: one type each, in either case, and choices between texts only. */
export const checkOpenApiSchema = (root: JsonValue | undefined, path: string): void => {
  if (!isObject(root)) throw invalid(`Invalid value at '${path}': expected a schema.`, path);
  for (const { schema, path: at } of schemasIn(root, path)) {
    const extra = Object.keys(schema).find((keyword) => !openApiKeywords.has(keyword));
    if (extra !== undefined) throw unknownField(extra, at);
    const { type } = schema;
    if (type !== undefined && !(typeof type === 'string' && types.has(type.toLowerCase())))
      throw invalid(`Invalid value at '${at}.type' (TYPE_TYPE): ${JSON.stringify(type)}`, `${at}.type`);
    const odd = listOf(schema.enum).find((choice) => typeof choice !== 'string');
    if (odd !== undefined)
      throw invalid(`Invalid value at '${at}.enum' (TYPE_STRING): ${JSON.stringify(odd)}`, `${at}.enum`);
  }
};
