import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/properties.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Real processes, servers and browsers share the machine of CI with whatever else it does: what was too slow may
    // try again. What was wrong may not.
    retry: process.env.CI ? { count: 2, condition: /time(d )?out/i } : 0,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
