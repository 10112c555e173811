import { describe, expect, test } from 'vitest'
import type { Command } from '../../src/domain/commands.ts'
import { err, ok } from '../../src/domain/result.ts'
import { readParked } from '../../src/projections/parked.ts'
import { archivingEnabled, COMMUNITY as communityId } from '../support/community-facts.ts'
import { eventually } from '../support/eventually.ts'
import { openImportingNode, type ImportingNode } from '../support/importing-node.ts'
import { archiveDownloaded, archiveId, fetched, fetching, importId, importStarted } from '../support/member-facts.ts'

const MINUTE = 60_000
const FAR_TOO_OFTEN = 50

/** What is recorded of imports, in order. */
async function told(node: ImportingNode): Promise<readonly string[]> {
  const facts = (await node.facts()).filter(({ type }) => /Import|Quarantine/.test(type))
  return facts.map(({ type }) => type)
}

describe('archives', () => {
  test('are imported once all of the download is here, because of its end', async () => {
    const node = await openImportingNode(async ({ running }, { finish }) => ok(await finish(running, [archiveId(1)])))
    await node.tell(...fetching(1), archiveDownloaded(1, 1))
    await node.reactor.settled()
    expect(node.begun).toEqual([])
    await node.tell(...fetched(1).slice(-1))
    await node.reactor.settled()
    expect(await told(node)).toEqual(['ImportStarted', 'ArchiveImported', 'ImportFinished'])
    const finished = (await node.recorded()).find(({ event }) => event.type === 'DownloadFinished')
    const started = (await node.recorded()).find(({ event }) => event.type === 'ImportStarted')
    expect(started).toMatchObject({ actor: 'reactor:importing', causationId: finished?.id })
    expect(node.begun[0]?.running.cause).toBe(started?.id)
    // Nothing is left to do.
    node.reactor.wake()
    await node.advance(60 * MINUTE)
    expect(node.begun).toHaveLength(1)
  })

  test('that come in during an import wait for its end', async () => {
    const node = await openImportingNode()
    await node.tell(...fetched(1))
    const first = await node.begin(0)
    await node.tell(...fetched(2))
    await node.finish(first.running, [archiveId(1)])
    expect(node.begun).toHaveLength(1)
    first.end(ok(null))
    const second = await node.begin(1)
    expect(second.running.importId).toBe(importId(2))
    expect(await told(node)).toEqual(['ImportStarted', 'ArchiveImported', 'ImportFinished', 'ImportStarted'])
  })

  test('in quarantine are tried again ever later, and shown in the end', async () => {
    const node = await openImportingNode(async ({ running }, { finish }) => {
      await finish(running, [], [archiveId(1)])
      return err({ code: 'ARCHIVE_MALFORMED' })
    })
    await node.tell(...fetched(1))
    await node.advance(24 * 60 * MINUTE)
    expect(node.begun.map(({ at }) => at / MINUTE)).toEqual([0, 1, 3, 7, 15, 31])
    expect(await readParked(node.db)).toMatchObject([{ communityId, code: 'ARCHIVE_MALFORMED', failures: 6 }])
    // Each import ends; the archive is put in quarantine once.
    expect((await told(node)).filter((type) => type === 'ArchiveQuarantined')).toHaveLength(1)
    expect((await told(node)).filter((type) => type === 'ImportFinished')).toHaveLength(6)
  })

  test('in quarantine are tried at once when it is asked for, and that is one try of several', async () => {
    const node = await openImportingNode(async ({ running }, { finish }) => {
      await finish(running, [], [archiveId(1)])
      return err({ code: 'ARCHIVE_MALFORMED' })
    })
    await node.tell(...fetched(1))
    await node.advance(24 * 60 * MINUTE)
    await node.wish({ type: 'StartImport', communityId, importId: importId(100), protocolEnabled: true })
    await node.reactor.settled()
    expect(node.begun.slice(6).map(({ running }) => running.importId)).toEqual([importId(100)])
    expect(await readParked(node.db)).toEqual([])
    await node.advance(MINUTE)
    expect(node.begun).toHaveLength(8)
  })

  test('in quarantine do not keep new ones back, and are no longer shown once they are imported', async () => {
    let isBad = true
    const node = await openImportingNode(async ({ running }, { finish }) => {
      await finish(running, isBad ? [] : [archiveId(1), archiveId(2)], isBad ? [archiveId(1)] : [])
      return isBad ? err({ code: 'ARCHIVE_MALFORMED' }) : ok(null)
    })
    await node.tell(...fetched(1))
    await node.advance(24 * 60 * MINUTE)
    isBad = false
    await node.tell(...fetched(2))
    await node.reactor.settled()
    expect(node.begun).toHaveLength(7)
    expect(await readParked(node.db)).toEqual([])
  })
})

const OFF_AND_ON: readonly (readonly [what: string, off: Command, on: Command])[] = [
  ['the community opts out', { type: 'DisableArchiving', communityId }, { type: 'EnableArchiving', communityId }],
  ['archiving is off for the node', { type: 'DisableProtocol' }, { type: 'EnableProtocol' }],
]

describe('an import', () => {
  test.each(OFF_AND_ON)('pauses when %s, and goes on after', async (_what, off, on) => {
    const node = await openImportingNode()
    await node.tell(...fetched(1))
    const { signal, running } = await node.begin(0)
    await node.wish(off)
    await eventually(() => expect(signal.aborted).toBe(true))
    await node.advance(60 * MINUTE)
    expect(node.begun).toHaveLength(1)
    await node.wish(on)
    expect((await node.begin(1)).running).toEqual(running)
    expect(await told(node)).toEqual(['ImportStarted'])
  })

  test('ends with leaving', async () => {
    const node = await openImportingNode()
    await node.tell(...fetched(1))
    const { signal } = await node.begin(0)
    await node.wish({ type: 'LeaveCommunity', communityId })
    await eventually(() => expect(signal.aborted).toBe(true))
    await node.advance(60 * MINUTE)
    expect(node.begun).toHaveLength(1)
  })

  test('that fails goes on ever later, and is never given up: no other can begin while it runs', async () => {
    const node = await openImportingNode(async () => {
      throw new Error('made by a test')
    })
    await node.tell(...fetched(1))
    await node.advance(24 * 60 * MINUTE)
    const minutes = node.begun.map(({ at }) => at / MINUTE)
    expect(minutes.slice(0, 9)).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183])
    expect(minutes.at(-1)).toBeGreaterThan(23 * 60)
    expect(await readParked(node.db)).toEqual([])
    expect(await told(node)).toEqual(['ImportStarted'])
  })

  test.each(['its end', 'what it took over'])('that did not record %s is not begun again at once', async (what) => {
    const node = await openImportingNode(async ({ running }, { finish }) => {
      const isLate = node.begun.length >= FAR_TOO_OFTEN
      if (isLate || what !== 'its end') await finish(running, isLate ? [archiveId(1)] : [])
      return ok(null)
    })
    await node.tell(...fetched(1))
    await node.advance(3 * MINUTE)
    expect(node.begun.map(({ at }) => at / MINUTE)).toEqual([0, 1, 3])
  })

  test('that was broken off goes on in the next process', async () => {
    const node = await openImportingNode()
    await node.tell(...fetched(1), importStarted(1), archivingEnabled)
    const { running } = await node.begin(0)
    expect(running.importId).toBe(importId(1))
    expect(await told(node)).toEqual(['ImportStarted'])
  })
})
