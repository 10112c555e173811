import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { dataPathOf } from '../../../src/archives/archive-paths.ts'
import type { ImportId } from '../../../src/domain/archive.ts'
import type { DomainEvent } from '../../../src/domain/events.ts'
import type { Message } from '../../../src/domain/message.ts'
import { createTorrentClient, type TorrentClient } from '../../../src/torrents/client/torrent-client.ts'
import { at } from '../../support/community-facts.ts'
import { LOOPBACK_TORRENT_CLIENT } from '../../support/loopback-torrents.ts'
import { importId } from '../../support/member-facts.ts'
import { openMember, type OpenMember } from '../../support/open-member.ts'
import { SAMPLE_TOPIC, sampleMessage } from '../../support/sample-message.ts'
import { seedVersion } from '../../support/seeded-version.ts'
import { readAll } from '../../support/temporary-message-store.ts'
import { startTracker, type TrackerHost } from '../../support/tracker-host.ts'
import { foreignCommunity, messagesOf, publishWeeks } from '../../support/weekly-history.ts'

let client: TorrentClient
beforeAll(async () => {
  client = await createTorrentClient({ ...LOOPBACK_TORRENT_CLIENT, trackers: true })
  return () => client.stop()
})

const communityId = foreignCommunity(2)

async function startMember(dataDir?: string): Promise<{ readonly member: OpenMember; readonly tracker: TrackerHost }> {
  const member = await openMember(client, dataDir === undefined ? {} : { dataDir })
  return { member, tracker: await startTracker({ isKnown: () => true }) }
}

/** Joins, and fetches weeks; they are imported when it is asked for. */
async function fetchWeeks(
  { member, tracker }: Awaited<ReturnType<typeof startMember>>,
  letters: string,
): Promise<void> {
  await member.join(communityId, { archiving: false })
  await member.wish({ type: 'ChangeSettings', communityId, changes: { imports: 'ON_REQUEST' } })
  await member.wish({ type: 'EnableArchiving', communityId })
  await member.submit((await seedVersion(publishWeeks(communityId, letters), tracker)).link)
  await member.until('DownloadFinished')
}

async function askForImport(member: OpenMember, n: number): Promise<ImportId> {
  await member.wish({ type: 'StartImport', communityId, importId: importId(n), protocolEnabled: true })
  await member.until('ImportFinished', n)
  return importId(n)
}

function history({ stores }: OpenMember): readonly Message[] {
  return readAll(stores.messages, { communityId })
}

function weeks(letters: string): readonly Message[] {
  return letters.split('').flatMap((letter, week) => messagesOf(letter, week))
}

function dataOf(facts: readonly DomainEvent[], type: DomainEvent['type']): readonly object[] {
  return facts.filter((fact) => fact.type === type).map(({ data }) => data)
}

describe('archives that are here', () => {
  test('are imported when it is asked for, as the preview said, and that can be undone', async () => {
    const node = await startMember()
    const { member } = node
    const [own, shared] = [
      sampleMessage({ timestamp: at(1), hash: Buffer.from('own') }),
      messagesOf('a', 0).slice(0, 2),
    ]
    await member.stores.messages.record(communityId, [...shared, own])
    await fetchWeeks(node, 'ab')
    const counts = { archives: 2, unreadable: 0, added: 4, kept: 2, removed: 1 }
    expect(await member.members.reader.previewImport(communityId)).toEqual(counts)
    expect(dataOf(await member.facts(), 'ImportStarted')).toEqual([])

    const first = await askForImport(member, 1)
    expect(history(member)).toEqual(weeks('ab'))
    expect(dataOf(await member.facts(), 'ArchiveImported')).toMatchObject([
      { messages: 3, added: 1, removed: 0 },
      { messages: 3, added: 3, removed: 1 },
    ])
    // Again it changes nothing, and keeps what was removed no longer.
    expect(await member.members.reader.previewImport(communityId)).toMatchObject({ archives: 0, added: 0, removed: 0 })
    expect(await member.stores.messages.imports.undo(communityId, first)).toBe(1)
    expect(history(member)).toHaveLength(7)
    await askForImport(member, 2)
    expect(dataOf(await member.facts(), 'ArchiveImported')).toHaveLength(2)
    expect(member.faults).toEqual([])
  })

  test('and are damaged by now are put in quarantine alone, and imported once they are whole again', async () => {
    const node = await startMember()
    const { member } = node
    await fetchWeeks(node, 'abc')
    const dataPath = dataPathOf(member.stores.archivesDir, communityId, 1)
    const whole = readFileSync(dataPath)
    const bad = Buffer.from(whole)
    bad.writeUInt8((bad.readUInt8(102_400 + 50) + 1) & 0xff, 102_400 + 50)
    writeFileSync(dataPath, bad)
    expect(await member.members.reader.previewImport(communityId)).toMatchObject({ archives: 2, unreadable: 1 })
    await askForImport(member, 1)
    const [quarantined] = dataOf(await member.facts(), 'ArchiveQuarantined')
    expect(quarantined).toMatchObject({ code: 'PIECES_DAMAGED', numbers: { pieces: 1, firstPiece: 1 } })
    expect(dataOf(await member.facts(), 'ImportFinished')).toMatchObject([{ imported: 2, quarantined: 1 }])
    expect(history(member)).toEqual([...messagesOf('a', 0), ...messagesOf('c', 2)])
    expect(await member.diagnose(communityId)).toContain('IMPORT_QUARANTINED')
    writeFileSync(dataPath, whole)
    await askForImport(member, 2)
    expect(history(member)).toEqual(weeks('abc'))
    expect(dataOf(await member.facts(), 'ImportFinished')[1]).toMatchObject({ imported: 1, quarantined: 0 })
  })
})

describe('messages that were taken over', () => {
  test('and are others by now in an archive of the same name give way to those, until that is undone', async () => {
    const { member, tracker } = await startMember()
    await member.join(communityId)
    await member.submit((await seedVersion(publishWeeks(communityId, 'abc'), tracker)).link)
    await member.until('ImportFinished')
    const [old, other] = ['abc', 'aXc'].map((letters) => publishWeeks(communityId, letters))
    expect(other?.archives).toEqual(old?.archives)
    await member.wish({ type: 'ChangeSettings', communityId, changes: { imports: 'ON_REQUEST' } })
    await member.submit((await seedVersion(publishWeeks(communityId, 'aXc'), tracker)).link)
    await member.until('DownloadFinished', 2)
    const counts = { archives: 3, unreadable: 0, added: 3, kept: 6, removed: 3 }
    expect(await member.members.reader.previewImport(communityId)).toEqual(counts)
    const second = await askForImport(member, 2)
    expect(history(member)).toEqual(weeks('aXc'))
    expect(dataOf(await member.facts(), 'ArchiveImported').slice(3)).toMatchObject([
      { added: 0, removed: 0 },
      { added: 3, removed: 3 },
      { added: 0, removed: 0 },
    ])
    expect(await member.stores.messages.imports.undo(communityId, second)).toBe(3)
    expect(history(member)).toHaveLength(12)
  })

  test('and lost with messages.db are taken over again at the next start, and nothing is fetched for it', async () => {
    const node = await startMember()
    const { member, tracker } = node
    await member.join(communityId)
    const { seeder, link } = await seedVersion(publishWeeks(communityId, 'abc'), tracker)
    await member.submit(link)
    await member.until('ImportFinished')
    const asked = seeder.requested.length
    await member.close()
    for (const end of ['', '-wal', '-shm']) rmSync(join(member.dataDir, `messages.db${end}`), { force: true })

    const { member: next } = await startMember(member.dataDir)
    await next.until('ImportFinished', 2)
    expect(history(next)).toEqual(weeks('abc'))
    expect(dataOf(await next.facts(), 'ArchiveImported')).toHaveLength(6)
    await next.close()
    const { member: third } = await startMember(member.dataDir)
    await third.reactors.settled()
    expect(dataOf(await third.facts(), 'ImportStarted')).toHaveLength(2)
    expect(seeder.requested).toHaveLength(asked)
  })

  test('and lost, of an archive that the newest index does not name any more, are shown to be, and not tried for ever', async () => {
    const { member, tracker } = await startMember()
    await member.join(communityId)
    await member.submit((await seedVersion(publishWeeks(communityId, 'abc'), tracker)).link)
    await member.until('ImportFinished')
    await member.submit((await seedVersion(publishWeeks(communityId, 'ab'), tracker)).link)
    await member.until('SeedingStarted', 2)
    await member.close()
    for (const end of ['', '-wal', '-shm']) rmSync(join(member.dataDir, `messages.db${end}`), { force: true })

    const { member: next } = await startMember(member.dataDir)
    await next.until('ImportFinished', 2)
    await next.reactors.settled()
    expect(history(next)).toEqual(weeks('ab'))
    expect(dataOf(await next.facts(), 'ImportStarted')).toHaveLength(2)
  })

  test('and not yet told to the log when the process died are told to it, with the same counts', async () => {
    const node = await startMember()
    const { member } = node
    await fetchWeeks(node, 'ab')
    const [first] = publishWeeks(communityId, 'ab').archives
    if (first === undefined) throw new Error('There is no archive')
    await member.wish({ type: 'WithdrawSeeding', communityId })
    const archives = [{ archiveId: first.id, batches: [messagesOf('a', 0)] }]
    await member.stores.messages.imports.takeOver({ communityId, importId: importId(1), index: [], archives })
    await member.wish({ type: 'RequestSeeding', communityId })
    await askForImport(member, 1)
    expect(dataOf(await member.facts(), 'ArchiveImported')).toMatchObject([
      { archiveId: first.id, messages: 3, added: 3 },
      { messages: 3, added: 3 },
    ])
    expect(readAll(member.stores.messages, { communityId, topics: [SAMPLE_TOPIC] })).toEqual(weeks('ab'))
  })
})
