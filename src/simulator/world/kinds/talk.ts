import { lastOf, says, wordCount } from '../checks.ts';
import { defineKind } from '../task.ts';
import { cities, people } from '../words.ts';

export const smalltalk = defineKind({
  name: 'smalltalk',
  category: 'smalltalk',
  matrixTier: 'light',
  weight: 2,
  hardShare: 0,
  simple: [0.01, 0.12],
  style: 'bare',
  make: (random) => {
    const person = random.pick(people);
    const city = random.pick(cities);
    const ask = random.pick([
      `Good ${random.pick(['morning', 'evening', 'afternoon'])}! I'm ${person}, writing from ${city}. How are you?`,
      `Hi, ${person} here. ${random.pick(['Nice', 'Rainy', 'Cold', 'Busy'])} day in ${city}. Just saying hello!`,
      `Hey there, my name is ${person} and I just got back from ${city}. What's up?`,
      `Thanks, that was all for today. Bye from ${city}! ${person}`,
    ]);
    return {
      ask,
      right: random.pick([
        `Hello ${person}, good to hear from you! I hope ${city} treats you well.`,
        `Hi ${person}! All well here. Enjoy ${city}, and tell me if there is anything I can do.`,
      ]),
      wrongs: [`Hello! Here is a list of facts about ${city} instead of an answer.`],
      check: (answer) => says(answer, person) && wordCount(answer) <= 80,
    };
  },
});

const capitals: readonly (readonly [country: string, capital: string, other: string])[] = [
  ['Australia', 'Canberra', 'Sydney'],
  ['Brazil', 'Brasília', 'Rio de Janeiro'],
  ['Canada', 'Ottawa', 'Toronto'],
  ['Turkey', 'Ankara', 'Istanbul'],
  ['Switzerland', 'Bern', 'Zurich'],
  ['New Zealand', 'Wellington', 'Auckland'],
  ['Morocco', 'Rabat', 'Casablanca'],
  ['Vietnam', 'Hanoi', 'Ho Chi Minh City'],
  ['Kazakhstan', 'Astana', 'Almaty'],
  ['Pakistan', 'Islamabad', 'Karachi'],
  ['Nigeria', 'Abuja', 'Lagos'],
  ['Tanzania', 'Dodoma', 'Dar es Salaam'],
  ['Ecuador', 'Quito', 'Guayaquil'],
  ['India', 'New Delhi', 'Mumbai'],
  ['Myanmar', 'Naypyidaw', 'Yangon'],
  ['Finland', 'Helsinki', 'Tampere'],
  ['Portugal', 'Lisbon', 'Porto'],
  ['Poland', 'Warsaw', 'Kraków'],
];

export const quickQuestion = defineKind({
  name: 'quick-question',
  category: 'question',
  matrixTier: 'light',
  weight: 2,
  hardShare: 0.02,
  simple: [0.02, 0.24],
  style: 'bare',
  make: (random) => {
    const [country, capital, other] = random.pick(capitals);
    const person = random.pick(people);
    const ask = random.pick([
      `What is the capital of ${country}?`,
      `Quick question from ${person}: which city is the capital of ${country}, ${random.happens(0.5) ? `${capital} or ${other}` : `${other} or ${capital}`}?`,
      `${person} says that the capital of ${country} is ${other}. Is that right, and if not, what is it?`,
      `Name the seat of government and capital of ${country}. Then tell ${person} in one sentence.`,
      `Trivia for ${person}'s quiz on ${random.pick(['Monday', 'Tuesday', 'Friday'])}: ${country}'s capital city?`,
    ]);
    return {
      ask,
      right: `The capital of ${country} is ${capital}.`,
      wrongs: [`The capital of ${country} is ${other}.`],
      check: (answer) => lastOf(answer, [capital, other]) === capital,
    };
  },
});
