/**
 * Each thread keeps one memory, and in it the kernels with the arrays of one block. It is scratch: no result depends on
 * what lay there before. Whoever uses it ends before anything else of the thread runs.
 */

import { KernelMemory, memoryBytes } from '../../kernels/kernel.ts';
import type { Room, Shape } from '../model.ts';
import { BLOCK_CELLS, CASA_ARRAYS, CASA_CODE, CASA_STEPS, CasaDesk } from './casa.ts';
import { DOOR_ARRAYS, DOOR_CODE, DoorDesk } from './door.ts';
import { MONTHS_ARRAYS, MonthsDesk } from './months.ts';
import { SUMS_ARRAYS, SumsDesk } from './sums.ts';

interface Desks {
  readonly casa: CasaDesk;
  readonly door: DoorDesk;
  readonly months: MonthsDesk;
  readonly sums: SumsDesk;
}

let desks: Desks | undefined;

/** Bytes of the memory. */
export const DESK_BYTES = memoryBytes([...CASA_ARRAYS, ...DOOR_ARRAYS, ...MONTHS_ARRAYS, ...SUMS_ARRAYS]);

function open(): Desks {
  if (!desks) {
    const memory = new KernelMemory(DESK_BYTES);
    const door = DOOR_CODE.on(memory);
    desks = {
      casa: new CasaDesk(memory),
      door: new DoorDesk(memory, door),
      months: new MonthsDesk(memory, door),
      sums: new SumsDesk(memory, door),
    };
  }
  return desks;
}

/** This thread's CASA; undefined for another number of steps, or where the runtime lacks WebAssembly SIMD. */
export const casaDesk = (steps: number): CasaDesk | undefined =>
  steps === CASA_STEPS && CASA_CODE.isSupported ? open().casa : undefined;

/** The arrays of a block of CASA. */
export const casaRoom = ({ steps, cells }: Shape): Room | undefined =>
  cells <= BLOCK_CELLS ? casaDesk(steps.length) : undefined;

/** This thread's door; undefined where the runtime lacks WebAssembly SIMD. */
export const doorDesk = (): DoorDesk | undefined => (DOOR_CODE.isSupported ? open().door : undefined);

/** This thread's composites, likewise. */
export const monthsDesk = (): MonthsDesk | undefined => (DOOR_CODE.isSupported ? open().months : undefined);

/** This thread's sums, likewise. */
export const sumsDesk = (): SumsDesk | undefined => (DOOR_CODE.isSupported ? open().sums : undefined);
