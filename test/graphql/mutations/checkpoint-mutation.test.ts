import { expect, test } from 'vitest'
import { ask, askData } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { seedingStarted } from '../../support/sample-events.ts'
import { subscribeOverSse } from '../../support/sse-client.ts'
import { take } from '../../support/take.ts'

const SIGN = `mutation {
  signCheckpoint { ... on SignCheckpointAccepted { position size note noteKey } ... on Refusal { code } }
}`

test('a checkpoint is signed, leads from its events, and is followed by others', async () => {
  const { url, stores } = await openApi()
  await recordFacts(
    stores.log,
    [1, 2, 3].map((number) => seedingStarted(number)),
  )
  const { signCheckpoint } = await askData<{ signCheckpoint: Record<string, unknown> }>(url, SIGN)
  const origin = `seedbank.${stores.log.logId}`
  const note: unknown = expect.stringMatching(new RegExp(`^${origin}\n3\n`))
  const noteKey: unknown = expect.stringMatching(new RegExp(`^${origin}\\+[0-9a-f]{8}\\+`))
  expect(signCheckpoint).toEqual({ position: '4', size: 3, note, noteKey })
  expect(await askData(url, SIGN)).toEqual({ signCheckpoint: { ...signCheckpoint, position: null } })

  const told = subscribeOverSse(
    url,
    'subscription { signals(after: "START") { ... on CheckpointSigned { size note } } }',
  )
  const [last] = (await take(told, 4)).slice(3)
  expect(last?.result).toEqual({ data: { signals: { size: 3, note: signCheckpoint['note'] } } })

  const data = await askData<{ proveEvent: { path: unknown[]; text: string } }>(
    url,
    `{ status { checkpointSize }
       proveEvent(position: "2") { size index text leaf path root note }
       proveConsistency(from: 3, to: 4) { from to path } }`,
  )
  const hex: unknown = expect.stringMatching(/^[0-9a-f]{64}$/)
  expect(data).toEqual({
    status: { checkpointSize: 3 },
    proveEvent: {
      size: 3,
      index: 1,
      text: expect.stringMatching(/^\[2,"community-0x/),
      leaf: hex,
      path: [hex, hex],
      root: hex,
      note: signCheckpoint['note'],
    },
    proveConsistency: { from: 3, to: 4, path: [hex, hex, hex] },
  })
})

test('what is not in the log, or not what was signed, is refused by name', async () => {
  const { url, stores } = await openApi()
  await recordFacts(stores.log, [seedingStarted(1)])
  await askData(url, SIGN)
  const unknown = await ask(url, '{ proveEvent(position: "3") { leaf } }')
  expect(unknown.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'position' } }])
  const backwards = await ask(url, '{ proveConsistency(from: 2, to: 1) { path } }')
  expect(backwards.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'to' } }])
})
