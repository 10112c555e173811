import { readRecordedMessages } from '../test/support/recorded-messages.ts'

/** A community whose messages are compared. */
export interface ComparedCommunity {
  readonly communityId: string
  readonly name: string
  readonly contentTopics: readonly string[]
  readonly messages: readonly unknown[]
}

/**
 * Compares the messages that the member took over with those that were recorded at the control node, byte for byte.
 *
 * @returns What it saw.
 * @throws On any difference.
 */
export async function compareMessages(
  { communityId, name, contentTopics, messages }: ComparedCommunity,
  controlDir: string,
  memberDir: string,
): Promise<string> {
  const [recorded, taken] = await Promise.all(
    [controlDir, memberDir].map(async (dataDir) => readRecordedMessages(dataDir, communityId, contentTopics)),
  )
  if (recorded?.length !== messages.length)
    throw new Error(`The control node has ${recorded?.length} messages of ${name}`)
  if (taken?.length !== recorded.length) throw new Error(`The member has ${taken?.length} messages of ${name}`)
  const other = recorded.findIndex((message, index) => message !== taken[index])
  if (other >= 0) throw new Error(`Message ${other} of ${name} is another at the member`)
  return `${name}: the member has all ${taken.length} messages of the control node, byte for byte`
}
