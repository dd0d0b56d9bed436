/**
 * Tiles of many columns, advanced together over many days: the seam between BEPS and what drives it, be it a tower's
 * table or a chunk of a map. Typed arrays in and out; what a tile gets does not depend on the tiles beside it.
 */
import { BadRequest } from '../../errors.ts';
import { runBlockDays } from './block-days.ts';
import { type BlockForcing, checkForcing, columnOf, type Repairs } from './forcing.ts';
import { BepsKernel, isForKernel } from './kernel-days.ts';
import { STATE_LENGTH } from './state.ts';
import type { BlockOptions, BlockOutputs, TileBlock } from './tile-block.ts';

export * from './tile-block.ts';

/** A thread has one: what lies in its memory between runs means nothing. */
let kernel: BepsKernel | undefined;

/**
 * Runs a block, in the kernel where it knows all options of the tiles.
 *
 * A day with a gap is skipped: its fluxes are NaN, the state stays.
 *
 * @returns how often what was done to the forcing, counted by tile and day
 * @throws BadRequest for series of other lengths, or a column that is not there
 */
export function runBlock(
  block: TileBlock,
  forcing: BlockForcing,
  outputs: BlockOutputs,
  options: BlockOptions = {},
): Repairs {
  checkBlock(block, forcing);
  if (!BepsKernel.isSupported || !block.tiles.every(isForKernel))
    return runBlockDays(block, forcing, outputs, options);
  kernel ??= new BepsKernel();
  return kernel.run(block, forcing, outputs, options);
}

function checkBlock({ tiles, columns, states }: TileBlock, forcing: BlockForcing): void {
  if (states.length < tiles.length * STATE_LENGTH || columns.length < tiles.length)
    throw new BadRequest('block', `has ${tiles.length} tiles, but not as many states and columns.`);
  for (let i = 0; i < tiles.length; i++)
    if (!(columns[i]! >= 0 && columns[i]! < forcing.columns))
      throw new BadRequest(
        'block.columns',
        `tile ${i} stands in column ${columns[i]} of ${forcing.columns}.`,
      );
  if (forcing.columns > 0) checkForcing(columnOf(forcing, forcing.columns - 1));
}
