import { keepWatch } from '../keep-watch.ts';
import { stopOnInterrupt } from '../open-job.ts';
import { summaryText } from '../summary.ts';

export async function watchSpec(specPath: string, store: string): Promise<void> {
  await keepWatch(specPath, store, stopOnInterrupt(), (told) => {
    if ('refused' in told) console.error(told.refused);
    else console.log(summaryText(told.summary));
  });
}
