import { findingCodes } from '../src/app/config-findings.ts';
import { configJsonSchema } from '../src/app/config-json-schema.ts';
import { isObject, type JsonObject, type JsonValue } from '../src/core/json.ts';
import { providerKinds } from '../src/providers/index.ts';
import type { Place, ProviderKind } from '../src/providers/provider.ts';

/** docs/reference/configuration.md, from the schema itself. */
export const configurationPage = (): string => {
  const schema = configJsonSchema();
  const sections = Object.entries(propertiesOf(schema)).map(([name, section]) => sectionText(name, section));
  return `# Configuration

The gateway reads \`tierwise.yaml\` in the folder it is started in, or the file of \`--config\`. Every key is
optional, and an empty file is a working gateway. \`tierwise init\` writes a first one,
\`tierwise check\` lists everything that is wrong with it, and a running gateway re-reads it when it
changes and at \`SIGHUP\`; a broken file is refused and the old configuration stays.
[\`examples/tierwise.yaml\`](../../examples/tierwise.yaml) shows every part.

- **Variables.** \`\${NAME}\` stands for an environment variable, \`\${NAME:-default}\` for one that may be
  missing; an empty one counts as missing. Inside \`{ }\` and \`[ ]\` it needs quotes. \`$\${\` is a plain \`\${\`.
  Values of variables are never printed. Keys of providers belong into variables.
- **Durations** are written \`250ms\`, \`30s\`, \`10m\`, \`2h\`, \`7d\`, or as a number of milliseconds.
  **Sizes** are written \`512kb\`, \`32mb\`, \`1gb\` (of 1024 each), or as a number of bytes.
- **Models** are named \`provider/name\`, as \`tierwise models\` lists them.
- **Editors.** With \`# yaml-language-server: $schema=./tierwise.schema.json\` as the first line, an editor
  knows the keys; \`tierwise init\` writes the schema beside the file.

${sections.join('\n\n')}

## What \`check\` can find

| code | meaning |
| --- | --- |
${Object.entries(findingCodes)
  .map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  .join('\n')}
`;
};

const sectionText = (name: string, section: JsonValue | undefined): string => {
  const head = [`## \`${name}\``, isObject(section) ? String(section.description ?? '') : ''];
  const rows = name === 'providers' ? providerRows(section) : rowsOf(section, name);
  const table =
    rows.length === 0 ? [] : [`| key | takes | default | |\n| --- | --- | --- | --- |\n${rows.join('\n')}`];
  const extra = name === 'providers' ? [kindsTable()] : [];
  return [...head, ...extra, ...table, ...(notes[name] ?? [])].join('\n\n');
};

const notes: Readonly<Record<string, readonly string[]>> = {
  providers: [
    'A model under `providers.NAME.models` takes the keys of the next section; its `prices` are needed.',
  ],
  routes: ['What stands in `when` is on the page [Rules](rules.md).'],
};

const providerRows = (section: JsonValue | undefined): readonly string[] => {
  const entry = isObject(section) ? section.additionalProperties : undefined;
  const variants = isObject(entry) && Array.isArray(entry.oneOf) ? entry.oneOf.filter(isObject) : [];
  // all kinds take the same keys; what differs stands in the table of kinds
  const [first] = variants;
  const rows = rowsOf(first, 'providers.NAME').filter(
    (row) => !/^\| `providers\.NAME\.(type|key|baseUrl)`/.test(row),
  );
  return [
    '| `providers.NAME.type` | one of the types above | needed | |',
    `| \`providers.NAME.key\` | text | see above | Its API key, as \`\${NAME}\`. |`,
    "| `providers.NAME.baseUrl` | address | see above | With the version path, as the vendor's SDK has it. |",
    ...rows,
  ];
};

const kindsTable = (): string => {
  const rows = providerKinds.map((kind) =>
    [
      `\`${kind.type}\``,
      kind.endpoints.map(({ dialect }) => dialect).join(', '),
      addressOf(kind),
      [...kind.keyVariables, ...(kind.keyParts ? [kind.keyParts.join(':')] : [])]
        .map((variable) => `\`${variable}\``)
        .join(', ') || (kind.needsKey ? 'needed' : 'none needed'),
      kind.surfaces.join(', '),
    ].join(' | '),
  );
  return [
    '| type | dialects | default address | key by default from | passed through beside chat |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
};

const addressOf = ({ baseUrl, basePath, exchangeHeader, place }: ProviderKind): string => {
  if (baseUrl !== undefined) return `\`${baseUrl}\``;
  if (place) return placeText(place);
  if (exchangeHeader !== undefined) return 'its own, started with the gateway';
  return basePath === undefined ? 'needed' : `needed: \`https://…${basePath}\``;
};

/** An address as far as it is known, and what the rest is taken from. */
const placeText = ({ regionVariables, projectVariables, region, baseUrl }: Place): string => {
  const from = (name: string, variables: readonly string[], fallback?: string): string =>
    `\`${name}\` (${variables.map((variable) => `\`${variable}\``).join(', ')}${fallback === undefined ? '' : `, else \`${fallback}\``})`;
  const parts = [
    from('region', regionVariables, region),
    ...(projectVariables ? [from('project', projectVariables)] : []),
  ];
  return `\`${baseUrl('REGION', 'PROJECT')}\`, from ${parts.join(' and ')}`;
};

/** A row for each key below a section, by its full path. */
const rowsOf = (schema: JsonValue | undefined, path: string, condition = ''): readonly string[] => {
  if (!isObject(schema)) return [];
  const needed = new Set(Array.isArray(schema.required) ? schema.required.map(String) : []);
  const own = Object.entries(propertiesOf(schema)).flatMap(([key, property]) => {
    if (!isObject(property) || property.const !== undefined) return [];
    const inside = `${path}.${key}`;
    const below = isToldElsewhere(inside) ? [] : rowsOf(property, inside, condition);
    return [row(inside, property, needed.has(key), below.length > 0, condition), ...below];
  });
  const below = [
    ...(isObject(schema.additionalProperties)
      ? rowsOf(schema.additionalProperties, `${path}.NAME`, condition)
      : []),
    ...(isObject(schema.items) ? rowsOf(schema.items, `${path}[]`, condition) : []),
  ];
  return [...own, ...variantRows(schema, path), ...below];
};

/** Alternatives told apart by their `type` in one table: the types, then each one's own keys. */
const variantRows = (schema: JsonObject, path: string): readonly string[] => {
  const variants = [schema.oneOf, schema.anyOf].find(Array.isArray)?.filter(isObject) ?? [];
  const typeOf = (variant: JsonObject): string | undefined => {
    const { type } = propertiesOf(variant);
    return isObject(type) && typeof type.const === 'string' ? type.const : undefined;
  };
  const types = variants.map(typeOf).filter((type) => type !== undefined);
  if (types.length === 0) return variants.flatMap((variant) => rowsOf(variant, path));
  return [
    `| \`${path}.type\` | ${types.map((type) => `\`${type}\``).join(', ')} | needed | |`,
    ...together(variants.flatMap((variant) => rowsOf(variant, path, conditionOf([typeOf(variant)])))),
  ];
};

const conditionOf = (types: readonly (string | undefined)[]): string =>
  `With \`type: ${types.join('`, `')}\`. `;

/** Rows that say the same of several types, told once. */
const together = (rows: readonly string[]): readonly string[] => {
  const types = new Map<string, string[]>();
  for (const text of rows) {
    const [, type = ''] = aboutType.exec(text) ?? [];
    const rest = text.replace(aboutType, aboutMany);
    types.set(rest, [...(types.get(rest) ?? []), type]);
  }
  return [...types].map(([rest, of]) => rest.replace(aboutMany, conditionOf(of)));
};

const aboutType = /With `type: ([^`]+)`\. /;
const aboutMany = 'With <types>. ';

/** Conditions have a page of their own, and a model's keys are the same in both places. */
const isToldElsewhere = (path: string): boolean => path.endsWith('.when') || path === 'providers.NAME.models';

const row = (
  path: string,
  schema: JsonObject,
  isNeeded: boolean,
  hasBelow: boolean,
  condition: string,
): string => {
  const fallback = isNeeded
    ? 'needed'
    : isPlain(schema.default) && !hasBelow
      ? `\`${JSON.stringify(schema.default)}\``
      : '';
  const takes = path.endsWith('.when') ? 'conditions' : typeText(schema);
  return `| \`${path}\` | ${takes} | ${fallback} | ${cell((condition + String(schema.description ?? '')).trim())} |`;
};

const isPlain = (value: JsonValue | undefined): boolean =>
  value !== undefined && (typeof value !== 'object' || Array.isArray(value));

const typeText = (schema: JsonObject): string => {
  if (typeof schema.title === 'string') return schema.title;
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${value}\``).join(', ');
  const variants = [schema.oneOf, schema.anyOf, schema.allOf].find(Array.isArray)?.filter(isObject);
  if (variants) return [...new Set(variants.map(typeText))].join(' or ');
  if (schema.type === 'array')
    return isObject(schema.items) && Object.keys(schema.items).length > 0
      ? `list of ${plural(typeText(schema.items))}`
      : 'list';
  return words[String(schema.type)] ?? 'anything';
};

const plural = (type: string): string => (type === 'text' || type === 'section' ? `${type}s` : type);

const words: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true`, `false`',
  object: 'section',
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const propertiesOf = (schema: JsonObject): JsonObject =>
  isObject(schema.properties) ? schema.properties : {};
