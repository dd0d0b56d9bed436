import { type ErrorCode, FluxError } from '../../../lib/errors.ts';

/** A named failure as it goes between threads: an error thrown there loses its class on the way. */
export interface FailureFacts {
  readonly code: ErrorCode;
  readonly message: string;
  readonly transient: boolean;
}

export const failureFacts = ({ code, message, transient }: FluxError): FailureFacts => ({
  code,
  message,
  transient,
});

/** A failure that a worker thread named; same code, message and hope as there. */
export class WorkerFailure extends FluxError {
  readonly code: ErrorCode;
  override readonly transient: boolean;
  constructor({ code, message, transient }: FailureFacts) {
    super(message);
    this.code = code;
    this.transient = transient;
  }
}
