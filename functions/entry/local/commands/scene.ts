import { Argument, type Command, Option } from 'commander';
import { SCENE_DEFAULTS } from '../../../../lib/scene/scene-options.ts';
import type { Options } from '../actions/scene.ts';
import { wholeNumber } from '../whole-number.ts';

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
        .argParser(wholeNumber(0))
        .default(SCENE_DEFAULTS.seed),
    )
    .action(async (name: 'prd', folder: string, options: Options) => {
      const { putScene } = await import('../actions/scene.ts');
      await putScene(name, folder, options);
    });
}
