import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { SCENE_DEFAULTS, type SceneOptions } from '../../../../lib/scene/scene.ts';
import { threadCount } from '../../../runtime/env.ts';
import { placeOf } from '../location.ts';
import { makeScene } from '../make-scene.ts';
import { stopOnInterrupt } from '../open-job.ts';
import { openPool } from '../pool.ts';
import { barProgress } from '../progress.ts';

export function addScene(program: Command): void {
  program
    .command('scene')
    .description('make an openly synthetic scene in the forms of the real products, with its spec')
    .addArgument(new Argument('<name>', 'the Pearl River Delta').choices(['prd']))
    .argument('[folder]', 'where to put it, a folder or s3://bucket/prefix', 'scene')
    .option(
      '--full',
      'the whole delta at 250 m (366 MB); else a window with parts of all nine cities (84 MB)',
    )
    .addOption(
      new Option('--seed <number>', 'another seed, another landscape')
        .argParser(wholeNumber)
        .default(SCENE_DEFAULTS.seed),
    )
    .action(async (name: 'prd', folder: string, options: { full?: boolean; seed: number }) => {
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
    });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('a whole number from 0');
}
