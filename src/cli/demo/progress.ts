import { countText } from '../figures.ts';
import type { Terminal } from '../terminal.ts';
import type { Driven } from './drive.ts';

export interface Progress {
  readonly answered: (driven: Driven, done: number) => void;
  end(): void;
}

const everyMs = 100;
const barWidth = 30;

/** A bar that grows on a terminal; elsewhere a line each tenth of the way. */
export const createProgress = (
  total: number,
  { progress, tell, showsProgress, world, paintTold: paint }: Terminal,
): Progress => {
  const started = world.monotonicMs();
  let drawnAt = Number.NEGATIVE_INFINITY;
  let failed = 0;
  let tenths = 0;
  const figures = (done: number): string => {
    const perSecond = done / Math.max(0.001, (world.monotonicMs() - started) / 1000);
    return `${countText(done)} of ${countText(total)}  ${Math.round(perSecond)}/s${failed > 0 ? `  ${failed} failed` : ''}`;
  };
  return {
    answered: ({ ok }, done) => {
      if (!ok) failed += 1;
      if (showsProgress) {
        const now = world.monotonicMs();
        if (now - drawnAt < everyMs && done < total) return;
        drawnAt = now;
        const filled = Math.round((done / total) * barWidth);
        progress(
          `  ${paint.cyan('━'.repeat(filled))}${paint.dim('━'.repeat(barWidth - filled))}  ${figures(done)}`,
        );
      } else if (Math.floor((done / total) * 10) > tenths) {
        tenths = Math.floor((done / total) * 10);
        tell(`  ${figures(done)}`);
      }
    },
    end: () => progress(''),
  };
};
