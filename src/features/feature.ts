import type { RequestTags } from '../core/caller.ts';
import type { ChatRequest } from '../core/chat.ts';
import type { Features } from '../core/features.ts';

/** What features are read from: the request and the parts of it that several of them need. */
export interface View {
  readonly request: ChatRequest;
  /** The newest words of a person or agent, wrappings (system reminders, tool output, pasted context) set apart. */
  readonly ask: string;
  /** Place of the turn the ask stands in; -1 where nobody said a word. */
  readonly askTurn: number;
  /** Estimate for what stands beside the ask and was not said. */
  readonly contextTokens: number;
  readonly tags: RequestTags['tags'];
  /** What the client's own header says the call is for: "subagent", "auxiliary" …; "" where it says nothing. */
  readonly purpose: string;
  /** Bytes of the body as it came. */
  readonly bodyBytes: number;
}

/** Some features that are read together: pure, of the admitted request, one function for training and serving. */
export interface FeaturePlug {
  readonly name: string;
  /** `soFar` holds what the plugs listed before this one have read. */
  read(view: View, soFar: Partial<Features>): Partial<Features>;
}

export const defineFeature = (plug: FeaturePlug): FeaturePlug => plug;
