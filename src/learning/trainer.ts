import type { Tier } from '../core/model.ts';
import type { EmbeddingKind, PredictionSubject } from '../core/prediction.ts';
import type { PolicyFile } from '../routing/classifier/policy.ts';

/** One request of the past, and how models did on it. From an outcome file or from the ledger: one shape. */
export interface TrainingRow {
  readonly id: string;
  /** Rows that belong together (a session, a template): they are never split between training and test. */
  readonly group: string;
  readonly subject: PredictionSubject;
  /** By the model's name as it was recorded. */
  readonly outcomes: Readonly<Record<string, TrainingOutcome>>;
  /** 1, or less where it is old or stands for an unlikely choice. */
  readonly weight: number;
}

export interface TrainingOutcome {
  /** 0 to 1, by the source's own measure. */
  readonly score: number;
  readonly costUsd?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

export interface TrainOptions {
  /** The file's name: letters, digits and "-". */
  readonly name: string;
  readonly seed: number;
  /** Tiers of recorded models; those not named are placed by their mean score, in thirds. */
  readonly tierOf?: (model: string) => Tier | undefined;
  /** Told of what the rows are: names of sources, licences. */
  readonly sources: readonly { readonly name: string; readonly rows: number; readonly licence?: string }[];
  /** Of what kind the rows' embeddings are; without it none is looked at. */
  readonly embedding?: EmbeddingKind | undefined;
}

/** One way to make a policy of the past. Pure: the same rows and seed give the same file to the byte. */
export interface Trainer {
  readonly type: (typeof trainerTypes)[number];
  /** One sentence for help and the reference page. */
  readonly summary: string;
  /** Throws GatewayError where there is too little to learn from. */
  train(rows: readonly TrainingRow[], options: TrainOptions): PolicyFile;
}

/** The types of all trainers, the usual one first: known without loading any. */
export const trainerTypes = ['hierarchical', 'length', 'prior'] as const;

export const defineTrainer = (trainer: Trainer): Trainer => trainer;
