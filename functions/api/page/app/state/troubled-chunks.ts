import { type Ask, askJson } from '../api/api.ts';
import { productAddress } from '../api/catalogue.ts';
import type { Product } from '../api/product.ts';
import { h } from '../view/dom.ts';

interface ChunkState {
  readonly t: number;
  readonly y: number;
  readonly x: number;
  readonly state: string;
}

export interface Troubled extends ChunkState {
  readonly reason: string;
}

/** So many are told; the command line names all. */
const MOST_TOLD = 8;

/** Chunks that failed or wait for an input, with what their records say of it. @throws ApiProblem */
export async function troubledChunks({ info }: Product, options: Ask): Promise<readonly Troubled[]> {
  const { chunks } = await askJson<{ chunks: readonly ChunkState[] }>(
    productAddress(info.id, '/chunks', { level: '0' }),
    options,
  );
  const troubled = chunks.filter(({ state }) => state === 'failed' || state === 'missing-input');
  const why = async (chunk: ChunkState): Promise<Troubled> => {
    const path = `/chunks/${chunk.t}/${chunk.y}/${chunk.x}`;
    const { record } = await askJson<{ record?: { reason?: { message?: string } } }>(
      productAddress(info.id, path),
      options,
    );
    return { ...chunk, reason: record?.reason?.message ?? chunk.state };
  };
  return Promise.all(troubled.slice(0, MOST_TOLD).map(why));
}

export const troubledList = ({ info }: Product, chunks: readonly Troubled[]): HTMLElement =>
  h(
    'details',
    { class: 'troubled' },
    h('summary', {}, 'Why chunks are not there'),
    h(
      'ul',
      {},
      ...chunks.map(({ t, y, x, reason }) =>
        h('li', {}, h('strong', {}, `${info.years[t] ?? t}, chunk ${y}/${x}`), h('span', {}, reason)),
      ),
    ),
    h('p', { class: 'faint' }, `All of them: chunkflux status ${info.id}`),
  );
