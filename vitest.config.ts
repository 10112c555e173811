import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Packages are resolved as Node resolves them. Vite adds the conditions "module" and "development", and `graphql` has
  // a build of its own for the latter: a test would load one copy and graphql-yoga the other, whose types do not match.
  ssr: { resolve: { conditions: ['node', 'module-sync'] } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/fixtures/**'],
    // A process a file: native addons, real sockets and signals do not share one well.
    pool: 'forks',
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    teardownTimeout: 10_000,
    // The report is what .ci/run counts.
    reporters: process.env['CI'] === undefined ? ['default'] : ['default', 'json'],
    outputFile: { json: 'reports/tests.json' },
  },
})
