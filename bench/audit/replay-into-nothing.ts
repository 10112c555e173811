import { replay } from '../../src/app/audit/replay.ts'
import { dirname } from 'node:path'

/** Replays a log as the command does, and throws the text away. @returns How many lines events had. */
export async function replayIntoNothing(file: string): Promise<number> {
  let lines = -1 // The heading.
  const wish = { dataDir: dirname(file), from: null, to: null, communityId: null, form: 'LINES', zone: 'utc' } as const
  const told = await replay(wish, async (text, read, ofAll) => {
    // The state is told with the last call, and has lines of its own.
    if (!(read === ofAll && text.startsWith('\n')))
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
    return true
  })
  if (!told.ok) throw new Error(`Cannot replay: ${told.error.type}`)
  return lines
}
