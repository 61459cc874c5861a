import { existsSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { recordedOutcomes } from './counterfactuals.ts';
import { loadOutcomes, type OutcomeRecord } from './outcomes.ts';
import { createReplay } from './replay.ts';
import { startUpstream } from './upstream/upstream.ts';
import { whatIf } from './what-if.ts';

const record = (
  id: string,
  prompt: string | null,
  scores: Readonly<Record<string, readonly [score: number, costUsd: number]>>,
): OutcomeRecord => ({
  id,
  dataset: 'd',
  category: 'c',
  prompt,
  outcomes: Object.fromEntries(
    Object.entries(scores).map(([model, [score, costUsd]]) => [model, { score, costUsd }]),
  ),
  responses: { 'maker/small': `${id} by small` },
});
const records = [
  record('1', 'First question?', { 'maker/small': [1, 0.0001], 'claude-like': [1, 0.001], big: [1, 0.02] }),
  record('2', 'Second question, somewhat longer than the first?', {
    'maker/small': [0, 0.0003],
    'claude-like': [0.5, 0.003],
    big: [1, 0.04],
  }),
  record('3', 'First question?', { 'maker/small': [0, 1], 'claude-like': [0, 1], big: [0, 1] }),
  record('4', null, { big: [1, 1] }),
];

describe('a replay', () => {
  const replay = createReplay(records);

  it('makes models of what was recorded: a tier by mean cost, both wires', () => {
    expect(replay.models.map(({ name, tier, wire }) => [name, tier, wire])).toEqual([
      ['maker/small', 'light', 'openai-chat'],
      ['claude-like', 'mid', 'anthropic-messages'],
      ['big', 'frontier', 'openai-chat'],
    ]);
  });

  it('charges on average what was recorded, and keeps the recorded costs apart', () => {
    for (const model of replay.models) {
      const charged = replay.prompts.map((prompt) => Number(whatIf(prompt, model, replay).costNanoUsd) / 1e9);
      const recorded = replay.prompts.map(({ id }) => replay.recorded(id, model.name)?.costUsd ?? 0);
      const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

      expect(sum(charged)).toBeCloseTo(sum(recorded), 6);
    }
  });

  it('tells how each model did: the recorded cost where there is one', () => {
    const [first] = replay.prompts;
    const bare = createReplay([
      { id: '1', dataset: 'd', category: 'c', prompt: 'Q', outcomes: { weak: { score: 0.25 } } },
    ]);
    const [only] = bare.prompts;
    if (!first || !only) throw new Error('prompts are missing');

    expect(recordedOutcomes(first, replay)).toEqual({
      'maker/small': { score: 1, costUsd: 0.0001 },
      'claude-like': { score: 1, costUsd: 0.001 },
      big: { score: 1, costUsd: 0.02 },
    });
    expect(recordedOutcomes(only, bare).weak).toEqual({ score: 0.25, costUsd: expect.closeTo(0.0015, 2) });
  });

  it('answers with the recorded words, or says that there were none', () => {
    const [small, , big] = replay.models;
    if (!small || !big) throw new Error('models are missing');

    expect(replay.answer(small, ' First  question? ')).toMatchObject({
      id: '1',
      text: '1 by small',
      score: 1,
    });
    expect(replay.answer(big, 'First question?')?.text).toBe(
      '[Synthetic text: big scored 1 on this prompt; the words of its answer were not recorded.]',
    );
    expect(replay.answer({ ...big, name: 'unheard of' }, 'First question?')).toMatchObject({
      score: null,
      text: expect.stringContaining('nothing was recorded'),
    });
    expect(replay.answer(big, 'Third question?')).toBeUndefined();
  });

  it('says what it left out and assumed', () => {
    expect(replay.prompts.map(({ id }) => id)).toEqual(['1', '2']);
    expect(replay.notes.join('\n')).toMatch(
      /1 records have no prompt.*\n1 prompts repeat.*\n.*synthetic.*\n.*thirds/,
    );
  });

  it('refuses records that hold nothing to replay', () => {
    expect(() => createReplay([{ id: '1', dataset: 'd', category: 'c', prompt: 'Q' }])).toThrow(
      'nothing to replay',
    );
  });

  it('has invented prices where nobody recorded a cost', () => {
    const scored = createReplay([
      {
        id: '1',
        dataset: 'd',
        category: 'c',
        prompt: 'Q',
        outcomes: { weak: { score: 0 }, strong: { score: 1 } },
      },
    ]);

    expect(scored.models.map(({ name, tier }) => [name, tier])).toEqual([
      ['weak', 'light'],
      ['strong', 'frontier'],
    ]);
    expect(scored.notes.join('\n')).toContain('invented');
  });
});

const recordedFile = join(import.meta.dirname, '../../../shared/data/outcomes/routerbench_subset.jsonl.gz');

describe.skipIf(!existsSync(recordedFile))(
  'recorded prompts of RouterBench (skipped without ../shared/data)',
  () => {
    it('come back over the wire as the eleven models once answered', async () => {
      const replay = createReplay(await loadOutcomes(recordedFile));
      const upstream = await startUpstream({ speed: 0, source: replay, models: replay.models });
      const client = new OpenAI({ baseURL: `${upstream.url}/v1`, apiKey: 'k', maxRetries: 0 });
      const prompt = replay.prompts[5];
      const model = replay.models.find(({ name }) => name === 'mistralai/mixtral-8x7b-chat');
      if (!prompt || !model) throw new Error('the file holds something else');

      const reply = await client.chat.completions.create({
        model: model.name,
        messages: [{ role: 'user', content: prompt.messages[0]?.text ?? '' }],
      });

      expect(replay.models).toHaveLength(11);
      expect(replay.prompts.length).toBeGreaterThan(1000);
      expect(reply.choices[0]?.message.content).toBe(
        replay.answer(model, prompt.messages[0]?.text ?? '')?.text,
      );
      expect(upstream.book.entries()[0]?.task).toEqual({
        id: prompt.id,
        score: replay.recorded(prompt.id, model.name)?.score,
      });
      await upstream.close();
    });
  },
);
