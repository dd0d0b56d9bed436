import { NotFound } from '../../../../lib/errors.ts';
import { follow, wantedProduct } from '../../../../lib/job/follow.ts';
import { refusals } from '../../../../lib/job/refusal.ts';
import { awsWorld } from '../../../runtime/aws.ts';
import { EXIT } from '../exit.ts';

export interface Options {
  readonly json?: boolean;
}

export async function redriveProduct(name: string, { json }: Options): Promise<void> {
  const world = awsWorld('finish');
  const wanted = await wantedProduct(world, name);
  if (!wanted) throw new NotFound(`no spec under specs/ of ${world.inputs.name} asks for "${name}"`);
  const kept = await follow(world, wanted, { force: true });
  if (kept) return console.log(json ? JSON.stringify({ run: kept.run }) : `Run ${kept.run} is under way.`);
  for await (const { spec, code, message } of refusals(world)) {
    if (spec !== wanted.specKey) continue;
    if (json) console.log(JSON.stringify({ refused: { code, message } }));
    else console.error(`${code}: ${message}`);
  }
  process.exitCode = EXIT.refused;
}
