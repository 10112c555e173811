import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

// `npm run bench -- append` runs bench/append.ts, in a process of its own so that no bench warms up another's code.
// What begins with `--` is handed on to it.

const available = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isFile() && /^(?!main\.)[^.]+\.ts$/.test(entry.name))
  .map((entry) => entry.name.replace(/\.ts$/, ''))
  .toSorted()

const flags = process.argv.slice(2).filter((word) => word.startsWith('--'))

async function run(name: string): Promise<number> {
  const bench = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...flags], { stdio: 'inherit' })
  const [code] = await once(bench, 'exit')
  return typeof code === 'number' ? code : 1
}

const names = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const unknown = names.filter((name) => !available.includes(name))
if (names.length === 0 || unknown.length > 0) {
  for (const name of unknown) console.error(`There is no bench "${name}".`)
  console.log(`Usage: npm run bench -- NAME… [--FLAG=VALUE…]\nBenches: ${available.join(', ')}`)
  process.exitCode = unknown.length > 0 ? 2 : 0
} else {
  for (const name of names) {
    console.log(`# ${name}`)
    process.exitCode = Math.max(Number(process.exitCode ?? 0), await run(name))
  }
}
