import type { Features } from './features.ts';
import type { Model, ModelId } from './model.ts';

/** What a prediction is made from: the newest ask, what the request is like, and where it comes from. */
export interface PredictionSubject {
  /** "" where the words were not kept. */
  readonly ask: string;
  readonly features: Features;
  readonly route: string;
  /** Which agent or program asks, "" where nobody said. */
  readonly agent: string;
  /** The caller's tags; a tag "task" outweighs the recogniser. */
  readonly tags: Readonly<Record<string, string>>;
  /** What an embeddings endpoint made of the ask, folded into few columns; undefined where none was asked, or none answered in time. */
  readonly embedding?: Float32Array | undefined;
}

/** Whose embeddings, and how long: those of another model or length lie elsewhere and say nothing. */
export interface EmbeddingKind {
  /** As its vendor calls it: "text-embedding-3-small". */
  readonly model: string;
  readonly dimensions: number;
}

/** A share or chance with the bounds between which it lies, with 95 % confidence. */
export interface Bounded {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How one model would do on one request, as far as is known. */
export interface Prediction {
  readonly model: ModelId;
  /** Chance that its answer is good enough, 0 to 1, calibrated. */
  readonly success: Bounded;
  /** Its success less that of the reference model, paired: what is common to both is not part of the bounds. */
  readonly gap: Bounded;
  /** Outcomes of this model that speak to requests like this one, shrunk by how like they are; 0: only its tier's prior. */
  readonly evidence: number;
  /** Tokens of its answer, reasoning included; undefined where nobody recorded any. */
  readonly outputTokens: { readonly p50: number; readonly p90: number; readonly mean: number } | undefined;
}

/** A trained policy, ready to be asked. Pure and synchronous; well under a tenth of a millisecond for a few models. */
export interface Predictor {
  /** Name and version of the policy file: "default@3f2a9c41". */
  readonly policy: string;
  /** The embeddings that it was trained with and is better with; undefined where it takes none. */
  readonly embedding?: EmbeddingKind | undefined;
  /** One for each of `models`, in their order. `reference` is what gaps are told against; it need not be among them. */
  predict(subject: PredictionSubject, models: readonly Model[], reference: Model): readonly Prediction[];
}
