import fc from 'fast-check';

/**
 * Properties are tried on the same values everywhere, so that a change is judged by what it changes. Other values are
 * tried by another `CHUNKFLUX_SEED`; a counterexample becomes a test of its own.
 */
fc.configureGlobal({ seed: Number(process.env.CHUNKFLUX_SEED ?? 1) });
