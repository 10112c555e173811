import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import canonicalize from 'canonicalize'
import type { EventRow } from '../../src/events/event-row.ts'
import { genesisLink, leafHash, nextLink } from '../../src/events/hash-chain.ts'
import type { LogId } from '../../src/events/recorded-event.ts'

const logId = '00000000-0000-4000-8000-000000000000' as LogId
const row: EventRow = [
  1,
  'node',
  1,
  '01890a5d-ac96-774b-bcce-b302099a8057',
  'ProtocolDisabled',
  1,
  1_700_000_000_000,
  'token:é"\n',
  '5f0c954e-2f5c-4c39-9c35-6f1f6c3c2a10',
  null,
  '{}',
]

describe('the chain', () => {
  // These bytes are what every recorded log is checked against. If this test is red, the code is wrong.
  test('has the bytes that it always had', () => {
    const genesis = genesisLink(logId)
    const leaf = leafHash(row)
    expect({
      genesis: genesis.toString('hex'),
      leaf: leaf.toString('hex'),
      link: nextLink(genesis, leaf).toString('hex'),
    }).toMatchInlineSnapshot(`
      {
        "genesis": "252e819032db3b192ef3a9541afa11c398ba2f243190b145b52371e9aeeed4f9",
        "leaf": "4db6415921dd1081066466aa1a0bdcf2368248afd161fefd6bb444f219dae65e",
        "link": "5e8a791c1c26760a4d03586d98b7987f7dda4a7dd60d65077826bd8716f97623",
      }
    `)
  })

  test('hashes what it says, computed another way', () => {
    const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
      createHash('sha256').update(Buffer.concat(parts)).digest()
    const json =
      '[1,"node",1,"01890a5d-ac96-774b-bcce-b302099a8057","ProtocolDisabled",1,1700000000000,"token:é\\"\\n","5f0c954e-2f5c-4c39-9c35-6f1f6c3c2a10",null,"{}"]'
    const leaf = sha256(Buffer.of(0), Buffer.from(json, 'utf8'))
    const genesis = sha256(Buffer.of(2), Buffer.from(logId, 'utf8'))
    expect(leafHash(row)).toEqual(leaf)
    expect(genesisLink(logId)).toEqual(genesis)
    expect(nextLink(genesis, leaf)).toEqual(sha256(Buffer.of(2), genesis, leaf))
  })

  test('hashes the canonical JSON of RFC 8785', () => {
    const text = fc.string({ unit: 'binary' })
    const integer = fc.maxSafeInteger()
    const rows = fc.tuple(integer, text, integer, text, text, integer, integer, text, text, fc.option(text), text)
    fc.assert(
      fc.property(rows, (values) => {
        const canonical = Buffer.from(canonicalize(values) ?? '', 'utf8')
        const leaf = createHash('sha256').update(Buffer.of(0)).update(canonical).digest()
        expect(leafHash(values).toString('hex')).toBe(leaf.toString('hex'))
      }),
    )
  })
})
