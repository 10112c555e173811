import { describe, expect, test } from 'vitest'
import Database from 'better-sqlite3'
import type { CommandMeta } from '../../src/commands/command-meta.ts'
import { createChoosyProjection } from '../support/choosy-projection.ts'
import { openNode, type OpenNode } from '../support/open-node.ts'
import { addCommunity, changeTopics, communityNumber, metaOf, metaWithKey } from '../support/sample-wishes.ts'

const COMMUNITY = communityNumber(1)
const OTHER = communityNumber(2)
const ENABLE = { type: 'EnableArchiving', communityId: COMMUNITY } as const
const DISABLE = { type: 'DisableArchiving', communityId: COMMUNITY } as const

describe('a projection that fails on one command of a group', () => {
  async function openChoosy(): Promise<{ node: OpenNode; bad: (meta?: CommandMeta) => CommandMeta }> {
    const { projection, refused } = createChoosyProjection()
    const node = openNode({ projection })
    await Promise.all([COMMUNITY, OTHER].map(async (id) => node.execute(addCommunity(id), metaOf())))
    const bad = (meta = metaOf()): CommandMeta => {
      refused.add(meta.correlationId)
      return meta
    }
    return { node, bad }
  }

  test('fails that command, and the others of the group are granted', async () => {
    const { node, bad } = await openChoosy()
    const head = node.log.head()
    const answers = await Promise.allSettled([
      node.execute(changeTopics(COMMUNITY, 1), metaOf()),
      node.execute(changeTopics(COMMUNITY, 2), bad()),
      node.execute(changeTopics(COMMUNITY, 3), metaOf()),
      node.execute(changeTopics(OTHER, 4), metaOf()),
    ])
    expect(answers).toMatchObject([
      { value: { ok: true, value: { position: head + 1 } } },
      { reason: { message: 'Cannot append what ChangeContentTopics was decided to lead to' } },
      { value: { ok: true, value: { position: head + 3 } } },
      { value: { ok: true, value: { position: head + 2 } } },
    ])
    expect((await node.facts()).slice(head)).toMatchObject([
      { data: changeTopicsData(1) },
      { data: changeTopicsData(4) },
      { data: changeTopicsData(3) },
    ])
    expect(await node.log.verify()).toBe(null)
  })

  test('has later ones decided anew that found their wish granted on the lost state', async () => {
    const { node, bad } = await openChoosy()
    const [failed, again] = await Promise.allSettled([node.execute(ENABLE, bad()), node.execute(ENABLE, metaOf())])
    expect(failed.status).toBe('rejected')
    expect(again).toMatchObject({ value: { ok: true, value: { position: node.log.head() } } })
    expect((await node.facts()).at(-1)?.type).toBe('ArchivingEnabled')
  })

  test('has later ones decided anew that were refused on the lost state', async () => {
    const { node, bad } = await openChoosy()
    const [failed, granted] = await Promise.allSettled([
      node.execute({ type: 'LeaveCommunity', communityId: COMMUNITY }, bad()),
      node.execute(ENABLE, metaOf()),
    ])
    expect(failed.status).toBe('rejected')
    expect(granted).toMatchObject({ value: { ok: true, value: { position: node.log.head() } } })
  })

  test('has later ones decided anew whose answer was to be kept', async () => {
    const { node, bad } = await openChoosy()
    await node.execute(ENABLE, metaOf())
    const key = metaWithKey('k')
    const [, none] = await Promise.allSettled([node.execute(DISABLE, bad()), node.execute(DISABLE, key)])
    // On the lost state this led to no event; the receipt must not say so.
    const answer = { ok: true, value: { position: node.log.head() } }
    expect(none).toMatchObject({ value: answer })
    expect(await node.execute(DISABLE, key)).toMatchObject(answer)
  })

  test('leaves no receipt, so that the same key can be sent again', async () => {
    const { node, bad } = await openChoosy()
    await expect(node.execute(ENABLE, bad(metaWithKey('k')))).rejects.toThrow('Cannot append')
    expect(await node.execute(ENABLE, metaWithKey('k'))).toMatchObject({ ok: true, value: { position: 5 } })
  })

  test('fails each of several, however they are mixed', async () => {
    const { node, bad } = await openChoosy()
    const wishes = Array.from({ length: 30 }, (_, n) => ({ n, wish: changeTopics(COMMUNITY, n + 1) }))
    const answers = await Promise.allSettled(
      wishes.map(async ({ n, wish }) => node.execute(wish, n % 3 === 0 ? bad() : metaOf())),
    )
    expect(answers.map(({ status }) => status)).toEqual(wishes.map(({ n }) => (n % 3 === 0 ? 'rejected' : 'fulfilled')))
    const topics = (await node.facts()).slice(4)
    expect(topics).toMatchObject(
      wishes.filter(({ n }) => n % 3 !== 0).map(({ n }) => ({ data: changeTopicsData(n + 1) })),
    )
  })
})

describe('a transaction that fails as a whole', () => {
  test('rejects every command of the group, and nothing of it is in memory afterwards', async () => {
    const node = openNode()
    await node.execute(addCommunity(COMMUNITY), metaOf())
    const other = new Database(node.file)
    other.exec(`create trigger broken before update on log_head begin select raise(abort, 'made by a test'); end`)
    const wishes = [ENABLE, changeTopics(COMMUNITY, 1), addCommunity(OTHER), ENABLE]
    const failed = await Promise.allSettled(wishes.map(async (wish) => node.execute(wish, metaOf())))
    expect(failed.map(({ status }) => status)).toEqual(wishes.map(() => 'rejected'))
    expect(node.log.head()).toBe(2)

    other.exec('drop trigger broken')
    other.close()
    const granted = await Promise.all(wishes.map(async (wish) => node.execute(wish, metaOf())))
    expect(granted).toMatchObject([3, 4, 6, null].map((position) => ({ ok: true, value: { position } })))
    expect(await node.log.verify()).toBe(null)
  })

  test('rejects what comes after the log was closed', async () => {
    const node = openNode()
    await node.execute(addCommunity(COMMUNITY), metaOf())
    await node.close()
    await expect(node.execute(ENABLE, metaOf())).rejects.toThrow(/not open/)
    await expect(node.execute(ENABLE, metaWithKey('k'))).rejects.toThrow(/not open/)
  })

  test('does not come of a wish that has no canonical form, which fails alone', async () => {
    const node = openNode()
    const [failed, granted] = await Promise.allSettled([
      node.execute(addCommunity(COMMUNITY), metaWithKey('k', Number.NaN)),
      node.execute(addCommunity(OTHER), metaOf()),
    ])
    expect(failed.status).toBe('rejected')
    expect(granted).toMatchObject({ value: { ok: true } })
  })
})

function changeTopicsData(n: number): object {
  return { contentTopics: changeTopics(COMMUNITY, n).contentTopics }
}
