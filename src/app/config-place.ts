import type { Place } from '../providers/provider.ts';
import { type ProviderConfig, placePattern } from './config-providers.ts';
import type { Environment } from './config-variables.ts';

/** Where an account is, as far as that is said. */
export interface FoundPlace {
  readonly region: string | undefined;
  /** Undefined where something of it is missing. */
  readonly baseUrl: string | undefined;
  /** What is missing, or cannot be part of an address. */
  readonly lacks: 'region' | 'project' | undefined;
}

/** The address of a provider whose kind makes it of a region and a project: from the file, the environment, or the key. */
export const placeOf = (
  place: Place,
  { region, project }: Pick<ProviderConfig, 'region' | 'project'>,
  key: string | undefined,
  environment: Environment,
): FoundPlace => {
  const inEnvironment = (names: readonly string[] = []): string | undefined =>
    names.map((name) => environment[name]).find(Boolean);
  const foundRegion = region ?? inEnvironment(place.regionVariables) ?? place.region;
  const needsProject = place.projectVariables !== undefined;
  const foundProject = project ?? (key && place.projectOf?.(key)) ?? inEnvironment(place.projectVariables);
  // variables and keys have passed no schema, and become part of an address
  const isRegion = foundRegion !== undefined && placePattern.test(foundRegion);
  const isProject = !needsProject || (foundProject !== undefined && placePattern.test(foundProject));
  return {
    region: isRegion ? foundRegion : undefined,
    baseUrl: isRegion && isProject ? place.baseUrl(foundRegion, foundProject ?? '') : undefined,
    lacks: isRegion ? (isProject ? undefined : 'project') : 'region',
  };
};
