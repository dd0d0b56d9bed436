import { ApiProblem, type Ask, askJson } from './api.ts';
import type { SetQuestion } from './reductions.ts';
import type { ZoneTotals } from './totals.ts';

interface Run {
  readonly run: string;
  readonly state: 'waiting' | 'running' | 'done';
  readonly progress: { readonly done: number; readonly parts: number };
}

const POLL_MS = 1500;

/** Whether a failure says that the question is too large for one request, and may be asked behind it. */
export const isTooLarge = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.status === 413 || error.status === 504);

/**
 * The same question, worked on by the server behind the request, for as long as it takes.
 *
 * @param onProgress parts done, of all
 * @throws ApiProblem, also where this needs the right to write
 */
export async function reduceBehind(
  { address, body = {} }: SetQuestion,
  { signal }: Ask,
  onProgress: (done: number, parts: number) => void,
): Promise<readonly ZoneTotals[]> {
  const options = signal ? { signal } : {};
  const [path = '', query] = address.split('?');
  const runs = `${path}/runs`;
  let { run, state, progress } = await askJson<Run>(`${runs}?${query}`, { ...options, body });
  while (state !== 'done') {
    onProgress(progress.done, progress.parts);
    await pause(POLL_MS, signal);
    ({ run, state, progress } = await askJson<Run>(`${runs}/${run}`, options));
  }
  return (await askJson<{ zones: readonly ZoneTotals[] }>(`${runs}/${run}/result?f=json`, options)).zones;
}

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((done, fail) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      fail(new DOMException('stopped', 'AbortError'));
    });
  });
