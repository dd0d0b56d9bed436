import { SCENE_DEFAULTS, type SceneOptions } from '../../../../lib/scene/scene.ts';
import { threadCount } from '../../../runtime/env.ts';
import { placeOf } from '../location.ts';
import { makeScene } from '../make-scene.ts';
import { stopOnInterrupt } from '../open-job.ts';
import { openPool } from '../pool.ts';
import { barProgress } from '../progress.ts';

export interface Options {
  readonly full?: boolean;
  readonly seed: number;
}

export async function putScene(name: 'prd', folder: string, options: Options): Promise<void> {
  const scene: SceneOptions = {
    ...SCENE_DEFAULTS,
    name,
    seed: options.seed,
    window: options.full ? 'full' : SCENE_DEFAULTS.window,
  };
  const pool = openPool(threadCount());
  try {
    const at = placeOf(folder);
    const { objects, bytes } = await makeScene(scene, at, pool, barProgress(), stopOnInterrupt());
    console.log(
      `${objects} objects, ${(bytes / 2 ** 20).toFixed(1)} MiB in ${at}. It is synthetic: see README.txt there.`,
    );
    console.log(`Next: chunkflux run ${folder}/product.yaml`);
  } finally {
    await pool.close();
  }
}
