import fc from 'fast-check'
import { expect, test } from 'vitest'
import { schema } from '../../../src/graphql/schema.ts'
import { arbitraryWish, type ArbitraryWish, type ScalarPools } from '../../support/arbitrary-wish.ts'
import { FUZZ_RUNS } from '../../support/fuzz-runs.ts'
import { openApi, type OpenApi } from '../../support/open-api.ts'
import { SAMPLE_TOPIC } from '../../support/sample-message.ts'

/** Each is answered over a socket, and some are recorded on disk. */
const RUNS = Math.ceil(FUZZ_RUNS / 20)

/** One that is added early by one wish or another, one that may be, and one that cannot be. */
const COMMUNITIES = [`0x${'11'.repeat(32)}`, `0x02${'22'.repeat(32)}`, `0x${'33'.repeat(32)}`]
const UUIDS = ['0197a3f2-9b1c-7cc3-98c4-dc0c0c07398f', '00000000-0000-4000-8000-000000000000']
const HEX = ['', '00', 'ff'.repeat(32), 'ab'.repeat(64)]

const pools: ScalarPools = {
  AnnounceUrl: ['udp://tracker.example:1337/announce', 'wss://tracker.example', 'udp://tracker.example', 'file:///etc'],
  ArchiveId: [`0x${'0a'.repeat(32)}`],
  Boolean: [true, false],
  ByteCount: [0, 1, 1_000_000, Number.MAX_SAFE_INTEGER],
  Clock: ['0', '1700000000000', '9007199254740991', '9007199254740992'],
  CommunityId: COMMUNITIES,
  ContentTopic: [SAMPLE_TOPIC, '0x00000000', '0xffffffff'],
  DateTime: ['2023-11-14T22:13:20Z', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2023-02-30T00:00:00Z'],
  DownloadId: UUIDS,
  FollowUrl: ['ws://127.0.0.1:9/graphql', 'wss://node.invalid/graphql', 'https://node.invalid/'],
  Hex: HEX,
  ID: ['Q29tbXVuaXR5OjB4MTE=', ''],
  IdempotencyKey: ['one', 'two', 'k'.repeat(200)],
  ImportId: UUIDS,
  InfoHash: ['ab'.repeat(20)],
  Int: [0, 1, 2_147_483_647, -1],
  Float: [0.5],
  Position: ['0', '1', '9007199254740991'],
  RunId: UUIDS,
  String: [
    '',
    SAMPLE_TOPIC,
    'plum',
    '0x0102',
    `magnet:?xt=urn:btih:${'ab'.repeat(20)}&dn=${COMMUNITIES[0]}`,
    'magnet:?xt=urn:btih:zz',
    'ff'.repeat(32),
    'https://hooks.invalid/told',
  ],
  TokenId: ['0123456789abcdef', 'a1b2c3d4e5f60718'],
  Uuid: UUIDS,
  WebhookId: UUIDS,
}

interface Answer {
  readonly data?: Readonly<Record<string, { readonly __typename: string; readonly message?: string } | null>> | null
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[]
}

test(
  'whatever a mutation is sent, it answers by name, and what is refused changed nothing',
  { timeout: 3_600_000 },
  async () => {
    const api = await openApi()
    const seen = new Set<string>()

    await fc.assert(
      fc.asyncProperty(arbitraryWish(schema, pools), async (wish) => {
        const before = api.stores.log.head()
        const { status, text } = await send(api, wish)
        const { data, errors } = JSON.parse(text) as Answer
        const answer = data?.[wish.name]
        seen.add(wish.name)

        expect([status, api.faults]).toEqual([status < 500 ? status : 200, []])
        expect(text).not.toMatch(/\bat .*(?:\.ts|node:internal|node_modules)|Unexpected error|INTERNAL_SERVER_ERROR/)
        if (errors !== undefined) {
          for (const { message, extensions } of errors)
            expect([message, extensions?.code]).toEqual([message, expect.stringMatching(/^[A-Z_]+$/)])
        } else {
          expect(answer?.__typename).toMatch(/./)
          if (answer?.__typename.endsWith('Accepted') === true) return
          expect(answer?.message).toMatch(/^\S.{10,}[.]$/)
        }
        expect(api.stores.log.head()).toBe(before)
      }),
      { numRuns: RUNS },
    )

    expect(seen.size).toBeGreaterThan(20)
  },
)

async function send(
  { url }: OpenApi,
  { query, variables }: ArbitraryWish,
): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  return { status: response.status, text: await response.text() }
}
