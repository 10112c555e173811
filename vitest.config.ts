import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Packages are resolved as Node resolves them. Vite adds the conditions "module" and "development", and `graphql` has
  // a build of its own for the latter: a test would load one copy and graphql-yoga the other, whose types do not match.
  ssr: { resolve: { conditions: ['node', 'module-sync'] } },
  test: {
    include: ['test/**/*.test.ts'],
    // What takes long has scripts of its own, which .ci/run runs.
    exclude: ['test/fixtures/**', ...(process.env['LONG_TESTS'] === undefined ? ['test/long/**'] : [])],
    pool: 'forks',
    // Tests keep to what they made themselves, so that files share a process, and load the program once.
    isolate: false,
    // More than there are processors: many tests wait for processes that they started, or for a clock.
    maxWorkers: '150%',
    // What a test has to wait for may be late on a busy machine. Where time is the matter, the test itself says so.
    expect: { poll: { timeout: 30_000, interval: 10 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    // The processes that tests spawn start in half the time when they need not compile the program again.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'seedbank-compile-cache') },
    // The report is what .ci/run counts.
    reporters: process.env['CI'] === undefined ? ['default'] : ['default', 'json'],
    outputFile: { json: 'reports/tests.json' },
  },
})
