import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataPathOf } from '../../../src/archives/archive-paths.ts'
import { packArchives } from '../../../src/archives/packing/pack-archives.ts'
import { encodeInfo } from '../../../src/formats/torrent-file.ts'
import { parseTorrentFile } from '../../../src/formats/torrent-parser.ts'
import { encodedMessage } from '../../support/encoded-message.ts'
import { readGoldenCase, type GoldenCase } from '../../support/golden.ts'
import { messagesInMemory } from '../../support/in-memory-messages.ts'
import { importId } from '../../support/member-facts.ts'
import { openMember, type OpenMember } from '../../support/open-member.ts'
import type { PublishedVersion } from '../../support/published-version.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { seedVersion } from '../../support/seeded-version.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { wholeRange } from '../../support/temporary-message-store.ts'
import { startTorrentClient } from '../../support/torrent-client.ts'
import { startTracker } from '../../support/tracker-host.ts'
import { valueOf } from '../../support/value-of.ts'

const GOLDEN = readGoldenCase('two-chunks')
const { communityId, topics } = GOLDEN

/** What the reference wrote; its `data` is packed here, and its hashes tell. */
function publish({ steps: [step] }: GoldenCase): PublishedVersion {
  if (step?.written == null) throw new Error('The golden case has nothing written')
  const { from, to, partitionSeconds, messages, written } = step
  const archivesDir = createTemporaryFolder()
  const range = { from, to, partitionSeconds, contentTopics: topics, createdAt: to }
  const request = { archivesDir, communityId, ...range, previous: null, trackers: [] }
  valueOf(packArchives(request, messagesInMemory(messages, topics)))
  const data = readFileSync(dataPathOf(archivesDir, communityId, 1))
  const torrent = valueOf(parseTorrentFile(written.torrent))
  return { data, index: written.index, torrent, infoBytes: encodeInfo(torrent), infoHash: written.infoHash }
}

function digestsIn({ stores }: OpenMember): readonly string[] {
  const found = stores.messages.readRange(wholeRange({ communityId, topics }))
  return Array.from(found, ({ bytes }) => Buffer.from(bytes).toString('base64'))
}

async function askForImport(member: OpenMember, n: number): Promise<void> {
  await member.wish({ type: 'StartImport', communityId, importId: importId(n), protocolEnabled: true })
  await member.until('ImportFinished', n)
}

test('two archives of one range, fetched from a peer, are taken over in either order', async () => {
  const [client, tracker] = [await startTorrentClient({ trackers: true }), await startTracker({ isKnown: () => true })]
  const [message] = GOLDEN.steps[0]?.messages ?? []
  if (message === undefined) throw new Error('The golden case has no messages')
  const expected = (GOLDEN.steps[0]?.messages ?? []).map((one) =>
    Buffer.from(encodedMessage(one).bytes).toString('base64'),
  )
  const member = await openMember(client)
  // It is in none of the archives, and so goes, but not before both are here.
  const own = sampleMessage({ ...message, hash: Buffer.from('own'), payload: Buffer.from('own') })
  await member.stores.messages.record(communityId, [own])
  await member.join(communityId, { archiving: false, contentTopics: topics })
  await member.wish({ type: 'ChangeSettings', communityId, changes: { imports: 'ON_REQUEST' } })
  await member.wish({ type: 'EnableArchiving', communityId })
  await member.submit((await seedVersion(publish(GOLDEN), tracker)).link)
  await member.until('SeedingStarted')
  await member.close()
  const copy = join(createTemporaryFolder(), 'node')
  cpSync(member.dataDir, copy, { recursive: true })

  const inOrder = await openMember(client, { dataDir: member.dataDir })
  await askForImport(inOrder, 1)
  expect(digestsIn(inOrder).toSorted()).toEqual(expected.toSorted())
  await inOrder.close()

  const reversed = await openMember(client, { dataDir: copy })
  await reversed.reactors.settled()
  const dataPath = dataPathOf(reversed.stores.archivesDir, communityId, 1)
  const whole = readFileSync(dataPath)
  writeFileSync(dataPath, Buffer.concat([Buffer.from([whole.readUInt8(0) ^ 1]), whole.subarray(1)]))
  await askForImport(reversed, 1)
  // The second archive alone: nothing is known to be too much.
  expect(digestsIn(reversed)).toHaveLength(3)
  expect(await reversed.until('ImportFinished')).toMatchObject({ data: { imported: 1, quarantined: 1 } })
  writeFileSync(dataPath, whole)
  await askForImport(reversed, 2)
  expect(digestsIn(reversed).toSorted()).toEqual(expected.toSorted())
})
