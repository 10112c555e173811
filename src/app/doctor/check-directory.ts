import { accessSync, constants, lstatSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { nearestFolder, type Examination } from './examination.ts'
import { bad, good, reasonOf, warning, type Finding } from './finding.ts'

const CHECK = 'data directory'
const { R_OK, W_OK, X_OK } = constants

/** Whether the node can keep its data there, and nobody else can read it. */
export function checkDirectory({ settings: { dataDir } }: Examination): readonly Finding[] {
  const parent = nearestFolder(dataDir)
  if (parent !== dataDir) {
    return isAccessible(parent, W_OK | X_OK)
      ? [good(CHECK, `${dataDir} is not there yet: the first start makes it`)]
      : [
          bad(
            CHECK,
            `${dataDir} is not there, and ${parent} cannot be written to`,
            `make it, or set data-dir to another`,
          ),
        ]
  }
  const stats = lstatSync(dataDir)
  if (stats.isFile()) return [bad(CHECK, `${dataDir} is a file`, 'set data-dir to a folder')]
  if (!isAccessible(dataDir, R_OK | W_OK | X_OK)) {
    const found = `${dataDir} is of user ${stats.uid}, and user ${process.getuid?.()} may not write to it`
    return [bad(CHECK, found, `run this as the user that runs the node, or chown it`)]
  }
  return process.getuid === undefined ? [good(CHECK, dataDir)] : checkModes(dataDir, stats)
}

interface Entry {
  readonly path: string
  readonly stats: Stats
}

function checkModes(dataDir: string, directory: Stats): readonly Finding[] {
  const entries = entriesOf(dataDir)
  const keys = entries.filter(({ path }) => path.startsWith(join(dataDir, 'keys/')))
  const shown = keys.filter(({ stats }) => stats.isFile() && (stats.mode & 0o077) !== 0)
  const foreign = entries.filter(({ stats }) => stats.uid !== directory.uid)
  const isOpen = (directory.mode & 0o007) !== 0
  const mode = (directory.mode & 0o777).toString(8).padStart(4, '0')
  return [
    isOpen
      ? warning(CHECK, `${dataDir} is open to all users of this machine (${mode})`, `chmod 700 ${dataDir}`)
      : good(CHECK, `${dataDir}, of user ${directory.uid}, mode ${mode}`),
    ...(foreign.length === 0
      ? []
      : [
          bad('owners', `${named(foreign)} not of user ${directory.uid}, like the rest`, chown(dataDir, directory.uid)),
        ]),
    shown.length === 0
      ? good('keys', `${keys.length} files, for their owner alone`)
      : bad('keys', `${named(shown)} readable by others`, `chmod 600 ${shown.map(({ path }) => path).join(' ')}`),
  ]
}

/** What stands in it, and its keys. Archives are many, and public. */
function entriesOf(dataDir: string): readonly Entry[] {
  const names = readdirSync(dataDir)
  const keys = names.includes('keys') ? readdirSync(join(dataDir, 'keys'), { recursive: true }) : []
  const paths = [...names, ...keys.map((name) => join('keys', String(name)))].map((name) => join(dataDir, name))
  return paths.flatMap((path) => {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    return stats === undefined ? [] : [{ path, stats }] // A running node replaces files.
  })
}

function named(entries: readonly Entry[]): string {
  const [first] = entries
  return entries.length === 1 ? `${first?.path} is` : `${first?.path} and ${entries.length - 1} more are`
}

function chown(dataDir: string, uid: number): string {
  return `chown -R ${uid} ${dataDir}, and run commands as that user`
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch (error) {
    if (/EACCES|EROFS|EPERM/.test(reasonOf(error))) return false
    throw error
  }
}
