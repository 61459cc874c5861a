import type { Scenario } from '../scenario.ts';
import { cutStreams } from './broken-streams.ts';
import { connectRefused, noFirstByte } from './connecting.ts';
import { errorFirst, noAnswer } from './no-answers.ts';
import { cutAnywhere, malformedStreams } from './odd-bytes.ts';
import { silence } from './silence.ts';

/** Every scenario there is, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  connectRefused,
  noFirstByte,
  silence,
  cutStreams,
  cutAnywhere,
  malformedStreams,
  errorFirst,
  noAnswer,
];
