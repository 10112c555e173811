import { describe, expect, test } from 'vitest'
import { checkAccess } from '../../../src/app/doctor/check-access.ts'
import { checkReach } from '../../../src/app/doctor/check-reach.ts'
import type { TokensFound } from '../../../src/app/doctor/check-databases.ts'
import type { Finding } from '../../../src/app/doctor/finding.ts'
import { parseSettings } from '../../../src/cli/parse-settings.ts'
import { LOOPBACK } from '../../support/node-process.ts'
import { valueOf } from '../../support/value-of.ts'

type Variables = Readonly<Record<string, string>>

async function access(variables: Variables, live = 0, more: Partial<TokensFound> = {}): Promise<string> {
  const settings = valueOf(parseSettings([], { ...LOOPBACK, ...variables }))
  return say(await checkAccess(settings, { live, expired: 0, endAt: null, ...more }))
}

function reach(check: string, variables: Variables = {}): string {
  const findings = checkReach(valueOf(parseSettings([], { ...LOOPBACK, ...variables })))
  return findings.flatMap((finding) => (finding.check === check ? [say(finding)] : [])).join()
}

function say({ result, found }: Finding): string {
  return `${result}: ${found}`
}

describe('access', () => {
  test('is for whoever is on this machine, where the node has no name for others', async () => {
    expect(await access({})).toMatch(/^GOOD: whoever is on this machine/)
    expect(await access({ SEEDBANK_ALLOWED_HOSTS: 'seedbank.example' })).toMatch(
      /^BAD: .* as seedbank.example, and there is no/,
    )
    expect(await access({ SEEDBANK_PUBLIC_URL: 'https://seedbank.example' }, 1)).toMatch(
      /^GOOD: .* by https:.* and show 1/,
    )
  })

  test('is for those who show a token, where that is required', async () => {
    expect(await access({ SEEDBANK_AUTH: 'required' })).toMatch(/^WARNING: .* there is none/)
    expect(await access({ SEEDBANK_AUTH: 'required', SEEDBANK_ALLOWED_HOSTS: 'seedbank.example' }, 1)).toMatch(/^GOOD/)
  })

  test('is bad where other machines reach the API, and nobody can show who he is', async () => {
    expect(await access({ SEEDBANK_HOST: '0.0.0.0' })).toMatch(/^BAD: .* there is no token that is good$/)
    expect(await access({ SEEDBANK_HOST: '0.0.0.0' }, 1)).toMatch(/^GOOD: .* and show 1 tokens that are good$/)
  })

  test('is warned of two weeks before the last token expires, and bad once all have', async () => {
    const host = { SEEDBANK_HOST: '0.0.0.0' }
    const inDays = (days: number) => ({ endAt: Date.now() + days * 86_400_000 })
    expect(await access(host, 1, inDays(13))).toMatch(/^WARNING: the last token that is good expires 2/)
    expect(await access(host, 1, inDays(15))).toMatch(/^GOOD/)
    expect(await access(host, 0, { expired: 1 })).toMatch(/^BAD: .* all tokens have expired: nobody is let in$/)
  })
})

describe('peers', () => {
  test('are warned of where nobody finds the node', () => {
    expect(reach('peers')).toMatch(/^WARNING/)
    expect(reach('peers', { SEEDBANK_DHT: 'on' })).toBe('GOOD: found over the distributed hash table')
  })
})

describe('the public URL', () => {
  test('is warned of where it is not what others can use', () => {
    const publicUrl = (url: string, hosts = 'none'): string =>
      reach('public URL', { SEEDBANK_PUBLIC_URL: url, SEEDBANK_ALLOWED_HOSTS: hosts })
    expect(publicUrl('https://seedbank.example', 'seedbank.example')).toBe('GOOD: https://seedbank.example')
    expect(publicUrl('https://seedbank.example')).toMatch(/^WARNING: .* does not answer under$/)
    expect(publicUrl('http://seedbank.example', 'seedbank.example')).toMatch(/^WARNING: .* is not encrypted$/)
    expect(publicUrl('https://192.168.1.2')).toMatch(/^WARNING: .* leads nowhere/)
  })
})
