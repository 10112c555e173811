import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { BackupManifest } from '../../../src/app/backup/backup-manifest.ts'
import { openWorkingFolder } from '../../../src/app/backup/working-folder.ts'
import type { Result } from '../../../src/domain/result.ts'
import { acquireDataDirectoryLock } from '../../../src/events/data-directory-lock.ts'
import { readNode } from '../../../src/projections/nodes.ts'
import { backUpOf, NOW, openBackedUp, restoreTo, withStores } from '../../support/backups.ts'
import { readLogSnapshot } from '../../support/log-snapshot.ts'
import { SAMPLE_TOPIC, sampleMessages } from '../../support/sample-message.ts'
import { metaOf, metaWithKey } from '../../support/sample-wishes.ts'
import { addSmallCommunity, SENT_AT } from '../../support/small-community.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'
import { valueOf } from '../../support/value-of.ts'

function namesIn(result: Result<BackupManifest, unknown>): readonly string[] {
  return valueOf(result).members.map(({ name }) => name)
}

describe('a back-up', () => {
  test('taken beside a process that writes is brought back as it was, and says that it was', async () => {
    const node = await openBackedUp()
    const { stores, dataDir, file } = node
    const communityId = await addSmallCommunity(stores, 300, 2000)
    await stores.execute({ type: 'DisableArchiving', communityId }, metaWithKey('once', 1))
    const manifest = valueOf(await backUpOf(node))
    expect(manifest.head.position).toBe(stores.log.head())
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const after = join(createTemporaryFolder(), 'restored')
    const restored = valueOf(await restoreTo(after, file))

    const before = await readLogSnapshot(dataDir)
    const { events, fault, live, rebuilt } = await readLogSnapshot(after)
    expect(fault).toBe(null)
    expect(events.slice(0, -1)).toEqual(before.events)
    expect(events.at(-1)?.event).toEqual({
      type: 'LogRestored',
      data: { incarnation: restored.incarnation, clockFloor: NOW },
    })
    expect(rebuilt).toEqual(live)
    await withStores(after, async ({ log, db, execute, messages, restores, messagesEndAt }) => {
      expect(await readNode(db)).toMatchObject({ incarnation: restored.incarnation, clockFloor: NOW })
      expect([log.logId, restores.map(({ position }) => position)]).toEqual([stores.log.logId, [log.head()]])
      expect([messages.countMessages(communityId), messagesEndAt]).toEqual([300, null])
      // What was granted before is known again.
      const again = await execute({ type: 'DisableArchiving', communityId }, metaWithKey('once', 1))
      expect([again.ok, log.head()]).toEqual([true, events.length])
    })
    expect(readdirSync(after).filter((name) => name.startsWith('restore'))).toEqual([])
  })

  test('has keys and tokens in it only where they were asked for', async () => {
    const node = await openBackedUp()
    const communityId = await addSmallCommunity(node.stores, 1)
    const without = await backUpOf(node)
    expect([namesIn(without), valueOf(without).hasKeys]).toEqual([['seedbank.db', 'messages.db'], false])
    const file = `${node.file}.keys`
    const withKeys = await backUpOf(node, { file, withKeys: true })
    const keys = [`keys/${communityId}`, 'keys/node']
    expect([namesIn(withKeys), valueOf(withKeys).hasKeys]).toEqual([
      ['seedbank.db', 'messages.db', 'webhooks.db', ...keys],
      true,
    ])
    const key = readFileSync(join(node.dataDir, 'keys', communityId))
    expect([readFileSync(node.file).includes(key), readFileSync(file).includes(key)]).toEqual([false, true])
    const after = join(createTemporaryFolder(), 'restored')
    valueOf(await restoreTo(after, file))
    for (const name of keys) {
      expect(readFileSync(join(after, name))).toEqual(readFileSync(join(node.dataDir, name)))
      expect(statSync(join(after, name)).mode & 0o777).toBe(0o600)
    }
  })

  test('never takes the place of a file, and is not begun without a log', async () => {
    const node = await openBackedUp()
    writeFileSync(node.file, 'the last one')
    expect(await backUpOf(node)).toEqual({ ok: false, error: { type: 'BackupExists', file: node.file } })
    expect(readFileSync(node.file, 'utf8')).toBe('the last one')
    const dataDir = createTemporaryFolder()
    const missing = { type: 'LogMissing', file: join(dataDir, 'seedbank.db') }
    expect(await backUpOf({ dataDir, file: `${node.file}.2` })).toEqual({ ok: false, error: missing })
    expect(existsSync(`${node.file}.2`)).toBe(false)
  })

  test('works in a folder of its own, and removes those of back-ups that were killed, and nothing else', async () => {
    const node = await openBackedUp()
    const folder = dirname(node.file)
    writeFileSync(`${node.file}.partial`, 'what somebody else calls so')
    const killed = join(folder, 'seedbank.partial-kiLLed')
    mkdirSync(killed)
    valueOf(acquireDataDirectoryLock(killed)).close()
    writeFileSync(join(killed, 'messages.db'), 'secret')
    symlinkSync(node.dataDir, join(folder, 'seedbank.partial-elseWh'))
    await using other = await openWorkingFolder(folder)
    expect(statSync(other.path).mode & 0o777).toBe(0o700)
    const kept = readdirSync(folder).filter((name) => name !== basename(killed))

    const leftovers: string[] = []
    valueOf(await backUpOf(node, { onLeftover: (path) => leftovers.push(path) }))
    expect(leftovers).toEqual([killed])
    expect(readdirSync(folder).toSorted()).toEqual([...kept, basename(node.file)].toSorted())
    expect(readFileSync(`${node.file}.partial`, 'utf8')).toBe('what somebody else calls so')
    expect(existsSync(join(node.dataDir, 'seedbank.db'))).toBe(true)
    const fails = backUpOf(node, {
      file: `${node.file}.2`,
      onProgress() {
        throw new Error('the disk is full')
      },
    })
    await expect(fails).rejects.toThrow('Cannot copy')
    expect(readdirSync(folder).toSorted()).toEqual([...kept, basename(node.file)].toSorted())
  })

  test('comes to an end, with all messages that its log tells of, while more are written without a pause', async () => {
    const node = await openBackedUp()
    const { stores } = node
    const communityId = await addSmallCommunity(stores, 500, 8000)
    let isOver = false
    async function writeOn(): Promise<void> {
      for (let step = 0; !isOver; step += 1) {
        await messages(step)
        const type = step % 2 === 0 ? 'DisableArchiving' : 'EnableArchiving'
        await stores.execute({ type, communityId }, metaOf())
      }
    }
    async function messages(step: number): Promise<void> {
      const [message] = sampleMessages(1, { timestamp: SENT_AT, topic: SAMPLE_TOPIC })
      if (message === undefined) return
      await stores.messages.record(communityId, [{ ...message, payload: Buffer.alloc(5000, `step ${step}`) }])
    }
    const writing = writeOn()
    const manifest = valueOf(await backUpOf(node).finally(() => (isOver = true)))
    await writing
    const after = join(createTemporaryFolder(), 'restored')
    valueOf(await restoreTo(after, node.file))
    await withStores(after, async (restored) => {
      expect(restored.log.head()).toBe(manifest.head.position + 1)
      // Each switch was recorded after the message before it.
      const switches = (await restored.log.read({ limit: 1000 })).filter(({ event }) =>
        /ing(?:Dis|En)abled/.test(event.type),
      )
      expect(restored.messages.countMessages(communityId)).toBeGreaterThanOrEqual(500 + switches.length - 1)
    })
  })
})
