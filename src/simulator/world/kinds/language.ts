import { says, wordCount } from '../checks.ts';
import { defineKind } from '../task.ts';
import { cities, people, scaled, systems } from '../words.ts';

const phrases: readonly (readonly [english: string, german: string, french: string, spanish: string])[] = [
  ['The invoice is ready.', 'Die Rechnung ist fertig.', 'La facture est prête.', 'La factura está lista.'],
  [
    'The meeting starts at nine.',
    'Die Besprechung beginnt um neun.',
    'La réunion commence à neuf heures.',
    'La reunión empieza a las nueve.',
  ],
  [
    'Please close the window.',
    'Bitte schließen Sie das Fenster.',
    'Veuillez fermer la fenêtre.',
    'Por favor, cierre la ventana.',
  ],
  ['Where is the station?', 'Wo ist der Bahnhof?', 'Où est la gare ?', '¿Dónde está la estación?'],
  [
    'The order was cancelled.',
    'Die Bestellung wurde storniert.',
    'La commande a été annulée.',
    'El pedido fue cancelado.',
  ],
  [
    'We are looking for a new supplier.',
    'Wir suchen einen neuen Lieferanten.',
    'Nous cherchons un nouveau fournisseur.',
    'Buscamos un nuevo proveedor.',
  ],
  [
    'Thank you for your patience.',
    'Vielen Dank für Ihre Geduld.',
    'Merci de votre patience.',
    'Gracias por su paciencia.',
  ],
  [
    'The password has expired.',
    'Das Passwort ist abgelaufen.',
    'Le mot de passe a expiré.',
    'La contraseña ha caducado.',
  ],
  [
    'Our office is closed on Monday.',
    'Unser Büro ist am Montag geschlossen.',
    'Notre bureau est fermé lundi.',
    'Nuestra oficina está cerrada el lunes.',
  ],
  [
    'The lift is out of order.',
    'Der Aufzug ist außer Betrieb.',
    'L’ascenseur est en panne.',
    'El ascensor está averiado.',
  ],
];
const languages = ['German', 'French', 'Spanish'] as const;

export const translation = defineKind({
  name: 'translation',
  category: 'translation',
  matrixTier: 'light',
  weight: 3,
  hardShare: 0.05,
  simple: [0.05, 0.32],
  style: 'bare',
  make: (random, size) => {
    const language = random.whole(0, languages.length - 1);
    const chosen = random.some(phrases, scaled(size, 1, 6));
    const person = random.pick(people);
    const english = chosen.map(([text]) => text).join(' ');
    const expected = chosen.map((phrase) => phrase[language + 1] ?? '');
    const ask = random.pick([
      `Translate into ${languages[language]}: "${english}"`,
      `How do I say this in ${languages[language]}? ${english} It is for ${person}.`,
      `${person} needs the following in ${languages[language]}, polite form:\n\n${english}`,
      `"${english}" in ${languages[language]}, please.`,
    ]);
    const other = chosen.map((phrase) => phrase[((language + 1) % languages.length) + 1] ?? '');
    return {
      ask,
      right: expected.join(' '),
      wrongs: [other.join(' '), [...expected.slice(0, -1), english].join(' ')],
      check: (answer) => expected.every((each) => plain(answer).includes(plain(each))),
    };
  },
});

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/[\s.,!?¿¡"]+/g, ' ');

export const summarisation = defineKind({
  name: 'summarisation',
  category: 'summarisation',
  matrixTier: 'mid',
  weight: 3,
  hardShare: 0.1,
  simple: [0.1, 0.42],
  style: 'bare',
  make: (random, size) => {
    const system = random.pick(systems);
    const minutes = random.whole(7, 190);
    const cause = random.pick([
      'an expired certificate',
      'a full disk',
      'a slow query',
      'a wrong feature flag',
      'a broken deploy',
      'a leaked connection',
    ]);
    const person = random.pick(people);
    const city = random.pick(cities);
    const filler = random.some(
      [
        `The first alert went to the ${city} office, where nobody was on call.`,
        'Two dashboards showed nothing unusual, since they read from a replica.',
        `${person} restarted the workers, without effect.`,
        'Customers were told by the status page.',
        'A rollback was prepared but not needed.',
        'The queue was drained by hand afterwards.',
        'Support answered some forty messages in that time.',
        'It was agreed to review alerts next week.',
      ],
      scaled(size, 2, 8),
    );
    const text = [
      `At 09:${random.whole(10, 59)} the ${system} service began to answer with errors.`,
      ...filler,
      `The cause turned out to be ${cause}.`,
      `After ${minutes} minutes everything was back to normal.`,
    ].join(' ');
    const limit = random.pick([30, 40, 50]);
    const ask = random.pick([
      `Summarise this incident in at most ${limit} words. Say which service, how long, and why.\n\n${text}`,
      `${text}\n\nTL;DR in ${limit} words or fewer: service, duration in minutes, cause.`,
      `Write a short summary (max ${limit} words) for management with service, minutes and cause:\n"""\n${text}\n"""`,
    ]);
    return {
      ask,
      right: `The ${system} service failed for ${minutes} minutes because of ${cause}.`,
      wrongs: [
        `The ${system} service failed for a while because of ${cause}.`,
        `The ${system} service failed for ${minutes} minutes; the cause is not known.`,
      ],
      check: (answer) =>
        wordCount(answer) <= limit &&
        [system, `${minutes}`, cause.replace(/^an? /, '')].every((fact) => says(answer, fact)),
    };
  },
});
