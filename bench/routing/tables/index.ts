import { agentSessionsTable } from '../agent-sessions.ts';
import type { BenchTable } from '../table.ts';
import { calibration } from './calibration.ts';
import { certificate } from './certificate.ts';
import { codingTasks } from './coding-tasks.ts';
import { decisionTime } from './decision-time.ts';
import { learningCurve } from './learning-curve.ts';
import { ownLabels } from './own-labels.ts';
import { routerBench } from './routerbench.ts';
import { stability } from './stability.ts';
import { toolTasks } from './tool-tasks.ts';
import { trainedElsewhere } from './trained-elsewhere.ts';

/** In the order they are printed in. */
export const tables: readonly BenchTable[] = [
  trainedElsewhere,
  ownLabels,
  learningCurve,
  routerBench,
  codingTasks,
  toolTasks,
  agentSessionsTable(),
  calibration,
  certificate,
  stability,
  decisionTime,
];
