import { tasks } from '../src/core/features.ts';
import { celVariables } from '../src/routing/conditions/cel-variables.ts';
import { conditions } from '../src/routing/conditions/index.ts';
import { defaultGuardrails, selectionMatrix } from '../src/routing/default-rules.ts';
import { gates } from '../src/routing/gates/index.ts';
import { strategies } from '../src/routing/strategies/index.ts';

/** docs/reference/rules.md, from the lists of conditions, strategies and gates. */
export const rulesPage = (): string => `# Rules

A route of the strategy \`rules\` is a list; the first rule whose \`when\` holds decides. \`use\` names a tier
or a model, or a list of them, of which the first is asked first and the rest are fallbacks. Where no
rule holds, \`otherwise\` does (default: \`mid\`).

\`\`\`yaml
routes:
  auto:
    strategy:
      type: rules
      rules:
        - name: quick edits
          when: { task: [formatting, completion], tokens: { max: 4000 } }
          use: light
        - name: research at night
          when: { caller: research-*, hours: { from: "22:00", to: "06:00", zone: Europe/Berlin } }
          use: [local/qwen3-8b, light]
      otherwise: mid
\`\`\`

## Conditions

All keys of a \`when\` must hold; an empty one always does. Three more join others: \`not\` holds where what
is in it does not, \`any\` where one of its list does, \`all\` where every one does.

| condition | what it looks at | how it is written |
| --- | --- | --- |
${conditions.map(({ type, summary, config }) => `| \`${type}\` | ${summary} | ${cell(config.description)} |`).join('\n')}

The *newest ask* is what the user said last, with reminders, attached files, tool results and pasted
context of a template set apart. Instructions and tool lists that come with every call are no part of it.

## What an expression may name

| name | type | meaning |
| --- | --- | --- |
${Object.entries(celVariables)
  .map(([name, { kind, summary }]) => `| \`${name}\` | ${kind === 'tags' ? 'map' : kind} | ${summary} |`)
  .join('\n')}

Expressions know \`contains\`, \`startsWith\`, \`endsWith\`, \`matches\` (RE2), \`size\`, \`int\`, \`double\`, \`string\`,
\`in\`, the macros \`has\`, \`exists\`, \`all\`, and the usual operators.

## Tasks

${tasks.map((task) => `\`${task}\``).join(', ')}.

They are recognised from the newest ask by a linear model over explicit signals: the verb an order opens
with and what it is about, the form of a question, code, patches, stack traces, mathematics, multiple
choice, length. \`unsure\` is the answer wherever the best guess is not clearly ahead, for languages it
cannot read, and for short follow-ups ("yes", "the second one"). It does not measure how hard a thing is.

## The default rules

A route that names no rules has these: the selection matrix. Nothing that is \`unsure\` goes to \`light\`.

| rule | when | use | because |
| --- | --- | --- | --- |
${selectionMatrix.map(({ name, when, use, because }) => `| ${name} | ${cell(`\`${JSON.stringify(when)}\``)} | \`${use}\` | ${because} |`).join('\n')}

## Rules of a hybrid

With the strategy \`hybrid\` every rule that holds counts, in order. \`use\` decides; \`atLeast\`, \`atMost\` and
\`among\` bound what the policy may choose. Each narrows what those before it have left; one that would
leave nobody gives way, and the reasons of the decision say so. Whatever a policy predicts, nothing
outside the bounds is asked. A hybrid that names no rules has these:

| rule | when | bound |
| --- | --- | --- |
${defaultGuardrails()
  .map(
    ({ name, when, ...bound }) =>
      `| ${name} | ${cell(`\`${JSON.stringify(when)}\``)} | ${boundText(bound)} |`,
  )
  .join('\n')}

## Strategies

| strategy | what it does |
| --- | --- |
${strategies.map(({ type, summary }) => `| \`${type}\` | ${summary} |`).join('\n')}

How \`classifier\` and \`hybrid\` decide, and what they do where they know too little, is on the page
[Let a policy choose](../how-to/classifier.md).

## Gates

They apply whatever a rule says, in this order: ${gates.map(({ name }) => `\`${name}\``).join(', ')}. A model that
one of them refuses is left out of the plan, and the decision keeps the reason. Who asks for a model by
its own name gets it: where the caller speaks the model's own protocol, the vendor judges the request.
`;

const boundText = (bound: object): string =>
  Object.entries(bound)
    .map(([key, value]) => `\`${key}: ${value}\``)
    .join(', ');

const cell = (text = ''): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
