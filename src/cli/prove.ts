import type { Command } from 'commander'
import type { EventProof } from '../app/audit/prove.ts'
import { createDataDirOption, parseDataDir } from './data-dir-option.ts'
import { describeNoLog } from '../app/no-log.ts'

interface ProveFlags {
  readonly size?: string
  readonly json: boolean
  readonly dataDir: string
}

/** Exit codes: 0 proven; 1 the log was altered, or cannot be read; 2 the wish was wrong. */
export function addProveCommand(program: Command): void {
  program
    .command('prove')
    .description('Proves that an event is in the log, to whoever has a signed checkpoint, also while a node runs.')
    .argument('<position>', 'where the event stands in the log')
    .option('--size <events>', 'how many events the checkpoint at hand covers: its second line')
    .option('--json', 'print the proof as JSON, which examples/verify-proof.mjs checks', false)
    .addOption(createDataDirOption())
    .action(async (position: string, flags: ProveFlags) => {
      process.exitCode = await prove(position, flags)
    })
}

async function prove(
  positionText: string,
  { size: sizeText, json, dataDir: dataDirText }: ProveFlags,
): Promise<number> {
  const [position, size] = [parseCount(positionText), sizeText === undefined ? null : parseCount(sizeText)]
  if (position === null) return fail(`<position> is ${JSON.stringify(positionText)}, but must be a number from 1 on`, 2)
  if (sizeText !== undefined && size === null) {
    return fail(`--size is ${JSON.stringify(sizeText)}, but must be a number from 1 on`, 2)
  }
  const dataDir = parseDataDir(dataDirText)
  if (!dataDir.ok) return fail(dataDir.error, 2)
  // Loaded only where it is needed: what is wrong with a wish is said at once.
  const { prove: proveIn } = await import('../app/audit/prove.ts')
  const proof = await proveIn(dataDir.value, position, size)
  if (proof.ok) {
    console.log(json ? JSON.stringify(proof.value, null, 2) : describeProof(proof.value))
    if (proof.value.note === null) console.error('No checkpoint of this size is signed: sign one with checkpoint')
    return 0
  }
  switch (proof.error.type) {
    case 'LogMissing':
      return fail(describeNoLog(proof.error.file), 2)
    case 'NotInLog':
      return fail(`The log has ${proof.error.head} events: name one of them, and a --size that covers it`, 2)
    case 'LogAltered':
      return fail('The log is not what was signed: see where with verify-log', 1)
  }
}

function describeProof({ size, index, text, leaf, path, root, note }: EventProof): string {
  return [
    `Event ${index + 1} is one of the first ${size} of the log:`,
    `  ${text}`,
    `  leaf ${leaf}, ${path.length} nodes up to the root ${root}`,
    ...(note === null ? [] : ['which is signed:', note.trimEnd()]),
  ].join('\n')
}

function parseCount(text: string): number | null {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
}

function fail(message: string, exitCode: 1 | 2): number {
  console.error(message)
  return exitCode
}
