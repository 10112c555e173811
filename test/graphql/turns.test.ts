import { expect, test } from 'vitest'
import { createTurns } from '../../src/graphql/turns.ts'
import { askData } from '../support/graphql-request.ts'
import { recordCommunities } from '../support/many-communities.ts'
import { openApi } from '../support/open-api.ts'
import { promisedMs } from '../support/promised-ms.ts'

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
    `{ communities(first: 500) { edges { node { ${Array.from({ length: 2 }, (_, n) => `p${n}: archives(first: 1) { totalCount }`).join(' ')} } } } }`,
  ],
]

test('the status is answered while a costly query is', async () => {
  const { url, stores } = await openApi()
  await recordCommunities(stores.log, 500, 20)
  for (let n = 0; n < 20; n += 1) await askData(url, STATUS)
  for (const [name, query] of costly) {
    const { answer, waits } = await askMeanwhile(url, query)
    expect([name, answer.slice(0, 8)]).toEqual([name, '{"data":'])
    // Without turns there is one answer, after the other query's.
    expect([name, waits.length > 4]).toEqual([name, true])
    expect(waits.toSorted((one, other) => one - other)[Math.floor(waits.length / 2)]).toBeLessThan(promisedMs(100))
  }
})

/** Asks for the status again and again until a query is answered: how long each took, in milliseconds. */
async function askMeanwhile(
  url: string,
  query: string,
): Promise<{ readonly answer: string; readonly waits: number[] }> {
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
  return { answer: await answering, waits }
}

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
  expect(heard.slice(0, 2)).toContain('other')
})

test('a read that fails is told to who reads, and ends its turn', async () => {
  const { take, read } = createTurns()
  await expect(read(async () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk')
  await take()
  expect(await read(async () => 1)).toBe(1)
})
