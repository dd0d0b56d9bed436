import cliProgress from 'cli-progress';

/** What a person sees while work is under way. */
export interface Progress {
  begin(stage: string, total: number, unit: string): void;
  done(): void;
  end(): void;
}

/** A bar with rate and time left on a terminal; a line a stage elsewhere. Both on standard error. */
export const barProgress = (): Progress => (process.stderr.isTTY ? barOnTerminal() : lines());

/** Characters of a line beside its bar. */
const WORDS = 52;
const BAR = { least: 8, most: 40 } as const;

const barsize = (columns = 80): number => Math.max(BAR.least, Math.min(BAR.most, columns - WORDS));

function barOnTerminal(): Progress {
  let bar: cliProgress.SingleBar | undefined;
  let started = 0;
  let count = 0;
  let all = 0;
  return {
    begin(stage, total, unit) {
      started = Date.now();
      count = 0;
      all = total;
      bar = new cliProgress.SingleBar({
        format: `${stage.padEnd(9)} [{bar}] {value}/{total} ${unit}  {rate} a minute  {left} left`,
        barsize: barsize(process.stderr.columns),
        hideCursor: true,
        stream: process.stderr,
      });
      bar.start(total, 0, { rate: '-', left: '-' });
    },
    done() {
      count++;
      const minutes = Math.max(1, Date.now() - started) / 60_000;
      bar?.increment({
        rate: (count / minutes).toFixed(1),
        left: durationText((minutes / count) * (all - count)),
      });
    },
    end: () => bar?.stop(),
  };
}

/** `8 s`, `12 min`, `3.5 h`. */
function durationText(minutes: number): string {
  if (minutes < 1) return `${Math.ceil(60 * minutes)} s`;
  return minutes < 60 ? `${Math.ceil(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}

function lines(): Progress {
  let started = 0;
  let line = '';
  return {
    begin(stage, total, unit) {
      started = Date.now();
      line = `${stage} ${total} ${unit}`;
    },
    done() {},
    end: () => console.error(`${line}: ${((Date.now() - started) / 1000).toFixed(1)} s`),
  };
}
