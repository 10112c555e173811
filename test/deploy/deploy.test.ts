import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  isInContext,
  lastOf,
  parseCopy,
  parseDockerfile,
  parseExec,
  parseHealthcheck,
} from '../../deploy/dockerfile.ts'
import { findNpm } from '../../deploy/find-npm.ts'
import { STOP_MS } from '../../src/cli/serve.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import packageJson from '../../package.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '../..')

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

/** The value of a key that stands on a line of its own. */
function valueIn(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[1] ?? `nothing like ${pattern}`
}

describe('deploy/seedbank.service', () => {
  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0

  test.skipIf(!hasSystemd)('passes systemd-analyze verify, which needs systemd', () => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', join(ROOT, 'deploy/seedbank.service')], {
      encoding: 'utf8',
    })
    // What it does not understand it only says.
    expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: '' })
  })

  test('leaves the node the time that a stop takes, and V8 its memory', () => {
    const unit = read('deploy/seedbank.service')
    expect(Number(valueIn(unit, /^TimeoutStopSec=(\d+)$/m)) * 1000).toBeGreaterThan(STOP_MS + 1000)
    expect(unit).not.toMatch(/^MemoryDenyWriteExecute=/m)
    expect(unit).toMatch(/^Restart=always$/m)
  })
})

describe('deploy/Dockerfile', () => {
  const [install, image] = parseDockerfile(read('deploy/Dockerfile'))
  if (install === undefined || image === undefined) throw new Error('There are no two stages')

  test('stands on a Node that runs the program, in both stages', () => {
    expect(image.base).toBe(install.base)
    const [, major] = /^node:(\d+)-slim$/.exec(image.base) ?? []
    expect(major).toBe(/\d+/.exec(packageJson.devDependencies.node)?.[0])
  })

  test('is not run as root, and its program is the process that signals come to', () => {
    expect(lastOf(image, 'USER')?.text).toBe('node')
    const [entry, command] = ['ENTRYPOINT', 'CMD'].map((keyword) => lastOf(image, keyword))
    if (entry === undefined || command === undefined) throw new Error('Nothing is run')
    expect([...parseExec(entry), ...parseExec(command)]).toEqual(['node', 'src/main.ts', 'serve'])
    expect(parseHealthcheck(image).slice(0, 2)).toEqual(['node', '-e'])
  })

  test('copies only what .dockerignore lets in, and that lets no data in', () => {
    const ignore = read('.dockerignore')
    const copies = [install, image].flatMap(({ instructions }) =>
      instructions.filter(({ keyword }) => keyword === 'COPY'),
    )
    const sources = copies.map(parseCopy).flatMap(({ from, sources: paths }) => (from === null ? paths : []))
    expect(sources).toEqual(['package.json', 'package-lock.json', '.npmrc', 'package.json', 'LICENSE', 'src'])
    expect(sources.filter((source) => !isInContext(ignore, source))).toEqual([])
    expect(['seedbank-data', 'node_modules', '.git', 'deploy'].filter((path) => isInContext(ignore, path))).toEqual([])
  })

  test('is given the time that a stop takes by compose.yaml', () => {
    expect(Number(valueIn(read('deploy/compose.yaml'), /stop_grace_period: (\d+)s/)) * 1000).toBeGreaterThan(
      STOP_MS + 1000,
    )
  })
})

describe('deploy/nginx.conf', () => {
  test('writes no URL down whole, as the token of an EventSource stands in it', () => {
    const config = read('deploy/nginx.conf').replaceAll(/^\s*#.*$/gm, '')
    expect(config).toMatch(/access_log \S+ seedbank;/)
    expect(config).toMatch(/error_log \S+ crit;/)
    expect(valueIn(config, /log_format seedbank ([^;]+);/)).toMatch(/"\$request_method \$uri /)
    expect(config).not.toMatch(/\$(request|request_uri|args|query_string|http_referer)\b/)
  })
})

describe('a Dockerfile', () => {
  test('is read in stages, with lines that go on', () => {
    const [first, second, ...more] = parseDockerfile(
      '# A comment\nFROM a AS b\nRUN x \\\n  && y\n\nfrom c\nCMD ["z"]\n',
    )
    expect(more).toEqual([])
    expect(first).toEqual({ base: 'a', name: 'b', instructions: [{ keyword: 'RUN', text: 'x && y', line: 3 }] })
    expect(second).toEqual({ base: 'c', name: null, instructions: [{ keyword: 'CMD', text: '["z"]', line: 7 }] })
  })

  test('is refused where it means what the trial would not do', () => {
    expect(() => parseDockerfile('RUN x')).toThrow('Line 1: RUN stands before FROM')
    expect(() => parseExec({ keyword: 'CMD', text: 'node x', line: 2 })).toThrow('no shell')
    expect(() => parseCopy({ keyword: 'COPY', text: '--link a b', line: 3 })).toThrow('COPY --link is not understood')
    expect(() => isInContext('node_modules', 'src')).toThrow('.dockerignore')
  })
})

test('the npm that an image is made with is found along PATH, behind a Node that has none beside it', () => {
  const folder = createTemporaryFolder()
  const [nodeAlone, bin, npm] = ['node-alone', 'usr/bin', 'usr/lib/node_modules/npm/bin'].map((path) => {
    mkdirSync(join(folder, path), { recursive: true })
    return join(folder, path)
  }) as [string, string, string]
  const script = join(npm, 'npm-cli.js')
  writeFileSync(script, '')
  symlinkSync(script, join(bin, 'npm'))
  expect(findNpm({ PATH: [nodeAlone, bin].join(delimiter) })).toBe(realpathSync(script))
  expect(() => findNpm({ PATH: nodeAlone })).toThrow('There is no npm in')
})
