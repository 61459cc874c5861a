import { z } from 'zod';
import { catalogueOf, wholeCatalogue } from '../../app/config-models.ts';
import { didYouMean } from '../../app/near-names.ts';
import { tiersOf } from '../../app/tiers-of.ts';
import { blendedPrice, type CatalogueModel, cheapestPerTier, spreadOf } from '../../catalog/index.ts';
import { tiers } from '../../core/model.ts';
import { CliError } from '../cli-error.ts';
import { configOf, configOption } from '../config-of.ts';
import { jsonText } from '../json-text.ts';
import { type ListedModel, modelsText, spreadText } from '../model-tables.ts';
import { defineCommand, option } from './command.ts';

export const models = defineCommand({
  name: 'models',
  summary: 'List models with their tiers and prices.',
  details:
    'Shows what the configured providers serve. Models in use are marked, in the order they are asked. Prices are USD per million tokens; BLEND is 3 parts input to 1 part output.',
  options: {
    config: configOption,
    tier: option('--tier <tier>', 'Only this tier: light, mid or frontier.', z.enum(tiers).optional()),
    provider: option('--provider <name>', 'Only this provider.', z.string().optional()),
    all: option(
      '--all',
      'Everything the catalogue knows, deprecated models too.',
      z.boolean().default(false),
    ),
    spread: option(
      '--spread',
      'How far tiers lie apart in price at each provider, and who is cheapest in each tier.',
      z.boolean().default(false),
    ),
    json: option('--json', 'Print JSON.', z.boolean().default(false)),
  },
  examples: ['tierwise models --tier light', 'tierwise models --spread --all'],
  run: ({ options: { config: file, tier, provider, all, spread, json } }, terminal) => {
    const { config } = configOf(file, terminal, { isPolicyToCome: true });
    const catalogue = catalogueOf(config);
    const known = all ? wholeCatalogue().list() : catalogue.list();
    const wanted = known.filter(
      (model) =>
        (all || !model.isDeprecated) &&
        (!tier || model.tier === tier) &&
        (!provider || model.provider === provider),
    );
    if (wanted.length === 0) throw nothingFound(provider, known);
    if (!all && config.providersFrom === 'simulated')
      terminal.tell(
        terminal.paintTold.yellow(
          'No provider key was found: these are the simulated models. --all shows real ones.\n',
        ),
      );
    if (spread) {
      const found = { providers: spreadOf(wanted), cheapest: cheapestPerTier(wanted) };
      return terminal.print(json ? jsonText(found) : spreadText(found, terminal));
    }
    const { lists } = tiersOf(config, catalogue);
    const listed = wanted.map((model): ListedModel => {
      const tierInUse = tiers.find((name) => lists[name].includes(model.id));
      return {
        ...model,
        blendedUsd: blendedPrice(model),
        tier: tierInUse ?? model.tier,
        place: tierInUse ? lists[tierInUse].indexOf(model.id) : null,
      };
    });
    listed.sort(byUse);
    terminal.print(json ? jsonText(listed) : modelsText(listed, terminal));
  },
});

/** By tier; those in use first, in the order they are asked; then the cheaper ones. */
const byUse = (a: ListedModel, b: ListedModel): number =>
  tiers.indexOf(a.tier) - tiers.indexOf(b.tier) ||
  (a.place ?? Number.MAX_SAFE_INTEGER) - (b.place ?? Number.MAX_SAFE_INTEGER) ||
  a.blendedUsd - b.blendedUsd;

const nothingFound = (provider: string | undefined, known: readonly CatalogueModel[]): CliError => {
  const providers = [...new Set(known.map((model) => model.provider))];
  if (!provider || providers.includes(provider))
    return new CliError('No model is like that.', { wayOut: 'Leave out --tier, or add --all.' });
  return new CliError(`There is no provider "${provider}" here.`, {
    wayOut:
      didYouMean(provider, providers) ??
      `There are: ${providers.join(', ')}. With --all, every provider of the catalogue is shown.`,
  });
};
