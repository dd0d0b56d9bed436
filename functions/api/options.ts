import type { JsonWebKey } from 'node:crypto';
import type { Item, Queue } from '../../lib/job/queue.ts';
import type { Page } from './page/assets.ts';

/** What an operator may set. Everything has a default that is safe on loopback. */
export interface ApiOptions {
  /** Where it is reached from outside, `https://flux.example.org`; taken from the request when absent. */
  readonly publicUrl?: string;
  readonly auth?: AuthOptions;
  /** The map page for browsers; without it `/` is JSON for everybody. */
  readonly page?: Page;
  readonly limits?: Partial<Limits>;
  /** How long what a store said of records and products may be believed, ms. */
  readonly freshMs?: number;
  /** Memory for decoded chunks, bytes. */
  readonly cacheBytes?: number;
  /** Takes work that is longer than a request; this process does it itself when absent. */
  readonly queue?: Queue<Item>;
  /** The world's inputs are at hand: chunks may be computed on request, each with this much memory, bytes. */
  readonly compute?: { readonly memoryLimit: number };
  /** Seconds that browsers and proxies may keep an answer before asking whether it changed; 0 unless said. */
  readonly maxAge?: number;
}

export interface AuthOptions {
  /** Keys that may read; reading is public when absent. */
  readonly readKeys?: readonly string[];
  /** Keys that may write. */
  readonly writeKeys?: readonly string[];
  /** Bearer tokens whose `scope` holds `read` or `write`. */
  readonly jwt?: JwtOptions;
  /** The server is reached from this machine alone: writing needs no key. */
  readonly loopback?: boolean;
}

/** Whose signature on a token counts; and, where it is said, of which issuer and for which audience it must be. */
export interface JwtOptions {
  /** Shared with the signer: HS256. */
  readonly secret?: string;
  /** Of the signer, who has no set then: RS256 or ES256. */
  readonly publicKey?: PublicKey;
  /** Address of the signer's JSON Web Key Set: RS256 and ES256. */
  readonly keySet?: string;
  readonly issuer?: string;
  readonly audience?: string;
}

/** As JSON Web Key, with the one algorithm that it is for. */
export type PublicKey = JsonWebKey & { readonly alg: 'RS256' | 'ES256' };

/** Each is named in the 413 or 503 that it causes. */
export interface Limits {
  /** Requests worked on at a time, and those that may wait for a turn. */
  readonly concurrent: number;
  readonly waiting: number;
  readonly timeoutMs: number;
  readonly bodyBytes: number;
  readonly features: number;
  readonly vertices: number;
  /** Pixels of one picture. */
  readonly imagePixels: number;
  /** Cells that one reduction may read: pixels times steps times variables. */
  readonly cells: number;
  /** Features times steps times variables of one answer. */
  readonly rows: number;
  /** Chunks of a product that may be planned, and bytes that may be read, to bring one of them up to date. */
  readonly freshChunks: number;
  readonly freshBytes: number;
  /** Cells of one feature and step that quantiles and histograms keep. */
  readonly sampleCells: number;
}

export const LIMITS: Limits = {
  concurrent: 16,
  waiting: 64,
  timeoutMs: 25_000,
  bodyBytes: 16 * 2 ** 20,
  features: 10_000,
  vertices: 2_000_000,
  imagePixels: 4_194_304,
  cells: 4e9,
  rows: 5_000_000,
  freshChunks: 10_000,
  freshBytes: 512 * 2 ** 20,
  sampleCells: 20_000_000,
};

export const limitsOf = ({ limits }: ApiOptions): Limits => ({ ...LIMITS, ...limits });
