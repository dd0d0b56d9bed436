import { exitWith } from './exit.ts';
import { chunkflux } from './program.ts';

/** The main job on the synthetic scene, command by command, as a person would type them. */
const COMMANDS = [
  'scene prd out/scene',
  'plan out/scene/product.yaml',
  'run out/scene/product.yaml',
  'stats out/scene/product.yaml --time 2022',
  'preview out/scene/product.yaml --variable nep_a --time 2022 --out out/nep_2022.png',
];

const started = Date.now();
try {
  for (const command of COMMANDS) {
    console.log(`\n$ npx chunkflux ${command}`);
    await chunkflux().parseAsync(command.split(' '), { from: 'user' });
    if (process.exitCode) break;
  }
  console.log(
    `\n${((Date.now() - started) / 1000).toFixed(0)} s. The product is out/products/, the map out/nep_2022.png.`,
  );
} catch (error) {
  exitWith(error);
}
