import { isFluxError, StoreFailure } from '../errors.ts';

/** The HTTP status behind an error of the SDK; undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

/** An object that is not there. HEAD has no body to name it by; a missing bucket is named, and is not an absence. */
export function isAbsent(error: unknown): boolean {
  return statusOf(error) === 404 && (error as Error).name !== 'NoSuchBucket';
}

const NO_REGION = 'no AWS region is set. Set AWS_REGION, or AWS_ENDPOINT_URL for a server that is not AWS';
const NO_CREDENTIALS =
  'no AWS credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a role';

/**
 * Names what S3 or the way to it refused, and whether another try can help. Errors that already have a name pass as
 * they are; an abort becomes the reason that the caller gave.
 */
export function s3Failure(error: unknown, doing: string, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (isFluxError(error) || !(error instanceof Error)) return error;
  const [says, transient] = causeOf(error) ?? [];
  if (says === undefined) return error;
  return new StoreFailure(`${doing}: ${says}.`, transient ?? false, { cause: error });
}

function causeOf(error: Error): [says: string, transient: boolean] | undefined {
  const status = statusOf(error);
  return status === undefined ? withoutAnswer(error) : answered(error, status);
}

/** What a server says of credentials that it knows not, or no longer. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  ExpiredToken: 'The credentials have expired: get new ones (of a profile with SSO: aws sso login)',
  InvalidAccessKeyId: 'There is no such access key: look at AWS_ACCESS_KEY_ID or AWS_PROFILE',
  SignatureDoesNotMatch: 'The secret is not that of the access key: look at AWS_SECRET_ACCESS_KEY',
  RequestTimeTooSkewed: 'The clock of this machine is wrong: set it',
};

function answered(error: Error, status: number): [string, boolean] {
  const answer = `the server answered ${status} ${error.name}`;
  if (status >= 500 || status === 429 || error.name === 'RequestTimeout') {
    return [`${answer}; tried several times. Try again later`, true];
  }
  const remedy = CREDENTIALS[error.name];
  if (remedy) return [`${answer}. ${remedy}`, false];
  if (status === 403) {
    return [
      `${answer}. The credentials may not do this; for an object that is not there, this is also what a missing ` +
        's3:ListBucket permission looks like',
      false,
    ];
  }
  if (error.name === 'NoSuchBucket') return [`${answer}. Make the bucket, or correct its name`, false];
  if (status < 400) return [`${answer}. The bucket is in another region, or behind another endpoint`, false];
  return [`${answer}: ${error.message.split('\n', 1)[0]}`, false];
}

function withoutAnswer(error: Error & { code?: unknown }): [string, boolean] | undefined {
  if (error.name === 'CredentialsProviderError') return [NO_CREDENTIALS, false];
  if (error.message === 'Region is missing') return [NO_REGION, false];
  if (typeof error.code === 'string' && /CERT|SIGN|TLS|SSL/.test(error.code)) {
    return [`the server's certificate is not trusted (${error.code})`, false];
  }
  if (error.name === 'TimeoutError' || typeof error.code === 'string') {
    return [`no answer (${error.code ?? error.name}: ${error.message}). Try again later`, true];
  }
  return undefined;
}
