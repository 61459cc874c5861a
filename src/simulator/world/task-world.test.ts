import { describe, expect, it } from 'vitest';
import { tiers } from '../../core/model.ts';
import { chanceOfSuccess } from '../simulated-model.ts';
import { askOf, requestBody } from '../simulated-prompt.ts';
import { worldModels } from '../world-models.ts';
import { kinds } from './kinds/index.ts';
import { createTaskWorld } from './task-world.ts';

const world = createTaskWorld({ seed: 7, size: 1500 });
const tasks = world.tasks();
const model = (name: string) => {
  const found = worldModels.find((each) => each.name === name);
  if (!found) throw new Error(name);
  return found;
};
const successOf = (name: string, chosen = tasks): number =>
  chosen.filter((task) => world.play(model(name), task).score === 1).length / chosen.length;

describe('the built-in world', () => {
  it.each(kinds.map(({ name }) => name))(
    'tells right answers of "%s" from wrong ones, whoever words them',
    (kind) => {
      const mine = tasks.filter((task) => task.kind === kind);

      expect(mine.length).toBeGreaterThan(3);
      for (const task of mine) {
        expect(task.check(task.right)).toBe(true);
        expect(task.wrongs.length).toBeGreaterThan(0);
        for (const wrong of task.wrongs) expect(task.check(wrong), `${askOf(task)}\n\n${wrong}`).toBe(false);
        expect(task.check('')).toBe(false);
        expect(task.check('I cannot help with that.')).toBe(false);
        for (const each of worldModels) {
          const { text, score } = world.play(each, task);
          expect(task.check(text), text).toBe(score === 1);
        }
      }
    },
  );

  it('is the same from the same seed, and another from another', () => {
    const again = createTaskWorld({ seed: 7, size: 50 }).tasks();
    const other = createTaskWorld({ seed: 8, size: 50 }).tasks();
    const words = (list: typeof tasks) =>
      list.slice(0, 50).map((task) => JSON.stringify(requestBody(task, 'openai-chat')));

    expect(words(again)).toEqual(words(tasks));
    expect(words(other)).not.toEqual(words(tasks));
  });

  it('finds each task by the words of the user alone, reminders and white space aside', () => {
    for (const task of tasks.slice(0, 200)) {
      const ask = askOf(task);
      expect(world.find(ask)?.id).toBe(task.id);
      expect(
        world.find(`<system-reminder>be quick</system-reminder>\n${ask.replaceAll('\n', '\n\n')}  `)?.id,
      ).toBe(task.id);
    }
    expect(world.find('What is the meaning of all this?')).toBeUndefined();
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
  });

  it('holds about 70 % simple tasks, in every row of the matrix and every wrapping', () => {
    const simple = tasks.filter(({ difficulty }) => difficulty < 0.6);

    expect(simple.length / tasks.length).toBeGreaterThan(0.66);
    expect(simple.length / tasks.length).toBeLessThan(0.77);
    expect(new Set(tasks.map(({ category }) => category)).size).toBeGreaterThanOrEqual(15);
    expect(new Set(tasks.map(({ wrapper }) => wrapper)).size).toBe(5);
  });

  it('makes difficulty go with the category, not follow from it', () => {
    const hardShare = (tier: string): number => {
      const mine = tasks.filter(({ matrixTier }) => matrixTier === tier);
      return mine.filter(({ difficulty }) => difficulty >= 0.6).length / mine.length;
    };
    const [light = 0, mid = 0, frontier = 0] = tiers.map(hardShare);

    expect(light).toBeGreaterThan(0);
    expect(light).toBeLessThan(mid);
    expect(mid).toBeLessThan(frontier);
    expect(frontier).toBeLessThan(0.95);
  });

  it('lets success fall with difficulty, faster in the lower tiers', () => {
    const simple = tasks.filter(({ difficulty }) => difficulty < 0.6);
    const hard = tasks.filter(({ difficulty }) => difficulty >= 0.6);

    expect(successOf('sim-light-a', simple)).toBeGreaterThan(0.9);
    expect(successOf('sim-light-a', hard)).toBeLessThan(0.35);
    expect(successOf('sim-mid-a', simple)).toBeGreaterThan(0.96);
    expect(successOf('sim-mid-a', hard)).toBeLessThan(0.6);
    expect(successOf('sim-frontier-a')).toBeGreaterThan(0.95);
    for (const { skill } of worldModels)
      expect(chanceOfSuccess(skill, 0.3)).toBeGreaterThan(chanceOfSuccess(skill, 0.7));
  });

  it('answers at lengths that go with the work', () => {
    const meanLength = (kind: string): number => {
      const texts = tasks
        .filter((task) => task.kind === kind)
        .map((task) => world.play(model('sim-mid-a'), task).text.length);
      return texts.reduce((sum, length) => sum + length, 0) / texts.length;
    };

    expect(meanLength('quick-question')).toBeLessThan(80);
    expect(meanLength('review-bug')).toBeGreaterThan(300);
    expect(meanLength('design-choice')).toBeGreaterThan(900);
  });
});
