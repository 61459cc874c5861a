import type { ChatRequest } from '../src/core/chat.ts';
import { describe } from '../src/features/describe.ts';
import type { Question } from '../src/routing/route.ts';

/** A request of somebody on this machine, described: all that comes before it is decided. */
export const questionOf = (request: ChatRequest, bytes: number): Question => {
  const { features, ask } = describe(request, bytes);
  const subject: Question['subject'] = {
    ...features,
    ask,
    caller: 'local',
    asked: 'auto',
    dialect: 'openai-chat',
    tags: {},
    agent: '',
    now: 0,
  };
  return { request, features, subject, allowedModels: undefined, named: undefined, asked: undefined };
};

/** How often somebody else was given the processor in the middle of our work, for a scheduler's slice of milliseconds. */
export const interruptions = (): number => process.resourceUsage().involuntaryContextSwitches;
