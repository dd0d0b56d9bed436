import { exitWith } from './exit.ts';
import { chunkflux } from './program.ts';

try {
  await chunkflux().parseAsync();
} catch (error) {
  exitWith(error);
}
