import type { Scenario } from '../scenario.ts';
import { cutStreams } from './broken-streams.ts';
import { compressedAnswers } from './compressed.ts';
import { connectRefused, noFirstByte } from './connecting.ts';
import { errorFirst, noAnswer } from './no-answers.ts';
import { cutAnywhere, malformedStreams } from './odd-bytes.ts';
import { breaker, slowTarget, totalOutage } from './outages.ts';
import { errorTable, retryAfter } from './rate-limits.ts';
import { silence } from './silence.ts';
import { oddUsage } from './usage.ts';

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
  retryAfter,
  errorTable,
  compressedAnswers,
  totalOutage,
  breaker,
  slowTarget,
  oddUsage,
];
