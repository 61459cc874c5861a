export { type Catalogue, createCatalogue } from './catalogue.ts';
export { blendedPrice, costOf } from './cost.ts';
export { catalogueProviders } from './data.ts';
export { type CatalogueModel, modelsOf } from './models-of.ts';
export { customModel, modelOverride } from './overrides.ts';
export { questionOf, reservationOf } from './reservation.ts';
export { cheapestPerTier, type ProviderSpread, spreadOf } from './spread.ts';
export { type TierLists, tierLists } from './tier-lists.ts';
