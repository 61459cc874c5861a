import type { Features } from '../core/features.ts';
import type { Escalation } from '../sessions/session-course.ts';
import type { HoldConfig } from './hold-config.ts';

/**
 * What goes wrong in a conversation, in words; undefined where nothing does, or nothing new since it went up last:
 * the same errors still stand in its history.
 */
export const trouble = (
  { toolErrors, repeats, reasks, isToolLoop }: Features,
  before: Escalation | undefined,
  limits: Exclude<HoldConfig['escalate'], false>,
): string | undefined => {
  if (toolErrors - sameAs(before?.toolErrors, toolErrors) >= limits.toolErrors)
    return `${toolErrors} errors in a row`;
  if (repeats - sameAs(before?.repeats, repeats) >= limits.repeats)
    return `the same call ${repeats + 1} times`;
  if (!isToolLoop && reasks - sameAs(before?.reasks, reasks) >= limits.reasks)
    return reasks === 1 ? 'asked again' : `asked again ${reasks} times`;
  return undefined;
};

/** Of what is there now, what was there then: a count that fell in between began anew. */
const sameAs = (before: number | undefined, now: number): number =>
  before !== undefined && now >= before ? before : 0;
