import { describeProblem, type Problem } from './problem.ts';

/** What the server answered instead, in words with a remedy. */
export class ApiProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Ask {
  /** POST when there is a body, unless said. */
  readonly method?: 'POST' | 'PUT';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

const KEY = 'chunkflux-key';

/** A key of an API that wants one; kept for this tab only. */
export const apiKey = {
  get: (): string | undefined => sessionStorage.getItem(KEY) ?? undefined,
  set: (key: string): void => sessionStorage.setItem(KEY, key),
};

export const keyHeaders = (): Record<string, string> => {
  const key = apiKey.get();
  return key === undefined ? {} : { 'X-API-Key': key };
};

/** An address of the API this page came from, wherever that is. */
export const addressOf = (path: string, query: Readonly<Record<string, string | undefined>> = {}): string => {
  const said = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value).replaceAll('%2C', ',')}`],
  );
  const url = new URL(path, document.baseURI).href.split('#')[0]!;
  return said.length > 0 ? `${url}?${said.join('&')}` : url;
};

/** @throws ApiProblem */
export async function ask(address: string, options: Ask = {}): Promise<Response> {
  const response = await reach(address, options);
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as Problem;
  throw new ApiProblem(response.status, describeProblem(response.status, problem));
}

export const askJson = async <T>(address: string, options: Ask = {}): Promise<T> =>
  (await (await ask(address, options)).json()) as T;

async function reach(address: string, { method = 'POST', body, signal, headers }: Ask): Promise<Response> {
  try {
    return await fetch(address, {
      ...(signal && { signal }),
      headers: {
        ...keyHeaders(),
        ...headers,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { method, body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiProblem(0, describeProblem(0, {}));
  }
}

/** Values of a stream of JSON lines, as they come. */
export async function* linesOf<T>(response: Response): AsyncGenerator<T> {
  const text = response.body!.pipeThrough(new TextDecoderStream());
  const reader = text.getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      const lines = (rest + (value ?? '')).split('\n');
      rest = done ? '' : lines.pop()!;
      for (const line of lines) if (line !== '') yield JSON.parse(line) as T;
      if (done) return;
    }
  } finally {
    await reader.cancel();
  }
}

export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError';
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
