/**
 * Every failure that chunkflux names. `code` is stable, `transient` is a fact of the error (worth another try as it
 * stands), the message says which file, variable and value, and what to do.
 */
export type ErrorCode =
  | 'BadRequest'
  | 'NotFound'
  | 'UnitMismatch'
  | 'GridMismatch'
  | 'ChunkTooLarge'
  | 'MissingInput'
  | 'UnsupportedInput'
  | 'CorruptInput'
  | 'StaleInput'
  | 'Conflict'
  | 'BudgetExceeded'
  | 'TooLarge'
  | 'StoreFailure';

export abstract class FluxError extends Error {
  abstract readonly code: ErrorCode;
  readonly transient: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A request or spec that says something wrong; `field` is the path of the offending field. */
export class BadRequest extends FluxError {
  readonly code = 'BadRequest' as const;
  readonly field: string;
  constructor(field: string, problem: string, options?: ErrorOptions) {
    super(field ? `${field}: ${problem}` : problem, options);
    this.field = field;
  }
}

/** A product, run, layer, zone or object that is not there. */
export class NotFound extends FluxError {
  readonly code = 'NotFound' as const;
}

/** A layer's declared units cannot be converted to those that the model asks for. */
export class UnitMismatch extends FluxError {
  readonly code = 'UnitMismatch' as const;
  readonly variable: string;
  constructor(variable: string, found: string, wanted: string, remedy?: string) {
    super(
      `${variable} is in "${found}"; the model wants "${wanted}". ` +
        (remedy ?? "Say the unit in the product's source, or choose another source."),
    );
    this.variable = variable;
  }
}

/** Grids that must agree, or at least overlap, do not. */
export class GridMismatch extends FluxError {
  readonly code = 'GridMismatch' as const;
}

/** A task would need more memory than it may have; said before it runs. */
export class ChunkTooLarge extends FluxError {
  readonly code = 'ChunkTooLarge' as const;
}

/** An input that the product needs is absent: a file, a month, a Zarr chunk. */
export class MissingInput extends FluxError {
  readonly code = 'MissingInput' as const;
}

/** A well-formed input in a form that chunkflux does not read. */
export class UnsupportedInput extends FluxError {
  readonly code = 'UnsupportedInput' as const;
}

/** An input whose bytes contradict its own description: truncated, garbled, hostile. */
export class CorruptInput extends FluxError {
  readonly code = 'CorruptInput' as const;
}

/** An input changed after it was planned: plan again. */
export class StaleInput extends FluxError {
  readonly code = 'StaleInput' as const;
  override readonly transient = true;
}

/** Someone else wrote first: read again. */
export class Conflict extends FluxError {
  readonly code = 'Conflict' as const;
  override readonly transient = true;
}

/** A stated budget would be exceeded. */
export class BudgetExceeded extends FluxError {
  readonly code = 'BudgetExceeded' as const;
}

/** A request over a stated limit. */
export class TooLarge extends FluxError {
  readonly code = 'TooLarge' as const;
}

/** The object store or disk failed; whether another try can help depends on the cause. */
export class StoreFailure extends FluxError {
  readonly code = 'StoreFailure' as const;
  override readonly transient: boolean;
  constructor(message: string, transient: boolean, options?: ErrorOptions) {
    super(message, options);
    this.transient = transient;
  }
}

export function isFluxError(error: unknown): error is FluxError {
  return error instanceof FluxError;
}
