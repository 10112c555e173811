import { expect, test } from 'vitest'
import { answerInTurn } from '../../../src/app/wishes/answer-in-turn.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { Wishes } from '../../../src/graphql/wishes.ts'
import { metaOf } from '../../support/sample-wishes.ts'

type Answer = Result<null, { readonly type: string }>

/** A wish that is granted when it is let to, and refused as long as it is not. */
function createSlowWish() {
  const begun: string[] = []
  const granted = new Map(['a', 'b'].map((name) => [name, Promise.withResolvers<void>()]))
  const wish = async (name: string, _meta: unknown): Promise<Answer> => {
    const isFirst = !begun.includes(name)
    begun.push(name)
    if (!isFirst) return begun.length > 2 ? ok(null) : err({ type: 'TorrentNotServed' })
    await granted.get(name)?.promise
    return ok(null)
  }
  const { slow } = answerInTurn({ slow: wish } as unknown as Wishes) as unknown as { readonly slow: typeof wish }
  return { slow, begun, grant: (name: string) => granted.get(name)?.resolve() }
}

const keyed = (key: string) => ({ ...metaOf(), idempotency: { key, input: {} } })

test('a wish that is sent again while it is prepared waits for the first', async () => {
  const { slow, begun, grant } = createSlowWish()
  const first = slow('a', keyed('k'))
  const second = slow('a', keyed('k'))
  const other = slow('b', keyed('another'))
  grant('b')
  await other
  expect(begun).toEqual(['a', 'b'])
  grant('a')
  expect(await Promise.all([first, second])).toEqual([ok(null), ok(null)])
  expect(begun).toEqual(['a', 'b', 'a'])
})

test('without a key none waits for another', async () => {
  const { slow, begun, grant } = createSlowWish()
  const first = slow('a', metaOf())
  expect(await slow('a', metaOf())).toEqual(err({ type: 'TorrentNotServed' }))
  grant('a')
  expect(await first).toEqual(ok(null))
  expect(begun).toEqual(['a', 'a'])
})
