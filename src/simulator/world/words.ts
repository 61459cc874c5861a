import type { Random } from '../chance.ts';

/** Words that tasks are made of. */
export const people = [
  'Ana',
  'Bo',
  'Chidi',
  'Dara',
  'Elif',
  'Farid',
  'Greta',
  'Hugo',
  'Ines',
  'Jonas',
  'Kaya',
  'Liam',
  'Mei',
  'Nadia',
  'Omar',
  'Priya',
];
export const systems = [
  'billing',
  'checkout',
  'inventory',
  'ledger',
  'notifications',
  'orders',
  'payments',
  'profile',
  'reporting',
  'scheduler',
  'search',
  'shipping',
  'support',
  'uploads',
];
export const fields = [
  'amount',
  'city',
  'country',
  'createdAt',
  'currency',
  'email',
  'id',
  'kind',
  'label',
  'name',
  'notes',
  'owner',
  'phone',
  'price',
  'quantity',
  'region',
  'score',
  'size',
  'status',
  'total',
  'unit',
  'weight',
];
export const verbs = [
  'apply',
  'build',
  'check',
  'collect',
  'compute',
  'convert',
  'count',
  'export',
  'fetch',
  'filter',
  'find',
  'format',
  'load',
  'merge',
  'parse',
  'rank',
  'render',
  'resolve',
  'save',
  'send',
  'split',
  'sync',
  'update',
  'validate',
];
export const nouns = [
  'Account',
  'Address',
  'Batch',
  'Cart',
  'Coupon',
  'Customer',
  'Discount',
  'Document',
  'Event',
  'Invoice',
  'Item',
  'Job',
  'Message',
  'Order',
  'Page',
  'Payment',
  'Plan',
  'Quote',
  'Refund',
  'Report',
  'Row',
  'Session',
  'Shipment',
  'Ticket',
  'Token',
  'User',
  'Window',
];
export const cities = [
  'Accra',
  'Bergen',
  'Cork',
  'Davos',
  'Essen',
  'Fukuoka',
  'Ghent',
  'Hanoi',
  'Izmir',
  'Jaipur',
  'Kigali',
  'Lima',
  'Malaga',
  'Nantes',
  'Oslo',
  'Porto',
  'Quito',
  'Riga',
  'Sucre',
  'Turin',
];
export const products = [
  'lamp',
  'kettle',
  'notebook',
  'backpack',
  'charger',
  'bottle',
  'desk',
  'chair',
  'speaker',
  'scarf',
  'tent',
  'mug',
];

/** "computeInvoice" */
export const functionName = (random: Random): string => random.pick(verbs) + random.pick(nouns);

export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** "alice.orders@example.com" of some person. */
export const emailOf = (person: string, system: string): string =>
  `${person.toLowerCase()}.${system}@example.com`;

/** A whole number between two, after size. */
export const scaled = (size: number, least: number, most: number): number =>
  Math.round(least + size * (most - least));

export const numbered = (lines: readonly string[]): string =>
  lines.map((each, at) => `${String(at + 1).padStart(3)} | ${each}`).join('\n');

export const fenced = (code: string, language = ''): string => `\`\`\`${language}\n${code}\n\`\`\``;
