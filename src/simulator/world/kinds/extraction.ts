import { jsonIn, sameJson } from '../checks.ts';
import { defineKind } from '../task.ts';
import { cities, emailOf, fenced, people, products, scaled, systems } from '../words.ts';

export const emailExtraction = defineKind({
  name: 'email-extraction',
  category: 'extraction',
  matrixTier: 'light',
  weight: 5,
  hardShare: 0.01,
  simple: [0.02, 0.24],
  style: 'bare',
  make: (random, size) => {
    const system = random.pick(systems);
    const who = random.some(people, scaled(size, 2, 6) + random.whole(0, 9));
    const emails = who.map((person) => emailOf(person, system));
    const text = who
      .map((person, at) =>
        random.pick([
          `${person} wrote from ${emails[at]} about the ${random.pick(products)}.`,
          `Forwarded by ${person} (${emails[at]}), who is in ${random.pick(cities)} this week.`,
          `Ticket opened, contact ${emails[at]}, no phone number given.`,
        ]),
      )
      .join(' ');
    const ask = random.pick([
      `List the e-mail addresses in this text as a JSON array, in order:\n\n${text}`,
      `Extract all emails. Answer with a JSON array of strings only.\n---\n${text}\n---`,
      `${text}\n\nWhich e-mail addresses are in there? JSON array please.`,
    ]);
    return asJson(ask, emails, [emails.slice(1), [...emails.slice(0, -1), 'info@example.com']]);
  },
});

export const orderExtraction = defineKind({
  name: 'order-extraction',
  category: 'extraction',
  matrixTier: 'light',
  weight: 6,
  hardShare: 0.02,
  simple: [0.03, 0.27],
  style: 'bare',
  make: (random, size) => {
    const orders = random
      .some(products, scaled(size, 2, 5) + random.whole(0, 6))
      .map((product) => ({ product, quantity: random.whole(2, 40) }));
    const person = random.pick(people);
    const text = orders
      .map(({ product, quantity }) =>
        random.pick([
          `${quantity} pieces of the ${product}`,
          `the ${product}, ${quantity} of them`,
          `${quantity} × ${product}`,
        ]),
      )
      .join('; ');
    const ask = random.pick([
      `Read the order and return JSON like [{"product": "…", "quantity": 0}]:\n"Hello, ${person} here. We need ${text}. Thanks!"`,
      `Extract the positions of this order as a JSON array of {product, quantity}.\n\nFrom: ${person}\nPlease send ${text} to ${random.pick(cities)}.`,
      `Order mail no. ${random.whole(1000, 9999)}: "please add ${text}". Give me product and quantity as JSON array, keys product and quantity.`,
    ]);
    const off = orders.map((order, at) => (at === 0 ? { ...order, quantity: order.quantity + 1 } : order));
    return asJson(ask, orders, [off, orders.slice(0, -1)]);
  },
});

const asJson = (ask: string, expected: unknown, wrongs: readonly unknown[]) => ({
  ask,
  right: fenced(JSON.stringify(expected), 'json'),
  wrongs: wrongs.map((wrong) => fenced(JSON.stringify(wrong), 'json')),
  check: (answer: string) => sameJson(jsonIn(answer), expected),
});
