import { isFluxError } from '../errors.ts';

/** Why something was not done, as a person reads it. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

/** An error of ours by its name, any other by what it says. */
export function reasonOf(error: unknown): Reason {
  if (isFluxError(error)) return { code: error.code, message: error.message };
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { code: 'Unexpected', message };
}
