import { dirname } from 'node:path'
import { replay } from '../../src/app/audit/replay.ts'

/** Replays a log as the command does, and throws the text away. @returns How many characters it was. */
export async function replayIntoNothing(file: string): Promise<number> {
  let characters = 0
  const wish = { dataDir: dirname(file), from: null, to: null, communityId: null, form: 'LINES', zone: 'utc' } as const
  const told = await replay(wish, async (text) => {
    characters += text.length
    return true
  })
  if (!told.ok) throw new Error(`Cannot replay: ${told.error.type}`)
  return characters
}
