import { answerSize } from './answer-size.ts';
import { askCount } from './ask-count.ts';
import { code } from './code.ts';
import { compaction } from './compaction.ts';
import { constraints } from './constraints.ts';
import { context } from './context.ts';
import type { FeaturePlug } from './feature.ts';
import { mathematics } from './mathematics.ts';
import { reasks } from './reasks.ts';
import { reasoning } from './reasoning.ts';
import { script } from './script.ts';
import { shape } from './shape.ts';
import { size } from './size.ts';
import { structured } from './structured.ts';
import { subagent } from './subagent.ts';
import { task } from './task/task.ts';
import { toolSet } from './tool-set.ts';
import { toolWork } from './tool-work.ts';

/** All features, in the order they are read: each sees what those before it have found. */
export const features: readonly FeaturePlug[] = [
  size,
  shape,
  structured,
  reasoning,
  script,
  code,
  askCount,
  constraints,
  mathematics,
  context,
  toolSet,
  toolWork,
  reasks,
  answerSize,
  compaction,
  subagent,
  task,
];
