import type { BenchTable } from '../table.ts';
import { calibration } from './calibration.ts';
import { certificate } from './certificate.ts';
import { codingTasks } from './coding-tasks.ts';
import { learningCurve } from './learning-curve.ts';
import { ownLabels } from './own-labels.ts';
import { routerBench } from './routerbench.ts';
import { toolTasks } from './tool-tasks.ts';

/** In the order they are printed in. */
export const tables: readonly BenchTable[] = [
  ownLabels,
  learningCurve,
  routerBench,
  codingTasks,
  toolTasks,
  calibration,
  certificate,
];
