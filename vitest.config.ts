import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Tests that spawn processes, signal them, or load the torrent client's native addons: a process a file. */
const PROCESSES = ['test/e2e/**/*.test.ts', 'test/torrents/**/*.test.ts', 'test/*.test.ts']

export default defineConfig({
  // Packages are resolved as Node resolves them. Vite adds the conditions "module" and "development", and `graphql` has
  // a build of its own for the latter: a test would load one copy and graphql-yoga the other, whose types do not match.
  ssr: { resolve: { conditions: ['node', 'module-sync'] } },
  test: {
    pool: 'forks',
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    teardownTimeout: 10_000,
    // The processes that tests spawn start in half the time when they need not compile the program again.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'seedbank-compile-cache') },
    // The report is what .ci/run counts.
    reporters: process.env['CI'] === undefined ? ['default'] : ['default', 'json'],
    outputFile: { json: 'reports/tests.json' },
    projects: [
      {
        extends: true,
        test: { name: 'processes', include: PROCESSES, sequence: { groupOrder: 0 } },
      },
      {
        // They keep to what they made themselves, so they share a process, and load the program once.
        extends: true,
        test: {
          name: 'in-process',
          include: ['test/**/*.test.ts'],
          exclude: ['test/fixtures/**', ...PROCESSES],
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
    ],
  },
})
