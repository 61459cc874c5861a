/** One example: which inputs hold and by how much, and the class it belongs to. */
export interface Row {
  readonly inputs: readonly number[];
  /** One for each input; 1 each where left out. */
  readonly amounts?: readonly number[];
  readonly task: number;
  readonly weight: number;
}

export interface Descent {
  readonly rounds: number;
  readonly rate: number;
  /** Pull of every weight toward nothing. */
  readonly shrink: number;
}

const momentum = 0.9;

/** Multinomial logistic regression by full-batch gradient descent with momentum; no chance in it. */
export const descend = (
  rows: readonly Row[],
  inputs: number,
  tasks: number,
  { rounds, rate, shrink }: Descent,
): Float64Array => {
  const weights = new Float64Array(inputs * tasks);
  const speed = new Float64Array(weights.length);
  const slope = new Float64Array(weights.length);
  const scores = new Float64Array(tasks);
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  for (let round = 0; round < rounds; round++) {
    slope.fill(0);
    for (const row of rows) {
      softmax(row, weights, scores);
      scores[row.task] = (scores[row.task] ?? 0) - 1;
      for (let place = 0; place < row.inputs.length; place++) {
        const start = (row.inputs[place] ?? 0) * tasks;
        const push = (row.weight / total) * (row.amounts?.[place] ?? 1);
        for (let task = 0; task < tasks; task++)
          slope[start + task] = (slope[start + task] ?? 0) + push * (scores[task] ?? 0);
      }
    }
    for (let at = 0; at < weights.length; at++) {
      const pull = (slope[at] ?? 0) + shrink * (weights[at] ?? 0);
      speed[at] = momentum * (speed[at] ?? 0) - rate * pull;
      weights[at] = (weights[at] ?? 0) + (speed[at] ?? 0);
    }
  }
  return weights;
};

const softmax = ({ inputs, amounts }: Row, weights: Float64Array, scores: Float64Array): void => {
  scores.fill(0);
  for (let place = 0; place < inputs.length; place++) {
    const start = (inputs[place] ?? 0) * scores.length;
    const amount = amounts?.[place] ?? 1;
    for (let task = 0; task < scores.length; task++)
      scores[task] = (scores[task] ?? 0) + amount * (weights[start + task] ?? 0);
  }
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  let sum = 0;
  for (let task = 0; task < scores.length; task++) {
    scores[task] = Math.exp((scores[task] ?? 0) - highest);
    sum += scores[task] ?? 0;
  }
  for (let task = 0; task < scores.length; task++) scores[task] = (scores[task] ?? 0) / sum;
};
