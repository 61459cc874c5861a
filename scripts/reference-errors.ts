import { errorCodes } from '../src/core/errors.ts';

/** docs/reference/errors.md, from the table itself. */
export const errorsPage = (): string => {
  const rows = Object.entries(errorCodes).map(
    ([code, { status, canRetry, meaning }]) =>
      `| \`${code}\` | ${status} | ${canRetry ? 'yes' : 'no'} | ${meaning} |`,
  );
  return `# Errors

Every error of the gateway's own comes in the caller's dialect: the body an OpenAI or Anthropic SDK
expects, so that it raises the class it has for it. Beside it, \`x-tierwise-error\` holds the code below
and \`x-request-id\` tells requests apart. From the moment a model was chosen there is a record, and
\`x-tierwise-exchange\` holds the id to look for in the ledger and the log; what was refused before has none.
An upstream's own refusal passes unchanged where the caller speaks its dialect, except what it says of the
gateway's credential, and whatever quotes a key.

"Retry" is what \`x-should-retry\` tells SDKs that ask.

| code | status | retry | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
};
