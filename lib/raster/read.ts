import type { Store } from '../store/store.ts';
import { reopenCog } from './cog.ts';
import type { Layer, LayerFacts } from './layer.ts';
import { reopenZarr } from './zarr.ts';

/** Opens a layer again from its facts, in a worker: no listing, no header but the ones that reading needs. */
export function reopenLayer(store: Store, facts: LayerFacts): Layer {
  return facts.kind === 'cog' ? reopenCog(store, facts) : reopenZarr(store, facts);
}
