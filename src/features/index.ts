import { askCount } from './ask-count.ts';
import { code } from './code.ts';
import type { FeaturePlug } from './feature.ts';
import { reasoning } from './reasoning.ts';
import { script } from './script.ts';
import { shape } from './shape.ts';
import { size } from './size.ts';
import { structured } from './structured.ts';
import { task } from './task/task.ts';

/** All features, in the order they are read: each sees what those before it have found. */
export const features: readonly FeaturePlug[] = [
  size,
  shape,
  structured,
  reasoning,
  script,
  code,
  askCount,
  task,
];
