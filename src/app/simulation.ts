import { simulatedBaseUrl } from '../simulator/catalogue.ts';
import type { SimulatedModel } from '../simulator/simulated-model.ts';
import type { Upstream, UpstreamOptions } from '../simulator/upstream/upstream.ts';
import { allWorldModels } from '../simulator/world-models.ts';

/** Simulated providers that run. */
export interface RunningSimulation {
  /** Base URL with its version path. */
  readonly url: string;
  readonly upstream: Upstream;
  readonly models: readonly SimulatedModel[];
  close(): Promise<void>;
}

/** Starts the upstream that plays the vendors, on a free port of this machine. */
export const startSimulation = async (options: UpstreamOptions = {}): Promise<RunningSimulation> => {
  // a hundred files that a gateway in earnest has no use for
  const { startUpstream } = await import('../simulator/upstream/upstream.ts');
  const upstream = await startUpstream(options);
  return {
    url: simulatedBaseUrl(upstream.url),
    upstream,
    models: options.models ?? allWorldModels,
    close: () => upstream.close(),
  };
};
