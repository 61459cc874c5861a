import { backup } from './backup.ts';
import { calibrate } from './calibrate.ts';
import { check } from './check.ts';
import type { Command } from './command.ts';
import { demo } from './demo.ts';
import { evaluate } from './evaluate.ts';
import { init } from './init.ts';
import { keysCreate } from './keys-create.ts';
import { label } from './label.ts';
import { logs } from './logs.ts';
import { models } from './models.ts';
import { publish } from './publish.ts';
import { report } from './report.ts';
import { route } from './route.ts';
import { serve } from './serve.ts';
import { simulateUpstream } from './simulate-upstream.ts';
import { train } from './train.ts';
import { tune } from './tune.ts';

/** Every command there is, in the order of the help. */
export const commands: readonly Command[] = [
  serve,
  init,
  check,
  route,
  models,
  logs,
  label,
  report,
  train,
  evaluate,
  calibrate,
  tune,
  publish,
  keysCreate,
  backup,
  demo,
  simulateUpstream,
];
