import type { BenchTable } from '../table.ts';
import { calibration } from './calibration.ts';
import { certificate } from './certificate.ts';
import { learningCurve } from './learning-curve.ts';
import { ownLabels } from './own-labels.ts';

/** In the order they are printed in. */
export const tables: readonly BenchTable[] = [ownLabels, learningCurve, calibration, certificate];
