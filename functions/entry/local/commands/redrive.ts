import type { Command } from 'commander';
import { NotFound } from '../../../../lib/errors.ts';
import { follow, wantedProduct } from '../../../../lib/job/follow.ts';
import { refusals } from '../../../../lib/job/refusal.ts';
import { awsWorld } from '../../../runtime/aws.ts';
import { EXIT } from '../exit.ts';

export function addRedrive(program: Command): void {
  program
    .command('redrive')
    .description('on AWS: start a run of whatever a product lacks, also what was given up or refused before')
    .argument('<product>', 'name of a product whose spec lies under specs/ of the inputs')
    .option('--json', 'the run, or why there is none, as JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const world = awsWorld('finish');
      const wanted = await wantedProduct(world, name);
      if (!wanted) throw new NotFound(`no spec under specs/ of ${world.inputs.name} asks for "${name}"`);
      const kept = await follow(world, wanted, { force: true });
      if (kept)
        return console.log(json ? JSON.stringify({ run: kept.run }) : `Run ${kept.run} is under way.`);
      for await (const { spec, code, message } of refusals(world)) {
        if (spec !== wanted.specKey) continue;
        if (json) console.log(JSON.stringify({ refused: { code, message } }));
        else console.error(`${code}: ${message}`);
      }
      process.exitCode = EXIT.refused;
    });
}
