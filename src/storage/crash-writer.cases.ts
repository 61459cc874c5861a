import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { ModelId } from '../core/model.ts';
import { realWorld } from '../kit/world.ts';
import { openLedger } from './open-ledger.ts';
import { attemptLike, exchangeLike, intentLike, newId } from './records.cases.ts';

// a process to be killed: `node crash-writer.cases.ts DIRECTORY` keeps exchanges until then, and says
// on its output what it was promised ("i ID ATTEMPT") and what it settled ("s ID")
const dir = process.argv[2] ?? '';
const ledger = await openLedger({
  dir,
  texts: { store: false, keepMs: 0 },
  world: realWorld,
  tuning: { segmentBytes: 96 * 1024, applyEveryMs: 20 },
});
const say = (line: string): void => void writeSync(1, `${line}\n`);

const caller = async (): Promise<never> => {
  for (;;) {
    const intent = intentLike({ id: newId() });
    await ledger.intend(intent);
    say(`i ${intent.id} 1`);
    const attempts = [attemptLike()];
    await pause(Math.random() * 4);
    if (Math.random() < 0.2) {
      await ledger.intend({ ...intent, attempt: 1, model: 'openai/gpt-5.4-mini' as ModelId });
      say(`i ${intent.id} 2`);
      attempts.push(attemptLike({ model: 'openai/gpt-5.4-mini' as ModelId }));
    }
    // some answers take longer than a segment lasts
    await pause(Math.random() < 0.05 ? 150 : Math.random() * 4);
    ledger.settle(exchangeLike(intent, { attempts }));
    say(`s ${intent.id}`);
  }
};
await Promise.all(Array.from({ length: 40 }, caller));
