import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findImportCycle } from './support/import-cycles.ts'
import { findForbiddenImports, resolveImport } from './support/layer-rules.ts'
import { findImports } from './support/source-imports.ts'
import manifest from '../package.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '..')
const MOST_LINES = 199
const VAGUE_NAME = /^(utils?|helpers?|types|common|misc|shared)\.ts$/

const sources = readSources('src')
const everything = new Map([
  ...sources,
  ...['test', 'bench', 'demo', 'soak', 'release', 'deploy', 'examples'].flatMap((folder) => [...readSources(folder)]),
])

function readSources(folder: string): ReadonlyMap<string, string> {
  const files = globSync(`${folder}/**/*.ts`, { cwd: ROOT }).map((file) => file.replaceAll('\\', '/'))
  const written = files.filter((file) => !/^test\/fixtures\/|\/generated\/|_pb\.ts$/.test(file))
  return new Map(written.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]))
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/')
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
}

/** Which files each file imports when it runs. Types alone may refer to each other in a circle. */
function importsOf(files: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...files].map(([file, source]) => {
      const imports = findImports(source).filter(({ isTypeOnly }) => !isTypeOnly)
      const relative = imports.filter(({ specifier }) => specifier.startsWith('.'))
      return [file, relative.map(({ specifier }) => resolveImport(file, specifier))]
    }),
  )
}

describe('the source', () => {
  test('is there', () => {
    expect(sources.size).toBeGreaterThan(10)
  })

  test('is imported in the directions of its layers alone', () => {
    expect([...sources].flatMap(([file, source]) => findForbiddenImports(file, source))).toEqual([])
  })

  test('imports packages that package.json names: at run time, not those for development', () => {
    const named = Object.keys(manifest.dependencies)
    const specifiers = [...sources.values()].flatMap(findImports).map(({ specifier }) => specifier)
    const packages = new Set(specifiers.filter((each) => !/^(\.|node:)/.test(each)).map(packageOf))
    expect([...packages].filter((name) => !named.includes(name))).toEqual([])
  })

  test('has no circle of imports', () => {
    expect(findImportCycle(importsOf(everything))).toBeNull()
  })

  test('has files that can be read in one sitting', () => {
    const long = [...everything].filter(([, source]) => source.split('\n').length - 1 > MOST_LINES)
    expect(long.map(([file]) => file)).toEqual([])
  })

  test('has files whose names say what is in them', () => {
    const vague = [...everything.keys()].filter((file) => VAGUE_NAME.test(basename(file)))
    const notKebab = [...everything.keys()].filter((file) => !/^[a-z0-9]+([-.][a-z0-9]+)*\.ts$/.test(basename(file)))
    expect({ vague, notKebab }).toEqual({ vague: [], notKebab: [] })
  })
})

describe('the check of layers', () => {
  const forbidden = [
    ['src/domain/a.ts', `import { open } from '../events/database.ts'`],
    ['src/domain/a.ts', `import type { Database } from '../events/database.ts'`],
    ['src/domain/a.ts', `export * from '../events/database.ts'`],
    ['src/domain/a.ts', `import {\n  one,\n  two,\n} from '../events/database.ts'`],
    ['src/domain/a.ts', `const database = await import('../events/database.ts')`],
    ['src/domain/a.ts', `import 'node:fs'`],
    ['src/domain/a.ts', `import { v7 } from 'uuid'`],
    ['src/events/a.ts', `import WebTorrent from 'webtorrent'`],
    ['src/archives/a.ts', `import { keccak_256 } from '@noble/hashes-of-another/sha3.js'`],
    ['src/formats/a.ts', `import { packArchives } from '../archives/pack-archives.ts'`],
    ['src/messages/a.ts', `import { BinaryWriter } from '@bufbuild/protobuf/wire'`],
    ['src/reactors/deep/a.ts', `import { streamOf } from '../../events/recorded-event.ts'`],
    ['src/graphql/a.ts', `import { Kysely } from 'kysely'`],
    ['src/cli/a.ts', `import { open } from '../events/database.ts'`],
    ['src/app/a.ts', `import type { Registry } from 'prom-client'`],
    ['src/app/a.ts', `const api = await import('@opentelemetry/api')`],
    ['src/main.ts', `import { decide } from './domain/decide.ts'`],
    ['src/elsewhere/a.ts', ''],
  ] as const

  test.each(forbidden)('refuses in %s: %j', (file, source) => {
    expect(findForbiddenImports(file, source)).toHaveLength(1)
  })

  const allowed = [
    ['src/domain/a.ts', `import { ok } from './result.ts'\n// import 'node:fs'\n/* import 'ws' */`],
    ['src/events/a.ts', `import type { Brand } from '../domain/brand.ts'\nimport { sql } from 'kysely'`],
    ['src/reactors/a.ts', `import type { Recorded } from '../events/recorded-event.ts'`],
    ['src/archives/a.ts', `import { keccak_256 } from '@noble/hashes/sha3.js'`],
    ['src/graphql/a.ts', `import type { Kysely } from 'kysely'\nimport SchemaBuilder from '@pothos/core'`],
    ['src/app/a.ts', `import { pino } from 'pino'\nimport { decide } from '../domain/decide.ts'`],
    ['src/telemetry/a.ts', `import { trace } from '@opentelemetry/api'\nimport { Registry } from 'prom-client'`],
    ['src/main.ts', `import { run } from './cli/run.ts'`],
  ] as const

  test.each(allowed)('accepts in %s: %j', (file, source) => {
    expect(findForbiddenImports(file, source)).toEqual([])
  })

  test('finds a circle over several files', () => {
    const circle = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['b']],
    ])
    expect(findImportCycle(circle)).toEqual(['b', 'd', 'b'])
  })
})
