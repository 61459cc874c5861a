import type { Scenario } from '../scenario.ts';
import { ambiguousBodies } from './ambiguous-bodies.ts';
import { cutStreams } from './broken-streams.ts';
import { compressedAnswers } from './compressed.ts';
import { connectRefused, noFirstByte } from './connecting.ts';
import { foreignAddresses } from './foreign-addresses.ts';
import { hangUps, moneyOnHangUp } from './hang-ups.ts';
import { hedging } from './hedging.ts';
import { errorFirst, noAnswer } from './no-answers.ts';
import { cutAnywhere, malformedStreams } from './odd-bytes.ts';
import { breaker, slowTarget, totalOutage } from './outages.ts';
import { overload } from './overload.ts';
import { errorTable, retryAfter } from './rate-limits.ts';
import { oddHttp, oddPaths, smuggling } from './raw-http.ts';
import { silence } from './silence.ts';
import { slowLoris, stoppedReaders } from './slow-callers.ts';
import { stopping } from './stopping.ts';
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
  hedging,
  oddUsage,
  slowLoris,
  stoppedReaders,
  hangUps,
  moneyOnHangUp,
  ambiguousBodies,
  overload,
  stopping,
  oddHttp,
  foreignAddresses,
  oddPaths,
  smuggling,
];
