import { existsSync, realpathSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'

/**
 * The `npm-cli.js` of the npm that runs this script, else of the first one along PATH: it need not lie beside the Node that
 * comes first there.
 *
 * @throws When there is none.
 */
export function findNpm(environment: NodeJS.ProcessEnv): string {
  const running = environment['npm_execpath'] ?? ''
  if (running.endsWith('npm-cli.js')) return running
  const folders = (environment['PATH'] ?? '').split(delimiter)
  for (const folder of folders) {
    const program = join(folder, 'npm')
    // Most often a link to the script itself; else to be found where npm is installed beside it.
    const near = [
      join(folder, '../lib/node_modules/npm/bin/npm-cli.js'),
      join(folder, 'node_modules/npm/bin/npm-cli.js'),
    ]
    const candidates = existsSync(program) ? [realpathSync(program), ...near] : []
    const found = candidates.find((path) => basename(path) === 'npm-cli.js' && existsSync(path))
    if (found !== undefined) return found
  }
  throw new Error(`There is no npm in ${folders.join(', ')}`)
}
