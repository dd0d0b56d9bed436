/** A thread of test/bench/beps.ts: a pass for every message. */
import { parentPort } from 'node:worker_threads';
import { makeWork, pass } from './beps.ts';

const work = makeWork('fixed');
parentPort!.on('message', () => {
  pass(work);
  parentPort!.postMessage('done');
});
