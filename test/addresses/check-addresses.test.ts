import { describe, expect, test } from 'vitest'
import { checkAddresses } from '../../src/addresses/check-addresses.ts'
import { resolveHost, type ResolveHost } from '../../src/addresses/resolve-host.ts'
import { within } from '../../src/addresses/within.ts'

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['203.0.113.9', '2001:db8::9'],
  'inside.example': ['203.0.113.9', '10.1.2.3'],
  'mapped.example': ['::ffff:127.0.0.1'],
}
const resolve: ResolveHost = async (name) => NAMES[name] ?? []
const rules = { resolve, allowPrivate: false }
const refused = (host: string): object => ({ ok: false, error: { code: 'ADDRESS_REFUSED', host } })
const allowed = { ok: true, value: null }

describe('checkAddresses', () => {
  test.each(['10.0.0.1', '[::1]', '[fe80::1]', 'localhost', 'a.local', 'router', 'inside.example', 'mapped.example'])(
    'refuses %s among others, unless private addresses are allowed',
    async (host) => {
      const hosts = ['public.example', host]
      expect(await checkAddresses(hosts, rules)).toEqual(refused(host))
      expect(await checkAddresses(hosts, { ...rules, allowPrivate: true })).toEqual(allowed)
    },
  )

  test.each(['203.0.113.9', '[2001:db8::9]', 'public.example', 'unknown.example'])('allows %s', async (host) => {
    expect(await checkAddresses([host], rules)).toEqual(allowed)
  })

  test('looks up no name where an address alone is enough to refuse, nor where all are allowed', async () => {
    const asked: string[] = []
    const asking: ResolveHost = async (name) => {
      asked.push(name)
      return []
    }
    const hosts = ['public.example', '127.0.0.1']
    await checkAddresses(hosts, { resolve: asking, allowPrivate: false })
    await checkAddresses(hosts, { resolve: asking, allowPrivate: true })
    expect(asked).toEqual([])
  })
})

test('names are looked up where the system does, and what stands for nothing is no fault', async () => {
  expect(await resolveHost('localhost')).toContain('127.0.0.1')
  expect(await resolveHost(`${'a'.repeat(64)}.invalid`)).toEqual([])
})

test('work that takes too long is not waited for', async () => {
  const never = new Promise<string>(() => undefined)
  expect(await within(1, never, 'late')).toBe('late')
  expect(await within(60_000, never, 'late', AbortSignal.abort())).toBe('late')
  expect(await within(60_000, Promise.resolve('done'), 'late')).toBe('done')
})
