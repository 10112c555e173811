import { Option, type Command } from 'commander'
import { createWriteStream, existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ExportedLog } from '../app/backup/export-log.ts'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'
import { createProgressBar } from './progress-bar.ts'
import { describeNoLog } from '../app/no-log.ts'

interface ExportFlags {
  readonly out?: string
  readonly dataDir: string
}

/** Exit codes: 0 all is written; 1 the disk is broken; 2 there is no log, or a file of that name. */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('Writes the log down, one event a line, also while a node runs.')
    .addOption(new Option('--format <name>', 'how it is written').choices(['ndjson']).default('ndjson'))
    .option('--out <file>', 'the file to write, which must not exist; standard output by default')
    .addOption(createDataDirOption())
    .action(async (flags: ExportFlags) => {
      process.exitCode = await exportTo(flags)
    })
}

async function exportTo({ out, dataDir: dataDirText }: ExportFlags): Promise<number> {
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error)
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { exportLog } = await import('../app/backup/export-log.ts')
  const opened = exportLog(dataDir.value)
  if (!opened.ok) return fail(describeNoLog(opened.error.file))
  using log = opened.value
  if (out !== undefined && existsSync(out)) return fail(`There is a file ${out} already: name another, or move it away`)
  const lines = Readable.from(textsOf(log, out !== undefined))
  if (out === undefined) await pipeline(lines, process.stdout, { end: false })
  else await writeWhole(lines, resolve(out))
  return 0
}

/** What breaks off leaves nothing under the file's own name, that could be taken for the whole log. */
async function writeWhole(lines: Readable, file: string): Promise<void> {
  const { placeFile } = await import('../app/backup/place-file.ts')
  const { openWorkingFolder } = await import('../app/backup/working-folder.ts')
  try {
    await using folder = await openWorkingFolder(dirname(file))
    const partial = join(folder.path, 'log.ndjson')
    await pipeline(lines, createWriteStream(partial, { mode: 0o600, flush: true }))
    if (!(await placeFile(partial, file))) throw new Error(`Somebody else wrote ${file} meanwhile`)
  } catch (cause) {
    throw new Error(`Cannot write the log to ${file}`, { cause })
  }
}

/** In pieces of many lines, which a stream takes with less ado. */
async function* textsOf(log: ExportedLog, isToldOf: boolean): AsyncGenerator<string, void> {
  const bar = createProgressBar()
  let piece = ''
  for await (const { text, position } of log.lines()) {
    piece += `${text}\n`
    if (piece.length < 65_536) continue
    yield piece
    piece = ''
    if (isToldOf) bar.show({ phase: 'export', done: position, total: log.events })
  }
  yield piece
  bar.end()
}

function fail(message: string): 2 {
  console.error(message)
  return 2
}
