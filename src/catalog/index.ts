export { type Catalogue, createCatalogue } from './catalogue.ts';
export { blendedPrice, costOf } from './cost.ts';
export { catalogueProviders } from './data.ts';
export { type CatalogueModel, type ModelSource, modelsOf } from './models-of.ts';
export { type CustomModel, customModel, type ModelOverride, modelOverride } from './overrides.ts';
export { questionOf, type Reservation, type ReservationQuestion, reservationOf } from './reservation.ts';
export { cheapestPerTier, type ProviderSpread, spreadOf } from './spread.ts';
export { type TierLists, tierLists } from './tier-lists.ts';
