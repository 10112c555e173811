import { expect, test } from 'vitest'
import { createTurns } from '../../src/graphql/turns.ts'
import { askData } from '../support/graphql-request.ts'
import { recordCommunities } from '../support/many-communities.ts'
import { openApi } from '../support/open-api.ts'

const STATUS = '{ status { version headPosition } }'

/** Each costs nearly what a query may. */
const costly: readonly (readonly [name: string, query: string])[] = [
  [
    'archives of many',
    '{ communities(first: 500) { edges { node { archives(first: 20) { edges { node { offset } } } } } } }',
  ],
  [
    'the state of many',
    `{ communities(first: 500) { edges { node { ${Array.from({ length: 16 }, (_, n) => `t${n}: torrents { state code } l${n}: lastRun { status }`).join(' ')} } } } }`,
  ],
  [
    'counts of many',
    `{ communities(first: 500) { edges { node { ${Array.from({ length: 4 }, (_, n) => `p${n}: archives(first: 1) { totalCount }`).join(' ')} } } } }`,
  ],
]

test.each(costly)('the status is answered while %s are read', async (_name, query) => {
  const { url, stores } = await openApi()
  await recordCommunities(stores.log, 500, 30)
  for (let n = 0; n < 20; n += 1) await askData(url, STATUS)

  let isAnswered = false
  const headers = { 'content-type': 'application/json' }
  const answering = fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) }).then(async (response) => {
    isAnswered = true
    return response.text()
  })
  const waits: number[] = []
  while (!isAnswered) {
    const began = performance.now()
    await askData(url, STATUS)
    waits.push(performance.now() - began)
  }

  expect((await answering).slice(0, 20)).toMatch(/^\{"data":/)
  // Without turns there is one answer, after the other query's.
  expect(waits.length).toBeGreaterThan(4)
  expect(waits.toSorted((one, other) => one - other)[Math.floor(waits.length / 2)]).toBeLessThan(100)
})

test('who is busy for long lets others in, and keeps the order', async () => {
  const { take, read } = createTurns()
  const heard: string[] = []
  setImmediate(() => heard.push('other'))
  const work = async (name: string): Promise<void> => {
    heard.push(name)
    const until = performance.now() + 5
    while (performance.now() < until);
  }
  await take()
  await Promise.all([
    read(async () => work('first')),
    take().then(async () => work('second')),
    read(async () => work('third')),
  ])

  expect(heard.filter((name) => name !== 'other')).toEqual(['first', 'second', 'third'])
  expect(heard.indexOf('other')).toBeLessThan(2)
})

test('a read that fails is told to who reads, and ends its turn', async () => {
  const { take, read } = createTurns()
  await expect(read(async () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk')
  await take()
  expect(await read(async () => 1)).toBe(1)
})
