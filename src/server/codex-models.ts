import type { Effort } from '../core/model.ts';
import type { Offer } from '../gateway/snapshot.ts';

/** A model as Codex reads it: it refuses a list in which one of these is missing. */
export interface CodexModel {
  readonly slug: string;
  readonly display_name: string;
  readonly description: string;
  readonly default_reasoning_level: Effort | null;
  readonly supported_reasoning_levels: readonly { readonly effort: Effort; readonly description: string }[];
  readonly shell_type: 'shell_command';
  readonly visibility: 'list';
  readonly supported_in_api: true;
  readonly priority: number;
  readonly base_instructions: string;
  readonly supports_reasoning_summaries: boolean;
  readonly support_verbosity: false;
  readonly apply_patch_tool_type: 'freeform';
  readonly truncation_policy: { readonly mode: 'bytes'; readonly limit: number };
  readonly supports_parallel_tool_calls: true;
  readonly context_window: number | null;
  readonly experimental_supported_tools: readonly string[];
  readonly input_modalities: readonly string[];
}

/** Its picker sorts by `priority`: routes and tiers, which come first here, come first there. */
export const codexModel = (offer: Offer, index: number): CodexModel => {
  const { id, displayName, ownedBy, contextTokens, efforts = [], takesImages = true } = offer;
  const levels = efforts.filter((effort) => codexEfforts.has(effort));
  return {
    slug: id,
    display_name: displayName,
    description: `Served by ${ownedBy}.`,
    default_reasoning_level: levels.includes('medium') ? 'medium' : (levels[0] ?? null),
    supported_reasoning_levels: levels.map((effort) => ({ effort, description: levelWords[effort] })),
    shell_type: 'shell_command',
    visibility: 'list',
    supported_in_api: true,
    priority: index,
    base_instructions: instructions,
    supports_reasoning_summaries: levels.length > 0,
    support_verbosity: false,
    apply_patch_tool_type: 'freeform',
    truncation_policy: { mode: 'bytes', limit: 10_000 },
    supports_parallel_tool_calls: true,
    context_window: contextTokens ?? null,
    experimental_supported_tools: [],
    input_modalities: takesImages ? ['text', 'image'] : ['text'],
  };
};

// an effort it does not know makes it throw the whole list away
const codexEfforts: ReadonlySet<Effort> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']);

const levelWords: Readonly<Record<Effort, string>> = {
  none: 'Answers at once',
  minimal: 'Hardly thinks before it answers',
  low: 'Thinks briefly',
  medium: 'Thinks as long as everyday work needs',
  high: 'Thinks long about hard problems',
  xhigh: 'Thinks very long',
  max: 'Thinks as long as it can',
};

/** Whoever lists a model for Codex has to bring its instructions along. */
const instructions = [
  'You are a coding agent in a terminal. Work on the task in the open workspace until it is solved, then say in a few words what you did.',
  'Read the code before you change it, and follow its style. Change files with the apply_patch tool only, and try what you changed by running the project’s own checks.',
  'Ask before you do what cannot be undone. Never print or commit secrets.',
].join('\n\n');
