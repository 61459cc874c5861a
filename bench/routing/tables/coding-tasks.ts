import { groupBootstrap } from '../../../src/kit/group-bootstrap.ts';
import type { Estimate } from '../../../src/kit/statistics.ts';
import {
  coinScore,
  constantSettings,
  cornerOf,
  oracleChoice,
  type Setting,
  settingOf,
} from '../../../src/learning/controls.ts';
import { rowsOf } from '../../../src/learning/dataset.ts';
import { type Pool, poolOf, someRows } from '../../../src/learning/evaluate-pool.ts';
import { crossFolds, foldsOf } from '../../../src/learning/folds.ts';
import { createRandom } from '../../../src/simulator/chance.ts';
import { recordsOf } from '../data.ts';
import { dollars, left, percent, right, signed, verdictOf, withInterval } from '../figures.ts';
import type { Aim, BenchTable } from '../table.ts';
import {
  bestConstant,
  chooseByEngine,
  chooseCascade,
  type Evidence,
  type TaskPolicy,
} from '../task-policies.ts';

/** Models of February 2026, run on one version of one harness. */
const today = [
  'Claude 4.5 Haiku (high reasoning)',
  'Claude 4.5 Opus (high reasoning)',
  'Claude 4.5 Sonnet (high reasoning)',
  'Claude Opus 4.6',
  'DeepSeek V3.2 (high reasoning)',
  'GLM-5 (high reasoning)',
  'GPT 5.2 Codex',
  'GPT-5 Mini',
  'GPT-5-2 (high reasoning)',
  'Gemini 3 Flash (high reasoning)',
  'Kimi K2.5 (high reasoning)',
  'MiniMax M2.5 (high reasoning)',
];

const strict: Evidence = { caught: 1, falseAlarms: 0 };
const rough: Evidence = { caught: 0.8, falseAlarms: 0.1 };

/** Whole coding tasks: which of today's models gets each. */
export const codingTasks: BenchTable = {
  name: 'swebench',
  title: 'SWE-bench Verified: 400 whole tasks among twelve models of February 2026',
  protocol:
    'Four folds; everything a policy chooses (the best constant, its setting, the models of a cascade) it chooses on the other three, by cross-validation inside them. Best constant: the cheapest single model that cannot be told from the best one. The policy may spend what the best constant spends; it leaves the constant only where the paired difference inside the training rows has its lower bound above zero. Tag: the repository. Cascades ask a cheap model first and, on evidence against its answer, the next; every call is paid. With the caller’s tests: the evidence is the recorded outcome itself, so it is never wrong. Rough evidence: it catches 80 % of failures and rejects 10 % of successes, by lot.',
  sources: ['swebench_verified_miniagent'],
  measure: async ({ seed, resamples, isQuick, progress }) => {
    const records = await recordsOf('swebench_verified_miniagent');
    const strip = (rows: ReturnType<typeof rowsOf>) =>
      rows.map((row) => ({
        ...row,
        outcomes: Object.fromEntries(Object.entries(row.outcomes).filter(([model]) => today.includes(model))),
      }));
    const plain = poolOf(strip(rowsOf(records)), today, { tierOf: () => 'mid' });
    const tagged = { ...plain, rows: strip(rowsOf(records, { tag: ({ category }) => category })) };
    const policies: readonly { readonly name: string; readonly pool: Pool; readonly policy: TaskPolicy }[] = [
      { name: 'best constant', pool: plain, policy: bestConstant },
      { name: 'policy: text', pool: plain, policy: chooseByEngine(seed) },
      { name: 'policy: text and tag', pool: tagged, policy: chooseByEngine(seed) },
      {
        name: 'cascade, caller’s tests, at most twice the best constant’s cost',
        pool: plain,
        policy: chooseCascade(strict, 'twice the best constant', seed),
      },
      { name: 'cascade, caller’s tests', pool: plain, policy: chooseCascade(strict, 'dearest', seed) },
      {
        name: 'cascade, rough evidence, at most twice the best constant’s cost',
        pool: plain,
        policy: chooseCascade(rough, 'twice the best constant', seed),
      },
      { name: 'cascade, rough evidence', pool: plain, policy: chooseCascade(rough, 'dearest', seed) },
    ];
    const folds = crossFolds(foldsOf(plain.rows, isQuick ? 2 : 4, { seed }));
    const settings = policies.map(({ pool, policy }, at) => {
      const told = acrossFolds(pool, folds, policy);
      progress(at + 1, policies.length);
      return told;
    });
    const constants = constantSettings(plain);
    const lines: readonly { readonly name: string; readonly setting: Setting }[] = [
      ...policies.map(({ name }, at) => ({ name, setting: settings[at] as Setting })),
      { name: 'oracle', setting: settingOf(plain, oracleChoice(plain)) },
      ...plain.models.map((name, at) => ({ name: `always ${name}`, setting: constants[at] as Setting })),
    ];
    const figures = groupBootstrap(
      plain.rows.map(({ group }) => group),
      (weights) => {
        const corners = constants.map((setting) => cornerOf(setting, weights));
        const best = cornerOf(settings[0] as Setting, weights);
        return Object.fromEntries(
          lines.flatMap(({ name, setting }) => {
            const { cost, score } = cornerOf(setting, weights);
            return [
              [`${name}.resolved`, 400 * score],
              [`${name}.cost`, 400 * cost],
              [`${name}.over constant`, 400 * (score - best.score)],
              [`${name}.over mix`, 400 * (score - coinScore(corners, cost))],
            ];
          }),
        ) as Record<string, number>;
      },
      { random: createRandom('coding tasks', seed).next, resamples },
    );
    const figure = (name: string, what: string): Estimate => figures[`${name}.${what}`] as Estimate;
    return {
      columns: [
        left(''),
        right('resolved of 400 (95 %)'),
        right('$ for 400 (95 %)'),
        right('over the best constant (95 %)'),
        right('over a coin of the same cost (95 %)'),
      ],
      rows: lines.map(({ name }) => [
        name,
        withInterval(figure(name, 'resolved'), whole),
        withInterval(figure(name, 'cost'), dollars),
        withInterval(figure(name, 'over constant'), signedWhole),
        withInterval(figure(name, 'over mix'), signedWhole),
      ]),
      notes: [
        'The coin of the same cost mixes the single models that are best in hindsight. The constants’ own lines are of all 400 rows; the best constant’s line was chosen fold by fold.',
        `The prompt and the repository say too little of which model solves a task for the policy to leave the constant. What a cascade with the caller’s tests resolves is what tests can find out; without tests it is not to be had. A coin cannot buy more than the best constant has, so what a cascade spends above it is compared with that. Most runs agree: ${percent(agreement(plain))} of tasks have the same outcome for at least ten of the twelve.`,
      ],
      aims: aimsOf(figure),
    };
  },
};

const aimsOf = (figure: (name: string, what: string) => Estimate): readonly Aim[] => {
  const words = (name: string): string =>
    `${name} ${withInterval(figure(name, 'over mix'), signedWhole)}: ${verdictOf(figure(name, 'over mix'))}`;
  const policies = ['policy: text', 'policy: text and tag'];
  const better = [
    'policy: text and tag',
    'cascade, caller’s tests, at most twice the best constant’s cost',
    'cascade, caller’s tests',
    'cascade, rough evidence',
  ];
  return [
    {
      what: 'SWE-bench, never worse than the best constant at equal cost',
      aim: 'not below a coin of the same cost, nor the best constant',
      measured: policies.map(words).join('; '),
      isMet: policies.every(
        (name) => figure(name, 'over mix').high >= 0 && figure(name, 'over constant').high >= 0,
      ),
    },
    {
      what: 'SWE-bench, better with tags or cascade',
      aim: 'above a coin of the same cost',
      measured: better.map(words).join('; '),
      isMet: better.some((name) => figure(name, 'over mix').low > 0),
    },
  ];
};

const acrossFolds = (
  pool: Pool,
  folds: readonly {
    readonly training: readonly { readonly id: string }[];
    readonly test: readonly { readonly id: string }[];
  }[],
  policy: TaskPolicy,
): Setting => {
  const places = new Map(pool.rows.map(({ id }, at) => [id, at]));
  const part = (rows: readonly { readonly id: string }[]): readonly number[] =>
    rows.map(({ id }) => places.get(id) ?? 0);
  const score = new Float64Array(pool.rows.length);
  const cost = new Float64Array(pool.rows.length);
  for (const { training, test } of folds) {
    const at = part(test);
    const told = policy(someRows(pool, part(training)), someRows(pool, at));
    for (const [row, place] of at.entries()) {
      score[place] = told.score[row] ?? 0;
      cost[place] = told.cost[row] ?? 0;
    }
  }
  return { score, cost };
};

const agreement = ({ rows, scores }: Pool): number =>
  rows.filter((_, row) => {
    const solved = scores.filter((column) => column[row] === 1).length;
    return solved >= 10 || solved <= 2;
  }).length / rows.length;

const whole = (value: number): string => value.toFixed(0);
const signedWhole = (value: number): string => signed(value, 1);
