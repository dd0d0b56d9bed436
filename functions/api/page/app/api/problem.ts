/** What the API says of a failure (RFC 9457). */
export interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly field?: string;
  readonly limit?: { readonly name: string; readonly allowed: number; readonly asked: number };
}

/** What a person can do, where the server's own words do not say it. */
const REMEDIES: Readonly<Record<number, string>> = {
  0: 'Look whether the server is still running and this machine online; the page goes on by itself when it is back.',
  401: 'Reload the page to give a key.',
  403: 'The key that you gave may only read. Ask the operator for one that may write.',
  409: 'Something changed just now. Try again.',
  429: 'Wait a moment, then try again.',
  503: 'The server has much to do. Wait a moment, then try again.',
  504: 'Ask for less at a time: fewer zones, a smaller polygon or a shorter period.',
};

/** A failure in words: what happened, and what to do. @param status 0 when there was no answer at all */
export function describeProblem(status: number, { detail, title }: Problem): string {
  const what =
    status === 0 ? 'The server cannot be reached.' : (detail ?? title ?? `The server answered ${status}.`);
  const remedy = REMEDIES[status];
  return remedy === undefined ? sentence(what) : `${sentence(what)} ${remedy}`;
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
